"""Photos shared against a quick network and crawled by it and by another one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from unseen.lab.crawl.sharing import Shared, share
from unseen.plan import Job
from unseen.progress import silent
from unseen.protect import Protection

Share = Callable[..., tuple[Shared, ...]]


@pytest.fixture
def shared(protection: Protection, tmp_path: Path) -> Share:
    """Share photos in tmp_path/lab, or the given folder."""

    def done(
        *sources: Path, by: Protection = protection, folder: Path | None = None, labels: Sequence[str | None] = (None,)
    ) -> tuple[Shared, ...]:
        folder = folder or tmp_path / "lab"
        labels = labels * len(sources) if len(labels) == 1 else labels
        jobs = [
            Job(source=source, target=folder / "protected" / source.name, label=label)
            for source, label in zip(sources, labels, strict=True)
        ]
        return share(jobs, by, folder, silent)

    return done
