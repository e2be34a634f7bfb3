"""Photos and copies in an object store."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath

from unseen.address import Address
from unseen.batch.place import Staged, digest_of
from unseen.batch.stores.objects import create, found, listed, mark_of, read, remove, write
from unseen.batch.stores.walk import holds_unchanged
from unseen.errors import FullError, PhotoError, TooLargeError
from unseen.photo.decode import MAX_BYTES

_FOLDERS = 4
"""Folders of copies whose marks are known at a time: photos come folder by folder."""


class StorePlace:
    """Objects; a mark is the MD5 that the store tells, or else its own name for a version, or size and time.

    An object is there as a whole or not at all, as soon as it is written. So a copy is held until its row is kept, and
    then written in one request, which the store itself refuses where the name is taken.

    What lies where copies go is asked for once a folder, and not once a copy. Threads may share it, and other processes
    get one of their own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._marks: OrderedDict[Address, dict[str, str]] = OrderedDict()

    def __reduce__(self) -> tuple[type["StorePlace"], tuple[()]]:
        return StorePlace, ()

    def fetch(self, source: PurePath) -> bytes:
        return read(_address(source))

    def mark(self, target: PurePath) -> str | None:
        with self._lock:
            return self._listing(_address(target)).get(target.name)

    def marks(self, folder: PurePath, names: Sequence[str]) -> list[str | None]:
        return [self.mark(folder / name) for name in names]

    def digest(self, target: PurePath) -> str:
        return digest_of(self.fetch(target))

    def require_possible(self, source: PurePath, target: PurePath) -> None:
        try:
            str(target).encode()
        except UnicodeEncodeError as error:
            problem = f"its copy {target} would have a name that is no Unicode"
            raise PhotoError(source, problem, "rename the photo") from error
        if not holds_unchanged(str(target)):
            raise PhotoError(source, f"its copy {target} would get another name", "rename the photo")

    def was_begun(self, target: PurePath) -> bool:
        """Never: an object is there as a whole."""
        return False

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        data = data if isinstance(data, bytes) else b"".join(data)
        if len(data) > MAX_BYTES:
            raise TooLargeError(target, f"is larger than {MAX_BYTES >> 30} GiB", "make it smaller first")
        mark = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return Staged(aside=target, target=target, mark=mark, digest=digest_of(data), data=data)

    def publish(self, staged: Staged, *, over: bool) -> None:
        target = _address(staged.target)
        if over:
            self._require_unchanged(target)
            write(target, staged.data)
        elif not create(target, staged.data):
            raise PhotoError(target, "exists already and is not overwritten", "move it away or choose another name")
        with self._lock:
            if target.parent in self._marks:
                self._marks[target.parent][target.name] = staged.mark

    def discard(self, staged: Staged) -> None:
        """Nothing was written."""

    def remove(self, target: PurePath) -> None:
        remove(_address(target))
        with self._lock:
            self._marks.get(_address(target).parent, {}).pop(target.name, None)

    def _require_unchanged(self, target: Address) -> None:
        """Refuse a copy in place of what was written there since its folder was listed."""
        with _ending():
            told = found(target)
        known = self.mark(target)
        if told is not None and mark_of(told) != known:
            raise PhotoError(target, "was changed by somebody else meanwhile", "move it away or choose another -o")

    def _listing(self, target: Address) -> dict[str, str]:
        """The marks of all objects that lie beside a copy, or would."""
        folder = target.parent
        if folder not in self._marks:
            with _ending():
                entries = [] if found(folder) is None else listed(folder)
            self._marks[folder] = {name: mark_of(told) for name, told in entries if told["type"] == "file"}
        self._marks.move_to_end(folder)
        while len(self._marks) > _FOLDERS:
            self._marks.popitem(last=False)
        return self._marks[folder]


@contextmanager
def _ending() -> Iterator[None]:
    """What lies where copies go has to be known: a store that does not tell ends the run, as one that is full."""
    try:
        yield
    except PhotoError as error:
        raise FullError(error.path, error.problem, error.remedy) from error


def _address(path: PurePath) -> Address:
    if not isinstance(path, Address):
        raise PhotoError(path, "is not in an object store", "name it as such, as s3://bucket/name")
    return path
