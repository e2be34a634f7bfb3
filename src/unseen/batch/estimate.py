"""What a run would take, from a few of its photos."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from unseen.address import named
from unseen.batch.engine import Engine, Task, Todo
from unseen.batch.place import DiskPlace, Place, Staged
from unseen.batch.planned import Planned
from unseen.batch.walk import Entry
from unseen.plan import Job
from unseen.protect import Protection
from unseen.threats import Preset

SAMPLE = 16
"""Photos that are tried."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What so many photos come to, if the others are like those tried.

    Attributes:
        photos: all of them.
        tried: of these.
        seconds: for all.
        bytes: of all copies.
    """

    photos: int
    tried: int
    seconds: float
    bytes: float


class Sample:
    """Evenly spaced items of a stream whose length is not known, in bounded memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._stride = 1
        self.seen = self.found = 0
        self.kept: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """One more."""
        if self.seen % self._stride == 0:
            self.kept.append(entry)
            if len(self.kept) == 2 * self._most:
                self.kept, self._stride = self.kept[::2], 2 * self._stride
        self.seen += 1

    @property
    def spread(self) -> list[Entry]:
        """At most as many as were asked for, from the start to the end."""
        step = len(self.kept) / self._most
        return self.kept if step <= 1 else [self.kept[int(index * step)] for index in range(self._most)]


def sampled(entries: Iterable[Entry], most: int = SAMPLE) -> Sample:
    """Some of the photos found, and how many there are."""
    sample = Sample(most)
    for entry in entries:
        sample.found += 1
        if entry.problem is None:
            sample.add(entry)
    return sample


def estimated(
    sample: Sample, protection: Protection, presets: Sequence[Preset], engine: Engine, place: Place
) -> Estimate:
    """Protect a sample, and say what all would take in the same way; nothing is written.

    Args:
        place: where the photos are.

    Raises:
        UnseenError: networks that do not go together, or a setting that does not fit them.
    """
    scale = _Scale(place)
    task = Task(protection=protection, presets=tuple(presets), place=scale, claim=lambda planned, target: None)
    todo = (
        Todo(
            planned=Planned(position=position, entry=entry),
            job=Job(source=named(entry.source), target=PurePath(entry.place)),
        )
        for position, entry in enumerate(sample.spread)
    )
    started = time.perf_counter()
    tried = sum(1 for _ in engine.run(todo, task))
    share = sample.seen / max(1, tried)
    return Estimate(
        photos=sample.seen,
        tried=tried,
        seconds=(time.perf_counter() - started) * share,
        bytes=sum(scale.sizes) * share,
    )


class _Scale(DiskPlace):
    """Weighs copies and keeps none."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.sizes: list[int] = []

    def fetch(self, source: PurePath) -> bytes:
        return self._place.fetch(source)

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        self.sizes.append(sum(map(len, [data] if isinstance(data, bytes) else data)))
        return Staged(aside=target, target=target, mark="", digest="")

    def discard(self, staged: Staged) -> None:
        """Nothing was written; a file of that name is somebody's, such as the photo itself."""
