"""A place around another one, in which tars are folders: photos come out of them, and copies are collected for them."""

import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from unseen.batch.home import FOLDER
from unseen.batch.place import Place, Staged, digest_of
from unseen.batch.tars import packed
from unseen.batch.tars.listing import Listing, listed
from unseen.batch.tars.names import split
from unseen.batch.tars.opening import read_at, status_of
from unseen.batch.tars.packed import Packed
from unseen.errors import PhotoError, TooLargeError
from unseen.looking import is_file
from unseen.photo import MAX_BYTES

_MOST = 2
"""Tars whose photos are known by name at a time: where a run leaves one for the next, it is busy with both."""


class TarPlace:
    """Photos and copies in tars; whatever is in none is left to the other place.

    A copy is a file of its own below `.unseen/packing/`, a piece, until its tar is packed; then it is in the tar.
    Pieces are called by a hash of their names, so that no name in a tar is ever one on the disk.

    Args:
        inner: where tars and pieces are.
        output: the folder for the copies.
    """

    def __init__(self, inner: Place, output: Path) -> None:
        self.inner = inner
        self.output = output
        self._lock = threading.RLock()
        self._listings: dict[PurePath, Listing] = {}
        self._packed: dict[str, tuple[str, Packed | None]] = {}

    def __reduce__(self) -> tuple[type["TarPlace"], tuple[Place, Path]]:
        return TarPlace, (self.inner, self.output)

    def fetch(self, source: PurePath) -> bytes:
        """A photo's file, in a tar or not; of a copy in a tar, that."""
        within = self._within(source)
        if within is not None and self.mark(source) is not None:
            return self.copy(*within)
        found = _found(source)
        if found is None:
            return self.inner.fetch(source)
        tar, name = found
        member = self._listing(tar).photos.get(name)
        if member is None or member.problem:
            raise PhotoError(source, "is not in its tar any more", "run again")
        if member.size > MAX_BYTES:
            raise TooLargeError(source, f"is larger than {MAX_BYTES >> 30} GiB", "make it smaller first")
        return read_at(tar, source, member.offset, member.size)

    def mark(self, target: PurePath) -> str | None:
        within = self._within(target)
        if within is None:
            return self.inner.mark(target)
        tar, name = within
        mark = self.inner.mark(self._piece(tar, name))
        if mark is not None:
            return mark
        known = self.known(tar)
        return known.copies[name].mark if known is not None and name in known.copies else None

    def marks(self, folder: PurePath, names: Sequence[str]) -> list[str | None]:
        if any(map(split, names)):
            return [self.mark(folder / name) for name in names]
        return self.inner.marks(folder, names)

    def digest(self, target: PurePath) -> str:
        within = self._within(target)
        return self.inner.digest(target) if within is None else digest_of(self.copy(*within))

    def require_possible(self, source: PurePath, target: PurePath) -> None:
        """Refuse a copy whose tar is another's, or could not be written."""
        within = self._within(target)
        if within is None:
            self.inner.require_possible(source, target)
            return
        tar = self.output / within[0]
        found = _found(source)
        if found is None or not self.is_free(within[0], str(found[0])):
            problem = f"the tar of its copy {tar} exists already, and is not what was written there before"
            raise PhotoError(source, problem, "move it away or choose another -o")
        self.inner.require_possible(source, tar)

    def was_begun(self, target: PurePath) -> bool:
        within = self._within(target)
        return self.inner.was_begun(target if within is None else self._piece(*within))

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        within = self._within(target)
        if within is None:
            return self.inner.stage(target, data)
        return replace(self.inner.stage(self._piece(*within), data), target=target)

    def publish(self, staged: Staged, *, over: bool) -> None:
        within = self._within(staged.target)
        placed = staged if within is None else replace(staged, target=self._piece(*within))
        self.inner.publish(placed, over=over)

    def discard(self, staged: Staged) -> None:
        self.inner.discard(staged)

    def remove(self, target: PurePath) -> None:
        """Take a copy away; from a tar it goes when that is packed again."""
        within = self._within(target)
        self.inner.remove(target if within is None else self._piece(*within))

    def known(self, tar: str) -> Packed | None:
        """What is known of a packed tar, by its name below the output; None where there is none of ours."""
        path = self.output / tar
        mark = self.inner.mark(path)
        if mark is None:
            return None
        with self._lock:
            if self._packed.get(tar, ("", None))[0] != mark:
                _make_room(self._packed)
                self._packed[tar] = mark, packed.known(self.kept_in(tar), path, mark, self.inner)
            return self._packed[tar][1]

    def is_free(self, tar: str, source: str) -> bool:
        """Whether a tar's name can be given to the copy of another tar, by its source."""
        if self.inner.mark(self.output / tar) is None:
            return True
        known = self.known(tar)
        return known is not None and known.source == os.path.abspath(source)  # noqa: PTH100 - a name

    def kept_in(self, tar: str) -> PurePath:
        """Where it is kept what is known of a packed tar."""
        return self.output / FOLDER / "packed" / tar

    def sweep(self, tar: str) -> None:
        """Take away the pieces of a tar that is packed."""
        pieces = self.output / FOLDER / "packing" / tar
        if pieces.exists():
            shutil.rmtree(pieces, ignore_errors=True)

    def copy(self, tar: str, name: str) -> bytes:
        """A copy's file, by its tar and its name in there.

        Raises:
            PhotoError: it is gone.
        """
        piece = self._piece(tar, name)
        if self.inner.mark(piece) is not None:
            return self.inner.fetch(piece)
        known = self.known(tar)
        path = self.output / tar
        if known is None or name not in known.copies:
            raise PhotoError(path / name, "is gone", "run again")
        return read_at(path, path / name, known.copies[name].offset, known.copies[name].size)

    def _piece(self, tar: str, name: str) -> PurePath:
        called = hashlib.blake2b(os.fsencode(name), digest_size=16).hexdigest()
        return self.output / FOLDER / "packing" / tar / called

    def _within(self, path: PurePath) -> tuple[str, str] | None:
        """The tar below the output that a path leads into, and the name in there."""
        try:
            below = path.relative_to(self.output)
        except ValueError:
            return None
        if below.parts[:1] == (FOLDER,):  # a piece
            return None
        found = split(below.as_posix())
        return found if found is not None and found[1] else None

    def _listing(self, tar: PurePath) -> Listing:
        try:
            status = status_of(tar)
        except OSError:
            status = None
        with self._lock:
            found = self._listings.get(tar)
            if found is None or (found.size, found.mtime) != status:
                self._listings.pop(tar, None)
                _make_room(self._listings)
                found = self._listings[tar] = listed(tar)
            return found


def _found(source: PurePath) -> tuple[PurePath, str] | None:
    """The tar that a photo is in, and its name in there; folders above may be named like tars as well."""
    path = str(source)
    start = 0
    while (found := split(path[start:])) is not None:
        end = start + len(found[0])
        if found[1] and is_file(Path(path[:end])):
            return PurePath(path[:end]), PurePath(path[end + 1 :]).as_posix()
        start = end
    return None


def _make_room(known: dict[PurePath, Listing] | dict[str, tuple[str, Packed | None]]) -> None:
    while len(known) >= _MOST:
        known.pop(next(iter(known)))  # type: ignore[call-overload]
