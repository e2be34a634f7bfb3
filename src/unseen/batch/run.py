"""A run over any number of photos: planned, resumed, done, and each kept as soon as it is done."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import PurePath

from unseen.address import named
from unseen.batch.copies import Copies
from unseen.batch.engine import Done, Engine, Task, Todo
from unseen.batch.following import NOBODY, Follower
from unseen.batch.index import Unchanged
from unseen.batch.place import Place
from unseen.batch.planned import Planned
from unseen.batch.record import Record, Shard
from unseen.batch.settling import Settling, grouped
from unseen.batch.stamp import Stamp
from unseen.batch.tally import Standing, Tally
from unseen.batch.walk import Entry
from unseen.errors import FullError
from unseen.plan import Job
from unseen.protect import Protection
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.threats import Preset
from unseen.watch import GivenUpError


class Run:
    """One run into one folder.

    Args:
        record: the folder's.
        settings: what all settings come to: photos that were done by others are done again.
        place: where photos come from and copies go.
        retry_failed: whether photos that failed in a former run are tried again.
        follower: told of photos as they are found, come up and are settled.

    Attributes:
        outdated: photos that were done by other settings, and are done again.
    """

    def __init__(
        self,
        record: Record,
        settings: str,
        place: Place,
        *,
        retry_failed: bool = False,
        follower: Follower = NOBODY,
    ) -> None:
        self._record = record
        self._settings = settings
        self._place = place
        self._copies = Copies(record, place)
        self._follower = follower
        self._settling = Settling(record, settings, place, self._copies, follower)
        self._retry_failed = retry_failed
        self._tally = Tally()
        self.outdated = 0
        self._stopping = threading.Event()
        self._is_cut = False  # whether there are photos that it has not found
        self._engine: Engine | None = None

    @property
    def standing(self) -> Standing:
        """Where the run is."""
        is_planned = self._record.is_planned and not self._is_cut
        return self._tally.standing(self._record.planned, is_planned=is_planned)

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Finish nothing more; from any thread, or from a signal's handler."""
        self._stopping.set()
        if self._engine is not None:
            self._engine.stop()

    def protect(
        self, entries: Iterable[Entry], engine: Engine, protection: Protection, presets: tuple[Preset, ...]
    ) -> None:
        """Do all photos that are not done yet; what it did is in the record, also where it ends early.

        Raises:
            FullError: the disk is full, or the store cannot be written.
            UnseenError: networks that do not go together, or a setting that does not fit them.
        """
        self._engine = engine
        task = Task(protection=protection, presets=presets, place=self._place, claim=self._copies.claim)
        with closing(engine.run(self._todo(), task)) as outcomes, self._planning(entries):
            self._settle_all(outcomes)

    @contextmanager
    def _planning(self, entries: Iterable[Entry]) -> Iterator[None]:
        """Meanwhile, find the photos."""
        problems: list[Exception] = []

        def plan() -> None:
            try:
                self._record.plan(self._while_wanted(self._follower.finds(entries)))
            except Exception as error:
                problems.append(error)
                self._record.end_plan()

        planner = threading.Thread(target=plan, name="planning", daemon=True)
        planner.start()
        try:
            yield
        except BaseException:
            self.stop()
            raise
        finally:
            planner.join()
        if problems:
            raise problems[0]
        if not self._stopping.is_set():
            self._record.tidy()

    def _while_wanted(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if self._stopping.is_set():
                self._is_cut = True
                return
            yield entry

    def _todo(self) -> Iterator[Todo]:
        """What of the plan is not done yet."""
        for shard in self._record.shards():
            unchanged = self._unchanged(shard)
            if self._stopping.is_set():
                return
            refused = self._follower.comes(shard, unchanged)
            if len(unchanged) == 1 + shard[1] - shard[0]:
                continue
            resumed = {one.position for one in unchanged}
            for planned in self._record.entries(shard):
                if self._stopping.is_set():
                    return
                if planned.position in resumed:
                    continue
                problem = planned.entry.problem or refused.get(planned.position)
                if problem is not None:
                    self._tell(planned, problem)
                elif planned.stamp is not None and self._is_done(planned, planned.stamp):
                    self._resume(planned.stamp)
                else:
                    known = self._copies.known_again(planned)
                    if self._stopping.is_set():  # before all were found, so that another may be the one that is known
                        return
                    yield self._todo_of(known)
                    continue
                self._follower.settled(planned)
        self._follower.ends()

    def _unchanged(self, shard: Shard) -> list[Unchanged]:
        """Count those of a shard that a former run did, as far as a glance at many tells."""
        found = self._record.unchanged(shard, self._settings)
        names = [os.fsdecode(one.name) for one in found if one.name is not None]
        marks = iter(self._place.marks(self._record.output, names))
        standing = [
            one
            for one in found
            if (one.name is None or next(marks) == one.mark) and not (self._retry_failed and one.status == "failed")
        ]
        self._record.claim_all(one.name for one in standing if one.name is not None)
        self._tally.resume(one.status for one in standing)
        return standing

    def _is_done(self, planned: Planned, stamp: Stamp) -> bool:
        return stamp.fits(planned.entry) and self._still_counts(stamp)

    def _still_counts(self, stamp: Stamp) -> bool:
        """Whether what came of a photo would come of it again, if it is the same."""
        if stamp.settings != self._settings or (stamp.status == "failed" and self._retry_failed):
            return False
        return stamp.copy is None or self._copies.stands(stamp.copy)

    def _todo_of(self, planned: Planned) -> Todo:
        entry, stamp = planned.entry, planned.stamp
        self.outdated += stamp is not None and stamp.settings != self._settings
        is_told = planned.was is None or (stamp is not None and stamp.status != "failed")  # why, under its own name
        may_be_same = stamp is not None and is_told and stamp.label == entry.label and self._still_counts(stamp)
        return Todo(
            planned=planned,
            job=Job(source=named(entry.source), target=self._record.output / entry.place, label=entry.label),
            same=stamp.digest if stamp is not None and may_be_same else None,
        )

    def _resume(self, stamp: Stamp) -> None:
        """Count a photo that a former run did."""
        if stamp.copy is not None:
            self._record.claim(self._copies.path(stamp.copy))
            former = stamp.former
            if former is not None and former.name != stamp.copy.name and self._copies.stands(former):
                self._copies.remove(former)
        self._tally.resume([stamp.status])

    def _tell(self, planned: Planned, problem: str) -> None:
        """Account for a folder whose photos could not be found, or a photo that cannot be done."""
        if planned.stamp is None or not self._is_told(planned, planned.stamp, problem):
            source, target = PurePath(planned.entry.source), self._record.output / planned.entry.place
            row = failed(Work(job=Job(source=source, target=target)))
            row = self._follower.told(planned, replace(row, input=planned.entry.source, error=problem))
            stamp = replace(self._settling.stamp(planned, None, row), former=self._copies.former(planned))
            self._record.keep(planned, stamp, row)
        self._tally.add("failed", is_new=False)

    def _is_told(self, planned: Planned, stamp: Stamp, problem: str) -> bool:
        """Whether the row says it already."""
        is_same = (stamp.settings, stamp.status) == (self._settings, "failed") and stamp.fits(planned.entry)
        return is_same and self._record.row(planned).error == problem

    def _settle_all(self, outcomes: Iterator[Done]) -> None:
        """Settle all; a full disk stops the run, but what is finished already may still fit."""
        full: FullError | None = None
        for group in grouped(outcomes, self._record.together):
            try:
                full = full or next((done.problem for done in group if isinstance(done.problem, FullError)), None)
                self._settle([done for done in group if not isinstance(done.problem, GivenUpError | FullError)])
                self._take_turn()
            except FullError as error:
                full = full or error
            if full is not None:
                self.stop()
        if full is not None:
            raise full
        self._take_turn()

    def _take_turn(self) -> None:
        if not self._stopping.is_set():
            self._follower.turn()

    def _settle(self, group: list[Done]) -> None:
        """Count photos once they are settled."""
        for done, stamp in self._settling(group):
            self._follower.settled(done.planned)
            if done.row is None:
                self._resume(stamp)
            else:
                self._tally.add(stamp.status, is_new=True)
