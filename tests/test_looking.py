from pathlib import Path

from unseen.looking import is_file, is_folder, is_there


def test_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [ask(tmp_path) for ask in (is_there, is_folder, is_file)] == [True, True, False]
    assert [ask(tmp_path / "file") for ask in (is_there, is_folder, is_file)] == [True, False, True]
    assert not is_there(tmp_path / "gone")


def test_where_nobody_may_look_there_is_nothing(tmp_path: Path, bound_by_modes: None) -> None:
    (tmp_path / "locked/deep").mkdir(parents=True)
    (tmp_path / "locked").chmod(0)
    assert not any(ask(tmp_path / "locked/deep") for ask in (is_there, is_folder, is_file))
