"""The end of a photo's way: its row is kept, and then its copy gets its name."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePath

from unseen.address import named
from unseen.batch.copies import Copies
from unseen.batch.engine import Done
from unseen.batch.following import Follower
from unseen.batch.place import Place
from unseen.batch.planned import Planned
from unseen.batch.record import Record
from unseen.batch.stamp import Copy, Stamp
from unseen.batch.stores.objects import AT_ONCE
from unseen.errors import FullError, PhotoError
from unseen.plan import Job
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.report import PhotoRow

PATIENCE = 2.0
"""Seconds after which photos are kept though more could be kept with them."""
_MOST_BYTES = 1 << 26
"""Of copies that wait for their names."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A photo whose row is to be kept, and what is to become of its copy.

    Attributes:
        former: the copy that this one replaces.
    """

    done: Done
    stamp: Stamp
    row: PhotoRow
    former: Copy | None = None


def grouped(outcomes: Iterable[Done], most: int) -> Iterator[list[Done]]:
    """Outcomes as they come, so many at a time; fewer where they took long or are large."""
    group: list[Done] = []
    begun, held = 0.0, 0
    try:
        for done in outcomes:
            begun = begun if group else time.monotonic()
            group.append(done)
            held += len(done.staged.data) if done.staged else 0
            if len(group) >= most or held >= _MOST_BYTES or time.monotonic() - begun >= PATIENCE:
                yield group
                group, held = [], 0
    except Exception:
        if group:
            yield group
        raise
    if group:
        yield group


class Settling:
    """Settles photos of one run, some at a time.

    Args:
        settings: what all settings come to.
        follower: has a word on every row.
    """

    def __init__(self, record: Record, settings: str, place: Place, copies: Copies, follower: Follower) -> None:
        self._record, self._settings, self._place, self._copies = record, settings, place, copies
        self._follower = follower

    def __call__(self, group: Sequence[Done]) -> Iterator[tuple[Done, Stamp]]:
        """Keep what came of photos, and then give their copies their names; those that are settled.

        Raises:
            FullError: the disk is full, or a store does not take more; photos that are not settled are done again.
        """
        kept = [self._kept(done) for done in group]
        try:
            self._record.keep_all([(one.done.planned, one.stamp, one.row) for one in kept])
        except FullError:
            for done in group:
                if done.staged is not None:
                    self._place.discard(done.staged)
            raise
        ends = self._named(kept)
        refused = [end for end in ends if isinstance(end, Kept)]
        full = [end for end in ends if isinstance(end, FullError)]
        self._record.forget([one.done.planned for one, end in zip(kept, ends, strict=True) if end in full])
        self._record.keep_all([(one.done.planned, one.stamp, one.row) for one in refused])
        for one, end in zip(kept, ends, strict=True):
            if not isinstance(end, FullError):
                yield one.done, (end or one).stamp
        if full:
            raise full[0]

    def stamp(self, planned: Planned, digest: str | None, row: PhotoRow) -> Stamp:
        """What decides whether a photo is done already."""
        entry = planned.entry
        return Stamp(
            size=entry.size,
            mtime=entry.mtime,
            label=entry.label,
            digest=digest,
            settings=self._settings,
            status=row.status,
        )

    def _kept(self, done: Done) -> Kept:
        if done.row is None:
            return self._kept_same(done)
        row, former = self._follower.told(done.planned, done.row), self._copies.former(done.planned)
        stamp = replace(self.stamp(done.planned, done.digest, row), former=former)
        if done.staged is not None:
            name = str(self._record.below(done.staged.target))
            stamp = replace(stamp, copy=Copy(name=name, mark=done.staged.mark, digest=done.staged.digest))
        return Kept(done=done, stamp=stamp, row=row, former=former)

    def _kept_same(self, done: Done) -> Kept:
        """A photo that only looked changed: what came of it before stands."""
        entry, stamp = done.planned.entry, done.planned.stamp
        if stamp is None:
            raise ValueError(f"{entry.source}: nothing is known of it")
        row = self._record.row(done.planned)
        return Kept(done=done, stamp=replace(stamp, size=entry.size, mtime=entry.mtime), row=row)

    def _named(self, kept: Sequence[Kept]) -> list[Kept | FullError | None]:
        """Give copies their names; for each that could not get it, what is to be kept instead, or why not even that."""
        if len(kept) == 1:
            return [self._publish(kept[0])]
        with ThreadPoolExecutor(AT_ONCE, "naming") as naming:
            return list(naming.map(self._publish, kept))

    def _publish(self, kept: Kept) -> Kept | FullError | None:
        """Put a copy in its place, and take away the one that it replaces."""
        staged, row, name = kept.done.staged, kept.row, None
        try:
            if staged is not None and kept.stamp.copy is not None:
                name = kept.stamp.copy.name
                self._place.publish(staged, over=kept.former is not None and kept.former.name == name)
            is_outdated = name is not None or row.status == "untouched"
            if kept.former is not None and kept.former.name != name and is_outdated:
                self._copies.remove(kept.former)
        except FullError as error:
            return error
        except PhotoError as error:
            job = Job(source=named(row.input), target=PurePath(row.output or ""))
            row = failed(Work(job=job, problem=error))
            return replace(kept, stamp=replace(kept.stamp, status=row.status, copy=None), row=row)
        return None
