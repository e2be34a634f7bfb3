"""What there is to protect in an object store, in the order in which a disk's folders are walked."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from unseen.address import Address, holds
from unseen.batch.stores.objects import found, listed, mark_of
from unseen.batch.walk import Entry, unread
from unseen.errors import PhotoError, UnseenError
from unseen.photo import PHOTO_SUFFIXES

_VERSIONS = "?versionId="
"""S3's library takes what follows it in a key for a version."""


def walk_store(root: Address, apart: PurePath) -> Iterator[Entry]:
    """Photos at or below an address; one folder's names are held in memory at a time.

    Args:
        apart: left out where it lies below.

    Raises:
        UnseenError: nothing is there, or the store does not tell.
    """
    told = found(root)
    if told is None:
        raise UnseenError(f"{root}: there is no such object, folder or bucket; check its name")
    if told["type"] == "file":
        yield _photo(str(root), root.name, told)
    else:
        yield from _below(root, apart)


def holds_unchanged(address: str) -> bool:
    """Whether an object has this very name when it is read or written by it."""
    return holds(address) and _VERSIONS not in address


def _below(root: Address, apart: PurePath) -> Iterator[Entry]:
    """All below a folder; what waits to be walked are its sub-folders, and theirs on the way down."""
    waiting = [(root, "")]
    while waiting:
        folder, place = waiting.pop()
        if place and folder == apart:
            continue
        try:
            entries = listed(folder)
        except PhotoError as error:
            yield unread(str(folder), place.removesuffix("/"), error.problem, error.remedy)
            continue
        entries.sort(key=lambda entry: entry[0])
        inner = []
        for name, told in entries:
            source = f"{folder}/{name}"
            if told["type"] != "directory":
                if _is_photo(name):
                    yield _photo(source, place + name, told)
            elif not name or not holds_unchanged(source):
                problem = "has a name that no folder can have, and what is below it is left out"
                yield unread(source, place + name, problem, "rename the objects below it")
            elif not name.startswith("."):
                inner.append((folder / name, f"{place}{name}/"))
        waiting += reversed(inner)


def _is_photo(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in PHOTO_SUFFIXES  # noqa: PTH122 - quick


def _photo(source: str, place: str, told: Mapping[str, Any]) -> Entry:
    """A photo; in place of its time, which stores tell in seconds, stands what tells its bytes from others."""
    if not holds_unchanged(source):
        return unread(source, place, "has a name that cannot be asked for", "rename the object")
    mark = hashlib.blake2b(mark_of(told).encode(), digest_size=7).digest()
    return Entry(source=source, place=place, size=int(told["size"] or 0), mtime=int.from_bytes(mark))
