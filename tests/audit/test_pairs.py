import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unseen.audit import paired
from unseen.errors import UnseenError

Lay = Callable[..., Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Put empty files into a folder below tmp_path."""

    def laid(folder: str, *names: str) -> Path:
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / folder

    return laid


def told(found, originals: Path) -> dict[str, list[str]]:
    return {str(pair.original.relative_to(originals)): [copy.name for copy in pair.copies] for pair in found.pairs}


def test_two_files_are_a_pair_whatever_their_names(lay: Lay) -> None:
    folder = lay("album", "cat.jpg", "other.png")
    (pair,) = paired(folder / "cat.jpg", folder / "other.png").pairs
    assert (pair.original.name, pair.copies, pair.label) == ("cat.jpg", (folder / "other.png",), None)


def test_folders_are_mirrored_with_other_endings_and_file_types(lay: Lay) -> None:
    names = ["a.jpg", "b.png", "c.HEIC", "day 1/a.jpg", "d.tif", ".hidden.jpg", "notes.txt"]
    originals = lay("album", *names)
    copies = lay("shared", "a.jpg", "b-unseen.png", "c.webp", "day 1/a-unseen.webp", "d.tif", "notes.txt")
    found = paired(originals, copies)
    assert found.problems == ()
    assert told(found, originals) == {
        "a.jpg": ["a.jpg"],
        "b.png": ["b-unseen.png"],
        "c.HEIC": ["c.webp"],
        "d.tif": ["d.tif"],
        "day 1/a.jpg": ["a-unseen.webp"],
    }


def test_copies_beside_their_originals(lay: Lay) -> None:
    album = lay("album", "a.jpg", "a-unseen.jpg", "b.png", "b-unseen.webp", "day/c.png", "day/c-unseen.png")
    found = paired(album, album)
    assert (len(found.pairs), found.problems) == (3, ())
    assert told(found, album)["b.png"] == ["b-unseen.webp"]


def test_a_folder_of_copies_below_the_originals(lay: Lay) -> None:
    album = lay("album", "a.jpg", "shared/a.jpg")
    found = paired(album, album / "shared")
    assert (told(found, album), found.problems) == ({"a.jpg": ["a.jpg"]}, ())


def test_a_photo_and_the_folder_of_its_copy(lay: Lay) -> None:
    album, copies = lay("album", "a.jpg", "b.jpg"), lay("shared", "a-unseen.png", "b.jpg")
    found = paired(album / "a.jpg", copies)
    assert (told(found, album), found.problems) == ({"a.jpg": ["a-unseen.png"]}, ())


def test_the_nearest_name_wins_and_no_copy_belongs_to_two(lay: Lay) -> None:
    originals = lay("album", "a.jpg", "a.png", "b.jpg", "b.png")
    copies = lay("shared", "a.png", "a-unseen.jpg", "b.jpg", "b.webp")
    assert told(paired(originals, copies), originals) == {
        "a.jpg": ["a-unseen.jpg"],
        "a.png": ["a.png"],
        "b.jpg": ["b.jpg"],
        "b.png": ["b.webp"],
    }


def test_what_has_no_counterpart_is_told(lay: Lay) -> None:
    originals, copies = lay("album", "a.jpg", "b.jpg", "c.jpg"), lay("shared", "a.jpg", "x.jpg")
    found = paired(originals, copies)
    assert len(found.pairs) == 1
    assert found.problems == (
        f"{copies}: has no copy of 2 of 3 originals (b.jpg, c.jpg); what is not there is not audited",
        f"{originals}: has no original of 1 copy (x.jpg)",
    )


def test_a_name_that_several_copies_have_is_told(lay: Lay) -> None:
    originals, copies = lay("album", "a.jpg", "b.jpg"), lay("shared", "a.png", "a-unseen.webp", "b.jpg")
    found = paired(originals, copies)
    assert told(found, originals) == {"b.jpg": ["b.jpg"]}
    (problem,) = found.problems
    assert problem.startswith(f"{originals / 'a.jpg'}: several copies have its name (")
    assert problem.endswith("; name two files")


def test_further_copies_join_their_pairs(lay: Lay) -> None:
    originals = lay("album", "a.jpg", "b.jpg")
    first, second, third = lay("s1", "a.jpg", "b.jpg"), lay("s2", "a.png", "b.jpg"), lay("s3", "a.jpg")
    found = paired(originals, first, further=[second, third])
    assert [len(pair.copies) for pair in found.pairs] == [3, 2]
    assert found.problems == (f"{third}: has no copy of 1 of 2 originals (b.jpg); what is not there is not audited",)
    (pair,) = paired(originals / "a.jpg", first / "a.jpg", further=[second / "a.png"]).pairs
    assert [copy.parent.name for copy in pair.copies] == ["s1", "s2"]


def test_labels_are_those_of_the_originals(lay: Lay, tmp_path: Path) -> None:
    originals, copies = lay("album", "a.jpg", "b.jpg"), lay("shared", "a.jpg", "b.jpg")
    labels = {(originals / "a.jpg").resolve(): "tabby", tmp_path / "gone.jpg": "dog", tmp_path / "too.jpg": "dog"}
    found = paired(originals, copies, labels=labels)
    assert [pair.label for pair in found.pairs] == ["tabby", None]
    assert found.problems == ("labels are for 2 photos that are not there (gone.jpg, too.jpg)",)


@pytest.mark.parametrize(
    ("original", "protected", "problem"),
    [
        ("album", "shared/a.jpg", "is a folder, but .*a.jpg is a file; give two files or two folders"),
        ("album", "none", "is a folder, but .*none is not there; give two files or two folders"),
        ("album", "empty", "has no copy of 2 of 2 originals"),
        ("empty", "shared", "has no original of 1 copy"),
        ("album/b.jpg", "shared", "has no copy of 1 of 1 original "),
    ],
)
def test_what_makes_no_pair_is_refused(original: str, protected: str, problem: str, lay: Lay, tmp_path: Path) -> None:
    lay("album", "a.jpg", "b.jpg")
    lay("shared", "a.jpg")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnseenError, match=problem):
        paired(tmp_path / original, tmp_path / protected)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
def test_a_link_in_a_circle_is_paired_as_any_file(lay: Lay, tmp_path: Path) -> None:
    originals, copies = lay("album", "a.jpg"), lay("shared", "a.jpg", "loop.jpg")
    (originals / "loop.jpg").symlink_to("loop.jpg")
    assert [pair.original.name for pair in paired(originals, copies).pairs] == ["a.jpg", "loop.jpg"]
