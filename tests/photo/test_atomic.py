import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unseen.errors import PhotoError
from unseen.photo import atomic, write_new
from unseen.photo.atomic import publish, was_begun, write_aside


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_writes_all_of_it_and_nothing_else(tmp_path: Path) -> None:
    write_new(tmp_path / "photo.jpg", b"x" * 100_000)
    assert (tmp_path / "photo.jpg").read_bytes() == b"x" * 100_000
    assert names(tmp_path) == ["photo.jpg"]


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_new(tmp_path / "photo.jpg", b"data")
    assert (tmp_path / "photo.jpg").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_a_taken_name_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo.jpg"
    if kind == "file":
        path.write_bytes(b"original")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(PhotoError, match=r"photo\.jpg: exists already and is not overwritten; move it away"):
        write_new(path, b"new")
    assert names(tmp_path) == ["photo.jpg"]
    assert kind != "file" or path.read_bytes() == b"original"


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


def without_any_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system can give no file a name that may be taken in one step."""
    without_links(monkeypatch)
    monkeypatch.setattr(atomic, "_LINUX", None)


@pytest.mark.parametrize("lack", [without_links, without_any_step])
def test_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lack: Callable[[pytest.MonkeyPatch], None]
) -> None:
    lack(monkeypatch)
    write_new(tmp_path / "photo.jpg", b"new")
    with pytest.raises(PhotoError, match="exists already"):
        write_new(tmp_path / "photo.jpg", b"other")
    assert (tmp_path / "photo.jpg").read_bytes() == b"new"
    assert names(tmp_path) == ["photo.jpg"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system that renames without overwriting")
def test_without_hard_links_a_name_never_stands_for_an_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    without_links(monkeypatch)
    monkeypatch.setattr(atomic, "_publish_by_claim", refuse)
    write_new(tmp_path / "photo.jpg", b"new")
    assert (names(tmp_path), (tmp_path / "photo.jpg").read_bytes()) == (["photo.jpg"], b"new")


def test_a_name_that_a_killed_process_claimed_is_told_from_any_other(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    assert not was_begun(path)
    path.touch()
    assert not was_begun(path)
    aside = write_aside(path, b"new")
    path.write_bytes(b"somebody else's")
    assert not was_begun(path)
    path.write_bytes(b"")
    assert was_begun(path)
    assert names(tmp_path) == [aside.name, "photo.jpg"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, RuntimeError])
@pytest.mark.parametrize("step", ["write", "publish", "replace"])
def test_nothing_is_left_of_an_interrupted_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException], step: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise interruption

    without_any_step(monkeypatch)
    target = {"write": (os, "fsync"), "publish": (atomic, "_publish"), "replace": (Path, "replace")}[step]
    monkeypatch.setattr(*target, interrupt)
    with pytest.raises(interruption):
        write_new(tmp_path / "photo.jpg", b"data")
    assert names(tmp_path) == []


def test_missing_folder_and_impossible_names(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("missing", "file"):
        with pytest.raises(PhotoError, match="its folder does not exist; create it"):
            write_new(tmp_path / folder / "photo.jpg", b"data")
    with pytest.raises(PhotoError, match="not a possible file name"):
        write_new(f"{tmp_path}/a\0b.jpg", b"data")
    with pytest.raises(PhotoError, match="the name is too long"):
        write_new(tmp_path / ("x" * 300), b"data")
    assert names(tmp_path) == ["file"]


def test_forbidden_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # root may write everywhere: let the system call itself refuse

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PhotoError, match="its folder may not be changed; choose another with -o"):
        write_new(folder / "photo.jpg", b"data")


WRITER = """
import resource, sys
from pathlib import Path
from unseen.errors import PhotoError
from unseen.photo import write_new
limit = int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    write_new(Path(sys.argv[1]) / "photo.jpg", b"x" * 3_000_000)
except PhotoError as error:
    print(error)
"""


def written_by_a_process(folder: Path, limit: int) -> str:
    command = [sys.executable, "-c", WRITER, str(folder), str(limit)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="needs the system's file size limit")
def test_a_write_that_the_system_cuts_short_leaves_nothing(tmp_path: Path) -> None:
    assert "cannot be written: the disk is full; free some space" in written_by_a_process(tmp_path, 1_000_000)
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small file system of its own")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=False)
    if mounted.returncode:
        pytest.skip("no right to mount a small file system")
    try:
        assert "cannot be written: the disk is full; free some space" in written_by_a_process(tmp_path, 0)
        assert names(tmp_path) == []
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_what_is_written_aside_gets_its_name_later_and_only_where_that_is_free(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    for data in (b"first attempt, killed", b"second"):
        aside = write_aside(path, data)
        assert names(tmp_path) == [aside.name]
        assert aside.name.startswith(".unseen-")
    publish(aside, path)
    assert (names(tmp_path), path.read_bytes()) == (["photo.jpg"], b"second")
    with pytest.raises(PhotoError, match="exists already"):
        publish(write_aside(path, b"third"), path)
    assert (names(tmp_path), path.read_bytes()) == (["photo.jpg"], b"second")
    publish(write_aside(path, b"fourth"), path, over=True)
    assert (names(tmp_path), path.read_bytes()) == (["photo.jpg"], b"fourth")


def test_a_file_may_be_written_piece_by_piece(tmp_path: Path) -> None:
    write_new(tmp_path / "photo.jpg", (part for part in (b"a", b"bc")))
    assert (tmp_path / "photo.jpg").read_bytes() == b"abc"
