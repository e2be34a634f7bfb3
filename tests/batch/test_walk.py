import os
import sys
from pathlib import Path

import pytest

from unseen.batch import Entry, require_photos, walk
from unseen.errors import UnseenError


def touched(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(*paths: Path, output: Path = Path("nowhere"), labels: dict[Path, str] | None = None) -> list[Entry]:
    return list(walk(paths, output, labels or {}))


def places(*paths: Path, output: Path = Path("nowhere")) -> list[str]:
    return [Path(entry.place).as_posix() for entry in found(*paths, output=output)]


def test_photos_come_in_the_order_of_names_a_folder_before_those_in_it(tmp_path: Path) -> None:
    touched(tmp_path, "b.png", "a.jpg", "deep/er/c.HEIC", "deep/b.webp", "deep2/a.jpg")
    assert places(tmp_path) == ["a.jpg", "b.png", "deep/b.webp", "deep/er/c.HEIC", "deep2/a.jpg"]


def test_an_entry_tells_what_a_change_would_change(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"123")
    os.utime(tmp_path / "a.jpg", ns=(5, 7))
    (entry,) = found(tmp_path, labels={(tmp_path / "a.jpg").resolve(): "cat"})
    assert (entry.source, entry.place) == (str(tmp_path / "a.jpg"), "a.jpg")
    assert (entry.size, entry.mtime, entry.label, entry.problem) == (3, 7, "cat", None)


def test_what_is_no_photo_hidden_or_the_output_is_left_alone(tmp_path: Path) -> None:
    touched(tmp_path, "a.jpg", "notes.txt", ".trash/b.jpg", ".c.jpg", "out/a.jpg", "other/out/b.jpg")
    assert places(tmp_path, output=tmp_path / "other" / ".." / "out") == ["a.jpg", "other/out/b.jpg"]


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    touched(tmp_path, ".hidden.txt")
    assert places(tmp_path / ".hidden.txt", tmp_path / "missing.jpg") == [".hidden.txt", "missing.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    touched(tmp_path, "album/a.jpg", "elsewhere/b.jpg")
    (tmp_path / "album/more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "album")
    (tmp_path / "album/c.jpg").symlink_to(tmp_path / "elsewhere/b.jpg")
    (tmp_path / "album/gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    assert places(tmp_path / "album") == ["a.jpg", "c.jpg", "gone.jpg", "more/b.jpg", "more/back"]
    last = found(tmp_path / "album")[-1]
    assert last.problem == f"{tmp_path}/album/more/back: leads back to a folder that it lies in; remove the link"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
def test_a_link_that_cannot_be_followed_hides_no_neighbour(tmp_path: Path, bound_by_modes: None) -> None:
    touched(tmp_path, "album/a.jpg", "album/more/c.jpg", "locked/b.jpg", "locked/deep/d.jpg")
    links = {"loop.jpg": "loop.jpg", "loop": "loop", "b.jpg": "../locked/b.jpg", "deep": "../locked/deep"}
    for name, target in links.items():
        (tmp_path / "album" / name).symlink_to(target)
    (tmp_path / "locked").chmod(0)
    assert places(tmp_path / "album") == ["a.jpg", "b.jpg", "loop.jpg", "deep", "more/c.jpg"]
    assert [entry.problem for entry in found(tmp_path / "album") if entry.problem] == [
        f"{tmp_path}/album/deep: cannot be read (Permission denied); make it readable or name other folders"
    ]


def test_a_folder_that_cannot_be_read_is_an_entry_and_the_others_are_found(tmp_path: Path, monkeypatch) -> None:
    touched(tmp_path, "a.jpg", "locked/b.jpg", "z/c.jpg")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert places(tmp_path) == ["a.jpg", "locked", "z/c.jpg"]
    assert found(tmp_path)[1].problem == (
        f"{tmp_path}/locked: cannot be read (Permission denied); make it readable or name other folders"
    )
    with pytest.raises(UnseenError, match="locked: cannot be read"):
        require_photos([tmp_path / "locked"], tmp_path / "out")


def test_names_of_any_bytes_have_keys_of_their_own(tmp_path: Path) -> None:
    names = [os.fsdecode(b"bad\xff.png"), os.fsdecode(b"bad\xfe.png"), "a\nb.png", "Ü.png"]
    touched(tmp_path, *names)
    entries = found(tmp_path)
    assert {entry.place for entry in entries} == set(names)
    assert len({entry.key for entry in entries}) == 4


def test_a_key_is_the_same_from_anywhere(tmp_path: Path, monkeypatch) -> None:
    touched(tmp_path, "album/a.jpg")
    (absolute,) = found(tmp_path / "album")
    monkeypatch.chdir(tmp_path)
    (relative,) = found(Path("album"))
    assert relative.source == str(Path("album", "a.jpg"))
    assert relative.key == absolute.key


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    touched(tmp_path, "notes.txt")
    with pytest.raises(UnseenError, match=r"no photos in this folder; name one that holds files such as .*\.jpg"):
        require_photos([tmp_path], tmp_path / "out")


def test_nothing_is_looked_for_before_it_is_asked_for(tmp_path: Path, monkeypatch) -> None:
    for folder in range(50):
        touched(tmp_path, f"{folder:02}/a.jpg")
    looked: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (looked.append(str(path)), scandir(path))[1])
    assert next(walk([tmp_path], tmp_path / "out", {})).place == str(Path("00", "a.jpg"))
    assert len(looked) == 2
