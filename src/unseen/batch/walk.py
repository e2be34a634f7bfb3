"""What there is to protect, found lazily: photos in order of their names, those in tars, and what cannot be read."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from unseen.address import Address, is_address, named, resolved
from unseen.batch.tars.listing import listed
from unseen.batch.tars.names import is_compressed, is_tar, split
from unseen.errors import UnseenError, visible
from unseen.looking import is_folder
from unseen.photo import PHOTO_SUFFIXES

_SUFFIXES = PHOTO_SUFFIXES | {".tar"}
_MISSING = (-1, 0)
"""Size and time of a file that cannot be asked: whoever reads it tells why."""

Identity = tuple[int, int]
"""Device and number of a folder, whatever its name."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A photo as it was found, or a folder or a tar whose photos could not be.

    Attributes:
        source: as it was named, or below the folder or the tar that was.
        place: where its copy goes below the output folder, apart from the suffix.
        size: in bytes.
        mtime: when it was changed, in nanoseconds, or a number that changes with it; of a photo in a tar, the tar's.
        label: what the user says is in it.
        problem: why it cannot be done, in one line; None where nothing is known against it.
    """

    source: str
    place: str
    size: int
    mtime: int
    label: str | None = None
    problem: str | None = None

    @property
    def key(self) -> bytes:
        """What tells the photo and its place from all others, wherever the command is run."""
        source = self.source if is_address(self.source) else os.path.abspath(self.source)  # noqa: PTH100 - a name
        return os.fsencode(source) + b"\0" + os.fsencode(self.place)


def walk(paths: Iterable[PurePath], output: PurePath, labels: Mapping[PurePath, str]) -> Iterator[Entry]:
    """Photos in the order of the paths, of the names in a folder, and then of its sub-folders.

    A tar is a folder of photos, in its own order. Links to folders are followed, but not in circles. The names in one
    folder and in one tar are held in memory at a time.

    Args:
        output: left out where it lies below a path.
        labels: resolved path -> label.

    Raises:
        UnseenError: an address where nothing is.
    """
    for path in paths:
        found = _at(path, output)
        yield from (_labelled(entry, labels) for entry in found) if labels else found


def _at(path: PurePath, output: PurePath) -> Iterator[Entry]:
    """All photos at or below a path."""
    if isinstance(path, Address):
        from unseen.batch.stores.walk import walk_store

        return walk_store(path, output)
    apart = None if isinstance(output, Address) else _identity(Path(output))
    found = _below(str(path), apart) if is_folder(path) else _named(str(path), path.name)
    return map(_beyond_tars, found) if isinstance(output, Address) else found


def require_photos(paths: Sequence[PurePath], output: PurePath) -> None:
    """Refuse a folder that cannot be read or holds no photos, before any work, or a tar that is all there is to do.

    Of several tars each is looked into when its turn comes, and what is wrong with it is a failed row.

    Raises:
        UnseenError: such a folder or tar.
    """
    for path in paths:
        if len(paths) > 1 and is_tar(path.name) and not _is_folder(path):
            continue
        first = next(walk([path], output, {}), None)
        if first is None:
            kinds = ", ".join(sorted(PHOTO_SUFFIXES))
            raise UnseenError(f"{path}: no photos in this folder; name one that holds files such as {kinds}")
        if first.problem is not None and first.source == str(path) and (len(paths) == 1 or _is_folder(path)):
            raise UnseenError(first.problem)


def _below(root: str, apart: Identity | None) -> Iterator[Entry]:
    """All below a folder; what waits to be walked are its sub-folders, and theirs on the way down."""
    waiting: list[tuple[str, str, tuple[Identity, ...]]] = [(root, "", ())]
    while waiting:
        folder, place, above = waiting.pop()
        identity = _identity(Path(folder))
        if place and identity is not None and identity == apart:
            continue
        if is_tar(place):
            yield unread(folder, place, "is a folder, but is called as tars are", "rename it")
            continue
        if identity in above:
            yield unread(folder, place, "leads back to a folder that it lies in", "remove the link")
            continue
        try:
            files, folders = _listed(folder)
        except OSError as error:
            why = f"cannot be read ({error.strerror})"
            yield unread(folder, place, why, "make it readable or name other folders")
            continue
        for name in files:
            yield from _file(os.path.join(folder, name), os.path.join(place, name))  # noqa: PTH118 - quick, for millions
        inner = above if identity is None else (*above, identity)
        waiting += [
            (os.path.join(folder, name), os.path.join(place, name), inner)  # noqa: PTH118
            for name in reversed(folders)
        ]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """The names of a folder's photos and tars, and of its sub-folders, but no hidden ones, sorted."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            is_wanted = os.path.splitext(entry.name)[1].lower() in _SUFFIXES or is_compressed(entry.name)  # noqa: PTH122 - quick
            try:
                leads_down = entry.is_dir()
            except OSError as error:  # a link that cannot be followed: whoever reads what may be there tells why
                leads_down = not is_wanted and error.errno != errno.ELOOP
            if leads_down:
                folders.append(entry.name)
            elif is_wanted:
                files.append(entry.name)
    return sorted(files), sorted(folders)


