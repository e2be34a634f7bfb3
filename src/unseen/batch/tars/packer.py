"""Follows a run, and packs each tar as soon as all of its photos are settled."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from unseen.batch.index import Unchanged
from unseen.batch.planned import Planned
from unseen.batch.record import Record, Shard
from unseen.batch.tars.closing import Content, pack
from unseen.batch.tars.names import split
from unseen.batch.tars.place import TarPlace
from unseen.batch.walk import Entry
from unseen.errors import FullError, PhotoError
from unseen.report import PhotoRow


@dataclass(eq=False, kw_only=True)
class _Tar:
    """A tar whose photos come up, or are done.

    Attributes:
        name: below the output.
        source: what it is made of.
        first, last: positions of its entries so far.
        left: entries that are not settled.
        is_new: whether one of them was not as a former run left it.
        content: of those that were.
    """

    name: str
    source: str
    first: int
    last: int
    is_refused: bool
    left: int = 0
    is_new: bool = False
    is_closed: bool = False
    content: Content = field(default_factory=Content)


class Packer:
    """Packs the tars of one run. Tars come one after the other, so only those with photos on their way are in memory.

    Attributes:
        problems: one line for each tar that could not be packed; the same command tries again.
    """

    def __init__(self, record: Record, place: TarPlace) -> None:
        self.problems: list[str] = []
        self._record = record
        self._place = place
        self._lock = threading.RLock()
        self._has_tars = False
        self._current: _Tar | None = None
        self._open: dict[tuple[str, str], _Tar] = {}
        self._due: deque[_Tar] = deque()

    def finds(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self._has_tars = self._has_tars or split(entry.place) is not None
            yield entry

    def comes(self, shard: Shard, unchanged: Sequence[Unchanged]) -> Mapping[int, str]:
        """The tars of a shard of the plan; two tars of one name would be mixed, so the second one is refused."""
        if not self._has_tars:
            return {}
        standing = {one.position: one for one in unchanged}
        refused = {}
        with self._lock:
            for position, source, place in self._record.origins(shard):
                tar = self._entered(position, source, place)
                if tar is None:
                    continue
                tar.last = position
                if position in standing:
                    tar.content.add(standing[position].status, standing[position].name, standing[position].mark)
                    continue
                tar.left += 1
                tar.is_new = True
                if tar.is_refused:
                    problem = f"its copy's tar {self._record.output / tar.name} has the name of another tar's copy"
                    refused[position] = f"{source}: {problem}; protect the two in runs of their own, with another -o"
        return refused

    def told(self, planned: Planned, row: PhotoRow) -> PhotoRow:
        """With what its tar holds of the photo, where that is no copy."""
        found = _origin(planned.entry.source, planned.entry.place)
        if found is None or planned.entry.place == found[0] or row.status not in ("failed", "untouched"):
            return row
        tar = self._record.output / found[0]
        note = f"{tar} holds it as it is" if row.status == "untouched" else f"its sample is left out of {tar}"
        return replace(row, notes=(*row.notes, note))

    def settled(self, planned: Planned) -> None:
        if not self._has_tars:
            return
        with self._lock:
            tar = self._open.get(_origin(planned.entry.source, planned.entry.place) or ("", ""))
            if tar is not None:
                tar.left -= 1
                self._look_at(tar)

    def ends(self) -> None:
        with self._lock:
            self._close()

    def turn(self) -> None:
        """Pack what can be packed now."""
        while self._due:
            tar = self._due.popleft()
            try:
                pack(tar.name, Path(tar.source), (tar.first, tar.last), self._record, self._place)
            except FullError:
                raise
            except PhotoError as error:
                self.problems.append(str(error))
            except OSError as error:
                told = f"{self._record.output / tar.name}: cannot be written ({error.strerror or error})"
                self.problems.append(f"{told}; check the folder, and run again")

    def _entered(self, position: int, source: str, place: str) -> _Tar | None:
        """The tar that the next entry of the plan is in."""
        origin = _origin(source, place)
        current = self._current
        if current is not None and origin == (current.name, current.source):
            return current
        self._close()
        if origin is None:
            return None
        is_refused = not self._record.claim(self._record.output / origin[0])
        self._current = _Tar(name=origin[0], source=origin[1], first=position, last=position, is_refused=is_refused)
        self._open[origin] = self._current
        return self._current

    def _close(self) -> None:
        """All entries of the current tar have come up."""
        tar, self._current = self._current, None
        if tar is not None:
            tar.is_closed = True
            self._look_at(tar)

    def _look_at(self, tar: _Tar) -> None:
        """Whether a tar is to be packed now."""
        if tar.left or not tar.is_closed:
            return
        if self._open.get((tar.name, tar.source)) is tar:
            del self._open[tar.name, tar.source]
        if not tar.is_refused and (tar.is_new or not self._is_packed(tar)):
            self._due.append(tar)

    def _is_packed(self, tar: _Tar) -> bool:
        """Whether it is packed as it would be now; then what a killed run has left of its pieces goes."""
        known = self._place.known(tar.name)
        is_packed = known is not None and known.content == tar.content.told(Path(tar.source))
        if is_packed:
            self._place.sweep(tar.name)
        return is_packed


def _origin(source: str, place: str) -> tuple[str, str] | None:
    """The tar that an entry is in, below the output and by its source; None where it is in none."""
    found = split(place)
    if found is None:
        return None
    tar, name = found
    return tar, source[: -len(name) - 1] if name else source
