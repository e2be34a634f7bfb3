"""The log of a run in an object store: objects cannot be appended to, so it lies there in segments."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unseen.address import Address
from unseen.batch.stores.objects import create, download, listed, remove, upload
from unseen.errors import FullError
from unseen.models.download import CACHE_VARIABLE

MOST = 64
"""Segments; of more, small ones are put together."""
_ALIKE = 4
"""A segment that is larger by this factor than all after it together is left as it is."""
_BLOCK = 1 << 20
_NAME = re.compile(r"photos-(\d{6,})(?:-(\d{6,}))?\.jsonl")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of the log.

    Attributes:
        first, last: numbers of the pieces that it holds; one where it was not put together of several.
        size: in bytes.
    """

    first: int
    last: int
    size: int

    @property
    def name(self) -> str:
        """Of its object."""
        numbers = f"{self.first:06}" if self.first == self.last else f"{self.first:06}-{self.last:06}"
        return f"photos-{numbers}.jsonl"


class Segments:
    """A log in a store, beside a local one of the same bytes.

    A segment that holds others outranks them, so that a process may die while they are put together.

    Args:
        folder: where they lie.
        log: the local file, made of them.
        require: refuses what another run's would mix with.

    Raises:
        PhotoError: they cannot be read.
        FullError: from every method as well, where this machine has no room.
    """

    def __init__(self, folder: Address, log: Path, require: Callable[[], None]) -> None:
        self._folder, self._log, self._require = folder, log, require
        found = _segments(folder)
        self._segments = _standing(found)
        outranked = [segment for segment in found if segment not in self._segments]
        with _on_this_machine(log), log.open("wb") as file:
            for segment in self._segments:
                self._fetch(segment, file)
        self._forget(outranked)

    def append(self, data: bytes) -> None:
        """Have the next lines of the log outlive this machine.

        Raises:
            FullError: the store does not take them, or another run works there.
        """
        self._require()
        if len(self._segments) >= MOST:
            self.merge()
        number = self._last + 1
        segment = Segment(first=number, last=number, size=len(data))
        if not create(self._folder / segment.name, data):
            problem = "exists already: another run works in the folder"
            raise FullError(self._folder / segment.name, problem, "wait for its end and run again")
        self._segments.append(segment)

    def rewritten(self) -> None:
        """Put the local log in place of all segments.

        Raises:
            FullError: the store does not take it.
        """
        self._require()
        segment = Segment(first=1, last=self._last + 1, size=self._size)
        upload(self._log, self._folder / segment.name)
        former, self._segments = self._segments, [segment]
        self._forget(former)

    def merge(self) -> None:
        """Put the last segments together, as far as they are small beside each other.

        Raises:
            FullError: the store does not take them.
        """
        self._require()
        size, start = sum(segment.size for segment in self._segments), 0
        if size != self._size:
            return
        small = list(self._segments)
        while small and small[0].size > _ALIKE * (size - small[0].size):
            start, size = start + small[0].size, size - small[0].size
            small.pop(0)
        if len(small) < 2:
            return
        merged = Segment(first=small[0].first, last=small[-1].last, size=size)
        part = self._log.with_name("merged.part")
        try:
            with _on_this_machine(part), self._log.open("rb") as log, part.open("wb") as file:
                log.seek(start)
                _copy(log, file, size)
            upload(part, self._folder / merged.name)
        finally:
            part.unlink(missing_ok=True)
        self._segments[-len(small) :] = [merged]
        self._forget(small)

    @property
    def _last(self) -> int:
        return self._segments[-1].last if self._segments else 0

    @property
    def _size(self) -> int:
        """Of the local log."""
        with _on_this_machine(self._log):
            return self._log.stat().st_size

    def _forget(self, segments: list[Segment]) -> None:
        for segment in segments:
            remove(self._folder / segment.name)

    def _fetch(self, segment: Segment, file: IO[bytes]) -> None:
        part = self._log.with_name("segment.part")
        download(self._folder / segment.name, part)
        with part.open("rb") as fetched:
            shutil.copyfileobj(fetched, file)
        part.unlink()


@contextmanager
def _on_this_machine(path: Path) -> Iterator[None]:
    """Errors of its disk, as of any that takes no more."""
    try:
        yield
    except OSError as error:
        remedy = f"free some space or set {CACHE_VARIABLE} to another folder, and run again"
        raise FullError(path, f"cannot be written ({error.strerror or error})", remedy) from error


def segments_in(folder: Address) -> list[Segment]:
    """Those that make up the log in a folder, in order.

    Raises:
        PhotoError: the store does not answer.
    """
    return _standing(_segments(folder))


def _standing(segments: list[Segment]) -> list[Segment]:
    """Those that no other one holds, in order."""
    standing: list[Segment] = []
    for segment in sorted(segments, key=lambda one: (one.first, -one.last)):
        if not standing or segment.last > standing[-1].last:
            standing.append(segment)
    return standing


def _segments(folder: Address) -> list[Segment]:
    found = []
    for name, told in listed(folder):
        numbers = _NAME.fullmatch(name)
        if numbers:
            first, last = int(numbers[1]), int(numbers[2] or numbers[1])
            found.append(Segment(first=first, last=last, size=int(told["size"])))
    return found


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    """So many bytes, some at a time."""
    while size:
        data = source.read(min(size, _BLOCK))
        target.write(data)
        size -= len(data)
