from pathlib import Path

import pytest

from unseen.looking import is_file, is_folder, is_there, why_not_written


def test_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [ask(tmp_path) for ask in (is_there, is_folder, is_file)] == [True, True, False]
    assert [ask(tmp_path / "file") for ask in (is_there, is_folder, is_file)] == [True, False, True]
    assert not is_there(tmp_path / "gone")


def test_where_nobody_may_look_there_is_nothing(tmp_path: Path, bound_by_modes: None) -> None:
    (tmp_path / "locked/deep").mkdir(parents=True)
    (tmp_path / "locked").chmod(0)
    assert not any(ask(tmp_path / "locked/deep") for ask in (is_there, is_folder, is_file))


def test_why_nothing_can_be_written_under_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    assert why_not_written(tmp_path / "new/deep/a.png") is None
    assert why_not_written(tmp_path / "file/deep/a.png") == f"{tmp_path}/file is a file"
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    assert why_not_written(tmp_path / "new/a.png") == f"{tmp_path} may not be changed"
