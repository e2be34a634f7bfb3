"""What a folder of copies knows of itself, in `.unseen/` below it: the plan, what was done, and who works there."""

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Self

from unseen.batch.home import at_home
from unseen.batch.index import Unchanged
from unseen.batch.known import Known
from unseen.batch.log import Log
from unseen.batch.planned import Planned, columns_of, line_of, planned_of
from unseen.batch.stamp import Stamp
from unseen.batch.walk import Entry
from unseen.report.as_json import photo_row
from unseen.report.layout import PhotoRow

SHARD = 256
"""Entries of a plan that are taken at a time."""

Shard = tuple[int, int]
"""Positions of its first and of its last entry."""


class Record:
    """The record of one folder, for one process at a time.

    Rows are lines of `photos.jsonl`, the latest on a photo counts; `index.sqlite` only finds them.

    Args:
        output: the folder for the copies, made if it is not there, or one in an object store.

    Raises:
        UnseenError: another run works in the folder, it cannot be changed, or its record is of another version.

    Attributes:
        planned: entries so far.
        is_planned: whether these are all.
        together: photos that are best kept at a time.
    """

    def __init__(self, output: PurePath) -> None:
        self.output = output
        self._keeping = threading.Lock()
        self._grown = threading.Condition()
        self.planned = 0
        self.is_planned = False
        with ExitStack() as opened:
            home = opened.enter_context(at_home(output))
            self.together, self._slack = home.together, home.slack
            self._log = Log(home.folder / "photos.jsonl", home.mirror)
            opened.callback(self._log.close)
            self._known = Known(self._log, home.folder / "index.sqlite")
            opened.callback(self._known.close)
            self._index = self._known.index
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def settings(self, settings: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """What settings come to, and the names of those in which the former run's were others; they are kept."""
        text = json.dumps(settings, sort_keys=True, default=str)
        identity = sha256(text.encode()).hexdigest()[:16]
        known = json.loads(self._index.get("settings") or "{}")
        now = json.loads(text)
        different = tuple(name for name in {**known, **now} if known.get(name) != now.get(name)) if known else ()
        if different or not known:
            self._log.append({"settings": now})
            self._index.put(settings=text)
        return identity, different

    @property
    def reports(self) -> dict[str, str]:
        """The digests of reports that former runs wrote, by their whole names."""
        return self._known.reports

    def keep_reports(self, reports: Mapping[str, str]) -> None:
        """Add to these."""
        if reports.items() <= self.reports.items():
            return
        self._log.append({"reports": dict(reports)})
        self._index.put(reports=json.dumps(self.reports | dict(reports)))

    def plan(self, entries: Iterable[Entry]) -> None:
        """Add to the plan, shard by shard; others may take its first entries meanwhile."""
        batch: list[Entry] = []
        for entry in entries:
            batch.append(entry)
            if len(batch) == SHARD:
                self._add(batch)
                batch = []
        self._add(batch)
        self.end_plan()

    def end_plan(self) -> None:
        """No more entries will come."""
        with self._grown:
            self.is_planned = True
            self._grown.notify_all()

    def shards(self) -> Iterator[Shard]:
        """Where the plan's shards start and end, both included, in order, as it grows."""
        done = 0
        while True:
            with self._grown:
                while not self.is_planned and self.planned < done + SHARD:
                    self._grown.wait()
                last = min(self.planned, done + SHARD)
            if last == done:
                return
            yield done + 1, last
            done = last

    def entries(self, shard: Shard) -> Iterator[Planned]:
        """A shard's entries in order."""
        return map(planned_of, self._index.planned(*shard))

    def unchanged(self, shard: Shard, settings: str) -> list[Unchanged]:
        """Those of a shard's entries that were done by these settings and are as they were then."""
        return self._index.unchanged(*shard, settings)

    def origins(self, shard: Shard) -> list[tuple[int, str, str]]:
        """Position, source and place of a shard's entries."""
        return self._index.origins(*shard)

    def namesake(self, planned: Planned) -> Planned | None:
        """A photo with what is known of another one that had its place, and is not in this plan, once that is whole."""
        place = os.fsencode(planned.entry.place)
        if self._index.namesake(place) is None:
            return None
        with self._grown:
            self._grown.wait_for(lambda: self.is_planned)
        found = self._index.namesake(place)
        if found is None:
            return None
        key, line, stamp = found
        return replace(planned, line=line, stamp=Stamp.from_json(stamp), was=key)

    def take_over(self, was: bytes) -> bool:
        """Give away what is known by a key outside of the plan; whether it was free."""
        return self._index.claim(b"\0" + was)  # apart from names of copies, which hold no such byte

    def claim_all(self, names: Iterable[bytes]) -> None:
        """Give the names of copies away that former runs of this record made."""
        self._index.claim_all(names)

    def claim(self, target: PurePath) -> bool:
        """Give a copy's name away for this run; whether it was free."""
        return self._index.claim(os.fsencode(self.below(target)))

    def below(self, target: PurePath) -> PurePath:
        """A copy's name as the record knows it, wherever the folder lies."""
        return target.relative_to(self.output)

    def keep(self, planned: Planned, stamp: Stamp, row: PhotoRow) -> None:
        """Write down what came of a photo; it is on the disk when this returns.

        Raises:
            FullError: the disk is full.
        """
        self.keep_all([(planned, stamp, row)])

    def keep_all(self, outcomes: Sequence[tuple[Planned, Stamp, PhotoRow]]) -> None:
        """The same of several photos: all or none.

        Raises:
            FullError: the disk is full.
        """
        if not outcomes:
            return
        with self._keeping:
            before = self._known.lines
            places = self._log.append_all(line_of(*outcome) for outcome in outcomes)
            for (planned, stamp, _), place in zip(outcomes, places, strict=True):
                self._known.keep(planned.entry.key, place, stamp, planned.was)
            if self._known.lines // SHARD > before // SHARD:
                self._known.settle()

    def forget(self, unsettled: Iterable[Planned]) -> None:
        """Tell of photos that were kept and could not be settled only what was known before; the next run does them."""
        with self._keeping:
            for planned in unsettled:
                self._index.forget_line(planned.entry.key)
                if planned.line is not None and planned.stamp is not None:
                    self._index.keep(planned.was or planned.entry.key, planned.line, planned.stamp)

    def tidy(self) -> None:
        """Drop the lines that later ones have outdated, so that there is one on each photo.

        Raises:
            FullError: there is no room to find those that are left.
        """
        self._known.tidy(self._slack)

    def row(self, planned: Planned) -> PhotoRow:
        """What came of a photo that there is a line on, under the names of this run."""
        if planned.line is None:
            raise ValueError(f"{planned.entry.source}: nothing is known of it")
        with self._keeping:
            row = photo_row(self._log.read(*planned.line)["row"])
        copy = planned.stamp.copy if planned.stamp else None
        return replace(row, input=planned.entry.source, output=None if copy is None else str(self.output / copy.name))

    def rows(self, settings: str | None = None) -> Iterator[PhotoRow]:
        """What came of the photos of this plan so far, in its order.

        Args:
            settings: only those rows that came of these, and of the photos as they are now; None for all.

        Raises:
            FullError: there is no room to find it.
        """
        self._known.catch_up()
        return (
            self.row(planned)
            for shard in self.shards()
            for planned in self.entries(shard)
            if planned.stamp is not None
            and (settings is None or (planned.stamp.settings == settings and planned.stamp.fits(planned.entry)))
        )

    def _add(self, entries: list[Entry]) -> None:
        count = self._index.plan((entry.key, *columns_of(entry)) for entry in entries)
        with self._grown:
            self.planned = count
            self._grown.notify_all()
