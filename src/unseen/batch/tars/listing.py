"""The photos of one tar: where each is, found by the headers alone."""

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from unseen.batch.tars.names import is_hidden, is_photo, known_as, plain
from unseen.batch.tars.opening import members, opened, status_of
from unseen.errors import visible

_MAGICS = {b"\x1f\x8b": "gunzip", b"BZh": "bunzip2", b"\xfd7zXZ": "unxz", b"\x28\xb5\x2f\xfd": "unzstd"}
_MISSING = (-1, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A photo in a tar.

    Attributes:
        offset: where its bytes start in the file.
        size: how many these are.
        problem: why it cannot be protected, in one line; None where nothing is known against it.
    """

    offset: int
    size: int
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is in a tar.

    Attributes:
        photos: by name, in the order of the tar. The name is the member's own without a leading `./` and the like.
        size, mtime: of the tar's file, as it was looked into.
        problem: why its end, or all of it, could not be read, in one line.
    """

    photos: Mapping[str, Member]
    size: int
    mtime: int
    problem: str | None = None


def listed(tar: PurePath) -> Listing:
    """Look into a tar; whatever is wrong with it is told and not raised, and what comes before the damage is found."""
    photos: dict[str, Member] = {}
    size, mtime = _MISSING
    problem = None
    try:
        size, mtime = status_of(tar)
        with opened(tar) as file:
            problem = _compressed(file)
            if problem is None:
                for info, _ in members(file, size):
                    _add(photos, tar, info)
    except tarfile.ReadError as error:
        last = max((member.offset + member.size for member in photos.values()), default=0)
        where = f"after byte {last}" if last else "or no tar"
        problem = f"is cut or damaged {where} ({error}), so no tar is made of it; fetch it again, and run again"
    except FileNotFoundError:
        problem = "does not exist; check its name"
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        problem = f"cannot be read ({why}); make it readable or name others"
    told = None if problem is None else visible(f"{tar}: {problem}")
    return Listing(photos=photos, size=size, mtime=mtime, problem=told)


def _compressed(file: BinaryIO) -> str | None:
    """What is wrong with a tar that was compressed: its photos could not be found again but by reading all of it."""
    start = file.read(6)
    file.seek(0)
    for magic, program in _MAGICS.items():
        if start.startswith(magic):
            return f"is compressed, and only plain tars are read; unpack it with {program} first"
    return None


def _add(photos: dict[str, Member], tar: PurePath, info: tarfile.TarInfo) -> None:
    """Note a photo; one that cannot be carried over to another tar as it is gets a line that says so."""
    if not is_photo(info.name) or is_hidden(info.name) or info.isdir():
        return
    name = known_as(info.name)
    problem = _problem(info)
    if name in photos:
        problem = "is in the tar twice; leave one of the two"
    told = None if problem is None else visible(f"{tar}/{info.name}: {problem}")
    photos[name] = Member(offset=info.offset_data, size=info.size, problem=told)


def _problem(info: tarfile.TarInfo) -> str | None:
    if plain(info.name) is None:
        return "has a name that leads out of the tar; give it another"
    if not info.isreg() or info.issparse():
        kind = "a link" if info.issym() or info.islnk() else "stored in a way that is not read"
        return f"is {kind} in the tar; pack it as a plain file"
    return None
