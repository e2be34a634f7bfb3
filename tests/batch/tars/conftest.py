"""Runs over tars."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unseen.batch import Local, Packer, Record, Run, deciding, walk
from unseen.protect import Protection

from .runs import Ended, WatchedTars

Go = Callable[..., Ended]


@pytest.fixture
def go(tmp_path: Path, cropping: Protection) -> Go:
    """Run over tars into `out`: go(tar, …, by=protection)."""

    def run(
        *paths: Path, by: Protection = cropping, output: Path = tmp_path / "out", photos: int = 4, **options
    ) -> Ended:
        place, labels = WatchedTars(output), options.pop("labels", {})
        with Record(output) as record:
            settings, _ = record.settings(deciding(by, {}))
            packer = Packer(record, place)
            running = Run(record, settings, place, follower=packer, **options)
            running.protect(walk(paths, output, labels), Local(2, photos), by, ())
            return Ended(list(record.rows()), place.read, packer.problems)

    return run