def _named(source: str, place: str) -> Iterator[Entry]:
    """A file that was named; of a tar that was, it is said if there is nothing in it."""
    found = _file(source, place)
    first = next(found, None)
    if first is None:
        yield unread(source, place, "holds no photos, so no tar is made of it", "leave it out")
        return
    yield first
    yield from found


def _beyond_tars(entry: Entry) -> Entry:
    """Where copies go to a store, what is in tars cannot: a tar is put together from files on a disk."""
    if entry.problem is not None or split(entry.place) is None:
        return entry
    told = "lies in a tar, and tars of copies go to disks only; name a folder of this machine with -o"
    return replace(entry, problem=visible(f"{entry.source}: {told}"))


def _file(source: str, place: str) -> Iterator[Entry]:
    """A photo, or those in a tar."""
    if is_tar(source):
        yield from _in_tar(source, place)
    elif is_compressed(source):
        yield unread(source, place, "is compressed, and only plain tars are read", "unpack it first, as with gunzip")
    else:
        yield _photo(source, place)


def _in_tar(tar: str, place: str) -> Iterator[Entry]:
    """The photos of a tar, and an entry for the tar itself where it cannot be read to its end."""
    listing = listed(Path(tar))
    for name, member in listing.photos.items():
        yield Entry(
            source=f"{tar}/{name}",
            place=f"{place}/{name}",
            size=member.size,
            mtime=listing.mtime,
            problem=member.problem,
        )
    if listing.problem is not None:
        yield Entry(source=tar, place=place, size=listing.size, mtime=listing.mtime, problem=listing.problem)


def _photo(source: str, place: str) -> Entry:
    try:
        status = os.stat(source)  # noqa: PTH116 - quick, for millions
        size, mtime = (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else _MISSING
    except (OSError, ValueError):
        size, mtime = _MISSING
    return Entry(source=source, place=place, size=size, mtime=mtime)


def unread(folder: str, place: str, problem: str, remedy: str) -> Entry:
    """A folder whose photos cannot be found."""
    size, mtime = _MISSING
    told = visible(f"{folder}: {problem}; {remedy}")
    return Entry(source=folder, place=place, size=size, mtime=mtime, problem=told)


def _labelled(entry: Entry, labels: Mapping[PurePath, str]) -> Entry:
    label = labels.get(resolved(named(entry.source)))
    if label is None:
        return entry
    return replace(entry, label=label)


def _is_folder(path: PurePath) -> bool:
    return isinstance(path, Path) and is_folder(path)


def _identity(folder: Path) -> Identity | None:
    try:
        status = folder.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
