"""Folders of many small photos, and runs over them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.batch import DiskPlace, Local, Record, Run, deciding, walk
from unseen.protect import Protection
from unseen.schemes import Crop, Unchanged

Album = Callable[..., Path]


@pytest.fixture
def album(draw, tmp_path: Path) -> Album:
    """Make a folder of small photos: album(count, name=) -> the folder."""

    def made(count: int, name: str = "album", *, folders: int = 3) -> Path:
        for number in range(count):
            suffix = ".jpg" if number % 2 else ".png"
            draw(f"{name}/{number % folders}/{number:05}{suffix}", seed=number, size=(24, 20))
        return tmp_path / name

    return made


@pytest.fixture
def cropping(protection: Protection) -> Protection:
    """What takes hardly any time."""
    return replace(protection, scheme=Unchanged(), pictures=(Crop(),), held_out=())


@pytest.fixture
def protected(cropping: Protection, tmp_path: Path) -> Callable[[Path], None]:
    """Run over a folder into `out`: protected(folder)."""

    def run(folder: Path) -> None:
        with Record(tmp_path / "out") as record:
            settings, _ = record.settings(deciding(cropping, {}))
            Run(record, settings, DiskPlace()).protect(walk([folder], record.output, {}), Local(2, 8), cropping, ())

    return run


@pytest.fixture
def is_at_rest() -> Callable[[], bool]:
    """Whether no thread is left that was not there before; the library for object stores keeps some of its own."""
    before = set(threading.enumerate())
    return lambda: not set(threading.enumerate()) - before
