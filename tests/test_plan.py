import os
from pathlib import Path

import pytest

from unseen.errors import UnseenError
from unseen.plan import Job, copy_of, plan, read_labels


def touched(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def targets(*paths: Path, output: Path | None = None) -> dict[str, Path]:
    return {job.source.name: job.target for job in plan(paths, output, {})}


def test_a_copy_lies_beside_its_original_or_in_the_folder() -> None:
    assert copy_of(Path("a/cat.JPG"), None) == Path("a/cat-unseen.JPG")
    assert copy_of(Path("a/cat.JPG"), Path("out")) == Path("out/cat.JPG")
    assert list(plan([Path("a/cat.jpg")], Path("out"), {})) == [
        Job(source=Path("a/cat.jpg"), target=Path("out/cat.jpg"), label=None)
    ]


def test_a_folder_is_mirrored_in_the_order_of_its_names(tmp_path: Path) -> None:
    touched(tmp_path, "b.png", "a.jpg", "deep/er/c.HEIC", "deep/b.webp")
    found = targets(tmp_path, output=Path("out"))
    assert list(found) == ["a.jpg", "b.png", "b.webp", "c.HEIC"]
    assert found["c.HEIC"] == Path("out/deep/er/c.HEIC")


def test_what_is_no_photo_hidden_or_a_former_copy_is_left_alone(tmp_path: Path) -> None:
    touched(tmp_path, "a.jpg", "a-unseen.jpg", "notes.txt", "film.mp4", ".trash/b.jpg", ".c.jpg", "noend")
    assert list(targets(tmp_path)) == ["a.jpg"]


def test_the_output_folder_is_not_walked_though_it_lies_inside(tmp_path: Path) -> None:
    touched(tmp_path, "a.jpg", "out/a.jpg", "other/out/b.jpg")
    found = targets(tmp_path, output=tmp_path / "other" / ".." / "out")
    assert list(found) == ["a.jpg", "b.jpg"]


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    (path,) = touched(tmp_path, ".hidden-unseen.txt")
    assert targets(path) == {path.name: tmp_path / ".hidden-unseen-unseen.txt"}


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    touched(tmp_path, "notes.txt")
    with pytest.raises(UnseenError, match=r"no photos in this folder; name one that holds files such as .*\.jpg"):
        list(plan([tmp_path], None, {}))


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touched(tmp_path, "a.jpg", "locked/b.jpg")
    scandir = os.scandir

    def refusing(path: str | Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(UnseenError, match=r"locked: cannot be read \(Permission denied\)"):
        list(plan([tmp_path], None, {}))


def test_labels_find_their_photos_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touched(tmp_path, "photos/a.jpg", "photos/b.jpg", "photos/c.jpg")
    table = tmp_path / "labels.csv"
    table.write_text("\ufefffile,other,label\nphotos/a.jpg,x,281; 282\nphotos/b.jpg,x,\nphotos/c.jpg\n", "utf-8")
    labels = read_labels(table)
    monkeypatch.chdir(tmp_path / "photos")
    assert [job.label for job in plan([Path()], None, labels)] == ["281", None, None]


@pytest.mark.parametrize("content", [b"", b"photo,class\na.jpg,1\n", b"file,label\n\xff\xfe\n", b"\x00\x01"])
def test_a_table_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_bytes(content)
    with pytest.raises(UnseenError, match="give a CSV that starts with file,label"):
        read_labels(table)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"none\.csv: cannot be read as CSV \(No such file or directory\)"):
        read_labels(tmp_path / "none.csv")
