from pathlib import Path

import pytest

from unseen.address import Address
from unseen.batch import Entry, require_photos, walk
from unseen.batch.stores.objects import store_of
from unseen.errors import UnseenError

from .conftest import put


def found(*paths: Address, output: Address | Path = Path("nowhere"), labels=None) -> list[Entry]:
    return list(walk(paths, output, labels or {}))


def places(*paths: Address, output: Address | Path = Path("nowhere")) -> list[str]:
    return [entry.place for entry in found(*paths, output=output)]


def test_photos_come_in_the_order_of_a_disk(store: Address, tmp_path: Path) -> None:
    names = ["b.png", "a.jpg", "deep/er/c.HEIC", "deep/b.webp", "deep2/a.jpg", "notes.txt", ".trash/b.jpg", ".c.jpg"]
    put(store, dict.fromkeys(names, b"x"))
    for name in names:
        (tmp_path / "disk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "disk" / name).touch()
    assert places(store) == ["a.jpg", "b.png", "deep/b.webp", "deep/er/c.HEIC", "deep2/a.jpg"]
    assert places(store) == [Path(entry.place).as_posix() for entry in walk([tmp_path / "disk"], tmp_path, {})]


def test_an_entry_tells_what_a_change_would_change(store: Address) -> None:
    put(store, {"a.jpg": b"123", "b.jpg": b"123"})
    first, other = found(store, labels={store / "a.jpg": "cat"})
    assert (first.source, first.place, first.size) == (f"{store}/a.jpg", "a.jpg", 3)
    assert (first.label, other.label, first.problem) == ("cat", None, None)
    assert first.key == f"{store}/a.jpg\0a.jpg".encode()
    put(store, {"a.jpg": b"124"})
    assert found(store)[0].mtime != first.mtime
    assert found(store)[1] == other


def test_a_photo_that_was_only_written_again_is_known_by_its_bytes(bucket: Address) -> None:
    put(bucket, {"a.jpg": b"123"})
    (first,) = found(bucket)
    put(bucket, {"a.jpg": b"123"})
    assert found(bucket) == [first]


def test_the_output_is_left_alone(store: Address) -> None:
    put(store, {"album/a.jpg": b"x", "album/out/a.jpg": b"x", "album/other/out/b.jpg": b"x"})
    assert places(store / "album", output=store / "album/out") == ["a.jpg", "other/out/b.jpg"]


def test_a_named_object_is_taken_whatever_it_is_called(store: Address) -> None:
    put(store, {"a/.hidden.txt": b"x"})
    assert places(store / "a" / ".hidden.txt") == [".hidden.txt"]


def test_names_that_no_path_holds_are_told_and_never_mistaken(bucket: Address) -> None:
    put(
        bucket,
        {
            "album/a.jpg": b"x",
            "album//b.jpg": b"x",
            "album/../c.jpg": b"x",
            "album/./d.jpg": b"x",
            "album/e/": b"",
            "album/e/f.jpg": b"x",
        },
    )
    entries = found(bucket / "album")
    assert [(entry.place, entry.problem is None) for entry in entries] == [
        ("", False),
        (".", False),
        ("..", False),
        ("a.jpg", True),
        ("e/f.jpg", True),
    ]
    assert entries[0].problem == (
        f"{bucket}/album/: has a name that no folder can have, and what is below it is left out; "
        "rename the objects below it"
    )


def test_odd_names_are_names(bucket: Address) -> None:
    names = ["a b.jpg", "a+b.jpg", "a%20b.jpg", "a#b.jpg", "a?b.jpg", "ü/ß.jpg", "[x]*.jpg", "c:d.jpg", "e&f=g.jpg"]
    put(bucket, dict.fromkeys(names, b"x"))
    assert sorted(places(bucket)) == sorted(names)
    assert {entry.source for entry in found(bucket)} == {f"{bucket}/{name}" for name in names}


@pytest.mark.parametrize("missing", ["nothing", "nothing.jpg"])
def test_an_address_where_nothing_is_is_refused(missing: str, store: Address) -> None:
    put(store, {"a.jpg": b"x"})
    with pytest.raises(UnseenError, match=rf"{missing}: there is no such object, folder or bucket; check its name"):
        require_photos([store / missing], Path("out"))


def test_a_folder_of_many_is_listed_whole(bucket: Address) -> None:
    store_of("s3").pipe({f"{bucket.key}/{number:05}.jpg": b"x" for number in range(1100)})
    assert places(bucket) == [f"{number:05}.jpg" for number in range(1100)]
