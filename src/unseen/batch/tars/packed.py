"""What is known of a tar that was packed, kept beside it in a file: so its photos stand, and none is read again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePath

from unseen.batch.place import Place
from unseen.errors import PhotoError

_NAMES = ("packed.json", "packed-2.json")
"""Two by turns: until a tar has its name, the one that it replaces is known as well."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A copy in a packed tar.

    Attributes:
        offset: where its bytes start in the tar.
        size: how many these are.
        mark: as it was told before it was packed.
    """

    offset: int
    size: int
    mark: str


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A packed tar.

    Attributes:
        mark: of the tar, as its place tells it.
        digest: of its bytes, for where marks do not survive.
        source: the tar that it was made of.
        content: what tells it from a tar of other photos, or of others' copies.
        copies: by the copy's name in it, without a leading `./` and the like.
    """

    mark: str
    digest: str
    source: str
    content: str
    copies: Mapping[str, Copied]


def known(folder: PurePath, tar: PurePath, mark: str, place: Place) -> Packed | None:
    """What is known of the tar that has this mark now; None where it is somebody else's.

    Its bytes are read only where no mark fits, as after a copy of the whole folder.

    Args:
        folder: where it is kept.
    """
    found = [packed for packed in (_read(folder / name, place) for name in _NAMES) if packed is not None]
    fitting = next((packed for packed in found if packed.mark == mark), None)
    if fitting is not None or not found:
        return fitting
    try:
        digest = place.digest(tar)
    except PhotoError:
        return None
    return next((packed for packed in found if packed.digest == digest), None)


def keep(folder: PurePath, packed: Packed, place: Place, *, former: Packed | None) -> Callable[[], None]:
    """Write down what is known of a tar before it gets its name; what is given back forgets the one it replaces.

    Args:
        former: the tar that has the name until then.

    Raises:
        FullError: the disk is full.
        PhotoError: it cannot be written.
    """
    first, second = (folder / name for name in _NAMES)
    name, other = (second, first) if former is not None and _read(first, place) == former else (first, second)
    place.publish(place.stage(name, json.dumps(asdict(packed)).encode()), over=True)
    return lambda: place.remove(other)


def _read(path: PurePath, place: Place) -> Packed | None:
    if place.mark(path) is None:
        return None
    try:
        found = json.loads(place.fetch(path))
        copies = {name: Copied(**copied) for name, copied in found.pop("copies").items()}
        return Packed(copies=copies, **found)
    except (PhotoError, ValueError, TypeError, KeyError, AttributeError):
        return None
