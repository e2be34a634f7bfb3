import pytest

from unseen.address import Address
from unseen.batch.stores.objects import create, found, listed, mark_of, read, remove, write
from unseen.errors import PhotoError

from .conftest import put


def test_an_object_is_written_read_and_removed(store: Address) -> None:
    address = store / "a b" / "ü#1?%20&.jpg"
    write(address, b"one")
    assert read(address) == b"one"
    write(address, b"two")
    assert read(address) == b"two"
    remove(address)
    remove(address)
    assert found(address) is None
    with pytest.raises(PhotoError, match="does not exist; check its name"):
        read(address)


def test_an_object_is_created_once(store: Address) -> None:
    assert create(store / "a", b"ours")
    assert create(store / "a", b"ours"), "the answer to the first request may have been lost"
    assert not create(store / "a", b"theirs")
    assert read(store / "a") == b"ours"


def test_a_listing_tells_names_and_marks(store: Address) -> None:
    put(store, {"a/x.jpg": b"x", "a/y/z.jpg": b"z", "b.jpg": b"b"})
    names = {name: told["type"] for name, told in listed(store)}
    assert names == {"a": "directory", "b.jpg": "file"}
    told = dict(listed(store))["b.jpg"]
    assert mark_of(told) == mark_of(found(store / "b.jpg"))
    assert listed(store / "nowhere") == []
