from pathlib import Path

import pytest

from unseen.batch import DiskPlace
from unseen.errors import FullError, PhotoError


def test_a_copy_that_cannot_be_taken_away_ends_the_run_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(FullError, match=r"a\.png: cannot be removed \(.+\); remove it yourself and run again"):
        DiskPlace().remove(tmp_path / "a.png")
    DiskPlace().remove(tmp_path / "gone.png")


def test_a_copy_below_a_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PhotoError, match=r"/file: exists already and is not overwritten; move it away"):
        DiskPlace().stage(tmp_path / "file/a.png", b"")
