"""A protection against a quick network."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unseen.plan import Job
from unseen.protect import Outcome, Protection, protect_photos
from unseen.report import PhotoRow

Protect = Callable[..., list[PhotoRow]]


@pytest.fixture
def protect(protection: Protection, tmp_path: Path) -> Protect:
    """Protect photos into tmp_path/out, or the given folder, and give their rows."""

    def protected(*sources: Path, output: Path | None = None, by: Protection = protection) -> list[PhotoRow]:
        jobs = [Job(source=source, target=(output or tmp_path / "out") / source.name) for source in sources]
        outcomes: list[Outcome] = list(protect_photos(jobs, by))
        return [outcome.row for outcome in outcomes]

    return protected
