"""Photos and copies wherever they are: on the disk or, where their names are addresses, in object stores."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from unseen.address import Address
from unseen.batch.place import DiskPlace, Place, Staged


class AnyPlace:
    """Asks the place that a name belongs to; the library for object stores is loaded with the first address."""

    def __init__(self) -> None:
        self._disk = DiskPlace()
        self._store: Place | None = None

    def fetch(self, source: PurePath) -> bytes:
        return self._of(source).fetch(source)

    def mark(self, target: PurePath) -> str | None:
        return self._of(target).mark(target)

    def marks(self, folder: PurePath, names: Sequence[str]) -> list[str | None]:
        return self._of(folder).marks(folder, names)

    def digest(self, target: PurePath) -> str:
        return self._of(target).digest(target)

    def require_possible(self, source: PurePath, target: PurePath) -> None:
        self._of(target).require_possible(source, target)

    def was_begun(self, target: PurePath) -> bool:
        return self._of(target).was_begun(target)

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        return self._of(target).stage(target, data)

    def publish(self, staged: Staged, *, over: bool) -> None:
        self._of(staged.target).publish(staged, over=over)

    def discard(self, staged: Staged) -> None:
        self._of(staged.target).discard(staged)

    def remove(self, target: PurePath) -> None:
        self._of(target).remove(target)

    def _of(self, path: PurePath) -> Place:
        if not isinstance(path, Address):
            return self._disk
        if self._store is None:
            from unseen.batch.stores.place import StorePlace

            self._store = StorePlace()
        return self._store
