"""A protection against a quick network, and networks to protect against."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.models import Network, load_classifier
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


@pytest.fixture
def twins(tiny: str) -> tuple[Network, Network]:
    """Networks "one" and "two" with the same weights."""
    own = load_classifier(tiny)
    one, two = (
        Network(spec=replace(own.spec, name=name, sha256=64 * "5"), body=own.body, preprocessing=own.preprocessing)
        for name in ("one", "two")
    )
    return one, two
