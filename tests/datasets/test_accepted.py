from pathlib import Path

import pytest

from unseen.datasets.accepted import AcceptedPhoto, accepted_photos
from unseen.errors import UnseenError

NAMES = tuple(f"scene {index}" for index in range(365))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Files that are no photos inside, in a folder: whoever opens one fails."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (folder / name).touch()
    return folder


def file(folder: Path, text: str, name: str = "labels.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def found(photos: tuple[AcceptedPhoto, ...]) -> list[tuple[str, set[int]]]:
    return [(photo.path.name, set(photo.labels)) for photo in photos]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file,label,author\nb.jpg,7,x\na.jpg,0; 2 ;scene 9,y\n", [("b.jpg", {7}), ("a.jpg", {0, 2, 9})]),
        ("label,file\n4,b.jpg\n", [("b.jpg", {4})]),
        ('"b.jpg","49"\r\n"a.jpg","70"\r\n', [("b.jpg", {49}), ("a.jpg", {70})]),
        ("\ufeffb.jpg,49\n", [("b.jpg", {49})]),
        ("c.jpg 3\na.jpg 1\nb.jpg 2\nelsewhere.jpg 9\n", [("a.jpg", {1}), ("b.jpg", {2}), ("c.jpg", {3})]),
        ("/c.jpg 3\n/a.jpg 1\n/b.jpg 2\n", [("a.jpg", {1}), ("b.jpg", {2}), ("c.jpg", {3})]),
    ],
)
def test_every_layout_is_read(text: str, expected: list[tuple[str, set[int]]], album: Path, tmp_path: Path) -> None:
    assert found(accepted_photos(album, [file(tmp_path, text)], NAMES)) == expected


def test_a_list_without_labels_goes_with_a_file_that_has_them(album: Path, tmp_path: Path) -> None:
    listed = file(tmp_path, '"c.jpg"\r\n"a.jpg"\r\n', "test.csv")
    told = file(tmp_path, "a.jpg 1\nb.jpg 2\nc.jpg 3\n", "val.txt")
    assert found(accepted_photos(album, [listed, told], NAMES)) == [("c.jpg", {3}), ("a.jpg", {1})]


def test_photos_may_lie_beside_their_table(album: Path, tmp_path: Path) -> None:
    table = file(album, "file,label\na.jpg,1\n", "mine.csv")
    assert found(accepted_photos(tmp_path, [table], NAMES)) == [("a.jpg", {1})]


def test_without_label_files_the_folder_tells(album: Path) -> None:
    (album / "scene 5").mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (album / name).rename(album / "scene 5" / name)
    assert found(accepted_photos(album, [], NAMES)) == [("a.jpg", {5}), ("b.jpg", {5}), ("c.jpg", {5})]
    file(album, "file,label\nscene 5/b.jpg,6\n", "labels.csv")
    assert found(accepted_photos(album, [], NAMES)) == [("b.jpg", {6})]


def test_the_shared_sets(shared: Path) -> None:
    scenes = accepted_photos(shared / "data/scenes", [], NAMES)
    assert len(scenes) == 208
    assert scenes[0].labels == {0, 1, 2, 169, 170, 174, 207, 293}
    photos = accepted_photos(shared / "data/imagenet-compatible", [], [str(index) for index in range(1000)])
    assert (len(photos), photos[0].labels) == (300, {305})


@pytest.mark.parametrize(
    ("name", "photos"), [("MEPP18val.csv", 3000), ("MEPP18test.csv", 3000), ("MEPP19test.csv", 600)]
)
def test_the_lists_of_mediaeval(name: str, photos: int, shared: Path, tmp_path: Path) -> None:
    table = shared / "data/pixel-privacy" / name
    lines = table.read_text("utf-8-sig").split()
    names = [line.split(",")[0].strip('"') for line in lines]
    for one in names:
        (tmp_path / one).touch()
    told = file(tmp_path, "".join(f"{one} 7\n" for one in names), "places365_val.txt")
    read = found(accepted_photos(tmp_path, [table, told], NAMES))
    assert [one for one, _ in read] == names
    assert len(read) == photos
    if name == "MEPP18val.csv":
        assert [labels for _, labels in read] == [{int(line.split(",")[1].strip('"'))} for line in lines]
    else:
        assert all(labels == {7} for _, labels in read)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,label\na.jpg,1\nx.jpg,1\ny.jpg,1\n", "labels.txt: names x.jpg and 1 more, not to be found in"),
        ('"x.jpg","1"\n', "labels.txt: names x.jpg, not to be found in"),
        ("a.jpg 1\n", "b.jpg: no label file says what is in this photo; add a label file that does, such as"),
        ('"a.jpg"\n', "a.jpg: no label file says what is in this photo; add a label file that does, such as"),
        ("file,label\na.jpg,\n", "a.jpg: no label file says what is in this photo"),
        ("file,label\na.jpg,365\n", "labels.txt: label '365' is no class of the network; give 0 to 364"),
        ("file,label\na.jpg,scene_5\n", "label 'scene_5' is no class of the network; did you mean 'scene 5'?"),
        ("a.jpg,1,2\n", "labels.txt: row 1 is 'a.jpg,1,2', no photo with a label; give file,label below that head"),
        ("", "labels.txt: is empty; give file,label"),
        ("\n\n", "labels.txt: is empty; give file,label"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(text: str, said: str, album: Path, tmp_path: Path) -> None:
    with pytest.raises(UnseenError) as told:
        accepted_photos(album, [file(tmp_path, text)], NAMES)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_what_is_not_there_is_refused_in_one_line(album: Path, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"none\.csv: cannot be read as a label file \(No such file or directory\)"):
        accepted_photos(album, [tmp_path / "none.csv"], NAMES)
    with pytest.raises(UnseenError, match="none: there is no such folder; give the one that holds the photos"):
        accepted_photos(tmp_path / "none", [], NAMES)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnseenError, match="binary: cannot be read as a label file"):
        accepted_photos(album, [tmp_path / "binary"], NAMES)
