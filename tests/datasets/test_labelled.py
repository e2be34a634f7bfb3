from pathlib import Path

import pytest

from unseen.datasets import LabelledPhoto, labelled_photos
from unseen.datasets.labelled import class_named
from unseen.errors import UnseenError

NAMES = ("tench", "goldfish", "great white shark", "hen")
SYNSETS = ("n01440764", "n01443537", "n01484850", "n01514859")


def touched(folder: Path, *names: str) -> Path:
    """Files that are no photos inside: whoever opens one fails."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def table(folder: Path, *rows: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(["file,label,author", *rows]))
    return path


@pytest.mark.parametrize(
    ("label", "index"),
    [("3", 3), ("n01443537", 1), ("Great White Shark", 2), ("hen", 3), ("4", None), ("N01440764", 0), ("-1", None)],
)
def test_a_label_is_an_index_a_synset_or_a_name(label: str, index: int | None) -> None:
    assert class_named(label, NAMES, SYNSETS) == index


def test_a_table_keeps_its_order(tmp_path: Path) -> None:
    touched(tmp_path, "b.png", "in/a.jpg", "c.png")
    source = table(tmp_path, "c.png,hen,x", "in/a.jpg,1; 2,y", "b.png,n01440764,z")
    assert labelled_photos(source, NAMES, SYNSETS) == (
        LabelledPhoto(path=tmp_path / "c.png", label=3),
        LabelledPhoto(path=tmp_path / "in/a.jpg", label=1),
        LabelledPhoto(path=tmp_path / "b.png", label=0),
    )


def test_the_shared_photos(shared: Path) -> None:
    folder = shared / "data/imagenet-compatible"
    photos = labelled_photos(folder / "labels.csv", [f"class {index}" for index in range(1000)])
    rows = [row.split(",") for row in (folder / "labels.csv").read_text("utf-8").splitlines()[1:]]
    assert len(photos) == 300
    assert [(photo.path, photo.label) for photo in photos] == [
        ((folder / row[0]).resolve(), int(row[1])) for row in rows
    ]


def test_folders_named_by_class(tmp_path: Path) -> None:
    touched(tmp_path, "n01484850/ILSVRC2012_val_00000002.JPEG", "n01484850/ILSVRC2012_val_00000001.JPEG")
    touched(
        tmp_path,
        "Goldfish/a.png",
        "Goldfish/b.png",
        "Goldfish/readme.txt",
        "0/in/b.webp",
        ".cache/c.png",
        "labels.txt",
        "no/n.txt",
    )
    found = [
        (str(photo.path.relative_to(tmp_path)), photo.label) for photo in labelled_photos(tmp_path, NAMES, SYNSETS)
    ]
    assert found == [
        ("0/in/b.webp", 0),
        ("Goldfish/a.png", 1),
        ("n01484850/ILSVRC2012_val_00000001.JPEG", 2),
        ("Goldfish/b.png", 1),  # a second one of every class only after the first ones
        ("n01484850/ILSVRC2012_val_00000002.JPEG", 2),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "labels.csv: names no photo that has a label; give rows of file,label"),
        (["a.png,"], "labels.csv: names no photo that has a label; give rows of file,label"),
        (["a.png,hen", "none.png,hen"], "none.png: there is no such photo, though"),
        (["a.png,4"], "labels.csv: label '4' is no class of the network; give 0 to 3"),
        (["a.png,goldfihs"], "labels.csv: label 'goldfihs' is no class of the network; did you mean 'goldfish'?"),
        (["a.png,n01440765"], "label 'n01440765' is no class of the network; did you mean 'n0144"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(rows: list[str], said: str, tmp_path: Path) -> None:
    touched(tmp_path, "a.png")
    with pytest.raises(UnseenError) as told:
        labelled_photos(table(tmp_path, *rows), NAMES, SYNSETS)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "photos: no photos in this folder; name one that holds"),
        (["hen/a.txt"], "photos: no photos in this folder; name one that holds"),
        (["a.png", "hen/a.png"], "a.png: is in no folder that is named by its class; give folders of photos so named"),
        (["ken/a.png"], "photos: label 'ken' is no class of the network; did you mean 'hen'?"),
    ],
)
def test_wrong_folders_are_refused_in_one_line(names: list[str], said: str, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    with pytest.raises(UnseenError) as told:
        labelled_photos(touched(folder, *names), NAMES, SYNSETS)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"none\.csv: cannot be read as CSV \(No such file or directory\)"):
        labelled_photos(tmp_path / "none.csv", NAMES)
