from pathlib import Path

import pytest

from unseen.errors import UnseenError
from unseen.locking import locked


def test_a_folder_is_one_holders_until_it_is_given_back(tmp_path: Path) -> None:
    lock = locked(tmp_path, tmp_path / "lock")
    with pytest.raises(UnseenError) as refused:
        locked(tmp_path, tmp_path / "lock", work="training")
    assert str(refused.value) == f"{tmp_path}: another training works in it; wait for its end or name another with -o"
    lock.release()
    locked(tmp_path, tmp_path / "lock").release()


def test_what_cannot_be_locked_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(UnseenError, match=r"cannot be locked \(.+\); name another folder with -o"):
        locked(tmp_path, tmp_path / "lock")
