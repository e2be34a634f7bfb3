"""The end of a tar: its photos' outcomes are read from the record, it is packed, and its pieces go."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath

from unseen.batch.planned import Planned
from unseen.batch.record import SHARD, Record, Shard
from unseen.batch.tars import packed
from unseen.batch.tars.names import sample_of, split
from unseen.batch.tars.opening import status_of
from unseen.batch.tars.packed import Packed
from unseen.batch.tars.packing import Packing, Settled, failed_samples
from unseen.batch.tars.place import TarPlace
from unseen.errors import PhotoError
from unseen.plan import Job
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.report import PhotoRow

_FORMAT = 1
"""Of what packing makes of the same; another number packs all tars again."""


class Content:
    """What decides the bytes of a packed tar: the tar it is made of, and what came of each photo, in order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, status: str, name: bytes | None, mark: str | None) -> None:
        """One more photo, and its copy's name and mark."""
        self._digest.update(repr((status, name, mark)).encode())

    def told(self, source: Path) -> str:
        """In short; empty where the tar that it is made of is gone."""
        try:
            status = status_of(source)
        except OSError:
            return ""
        whole = self._digest.copy()
        whole.update(repr((_FORMAT, status)).encode())
        return whole.hexdigest()


def pack(tar: str, source: Path, shard: Shard, record: Record, place: TarPlace) -> None:
    """Pack a tar whose photos are all settled, unless it is packed as it would be, or cannot be read to its end.

    Args:
        tar: its name below the output.
        source: the tar that it is made of.
        shard: where its entries are in the plan.

    Raises:
        FullError: the disk is full.
        PhotoError: somebody else's file has its name, or its source cannot be read any more.
    """
    settled: dict[str, Settled] = {}
    for planned in _entries(record, shard):
        if planned.entry.place == tar or planned.stamp is None:
            return  # cut or damaged, which its row tells, or not settled after all
        settled[_name(planned)] = _settled(planned)
    path = record.output / tar
    if not place.is_free(tar, str(source)):
        if all(one.status == "failed" for one in settled.values()):
            return  # each of them says why
        raise PhotoError(path, "exists already, and is not what was written there before", "move it away and run again")
    content = _leave_out(settled, source, shard, record)
    known = place.known(tar)
    if known is None or known.content != content:
        _replace(tar, Packing(source=source, settled=settled, copy=partial(place.copy, tar)), content, place)
    place.sweep(tar)


def _leave_out(settled: dict[str, Settled], source: Path, shard: Shard, record: Record) -> str:
    """Count photos as failed whose samples are left out for another one's sake; what the content comes to.

    Raises:
        PhotoError: the source is not what the photos were read from.
    """
    samples, content = failed_samples(settled), Content()
    try:
        _, changed = status_of(source)
    except OSError as error:
        raise PhotoError(source, f"cannot be read any more ({error.strerror})", "run again") from error
    for planned in _entries(record, shard):
        if planned.entry.mtime != changed:
            raise PhotoError(source, "was changed while its photos were protected", "run again")
        name, stamp = _name(planned), planned.stamp
        if stamp is not None and stamp.status != "failed" and sample_of(name) in samples:
            row = _left_out(planned, record)
            stamp = replace(stamp, status=row.status, copy=None, former=stamp.copy or stamp.former)
            record.keep(planned, stamp, row)
            settled[name] = Settled(status=row.status)
        one = settled[name]
        content.add(one.status, None if stamp is None or stamp.copy is None else os.fsencode(stamp.copy.name), one.mark)
    return content.told(source)


def _left_out(planned: Planned, record: Record) -> PhotoRow:
    source = Path(planned.entry.source)
    error = PhotoError(
        source,
        "is left out with its sample, because another photo of that failed",
        "repair or remove that one and give --retry-failed",
    )
    return failed(Work(job=Job(source=source, target=record.output / planned.entry.place), problem=error))


def _replace(tar: str, packing: Packing, content: str, place: TarPlace) -> None:
    """Write the tar aside, keep what is to be known of it, and only then give it its name."""
    former = place.known(tar)
    staged = place.inner.stage(place.output / tar, packing.parts())
    try:
        now = Packed(
            mark=staged.mark,
            digest=staged.digest,
            source=os.path.abspath(packing.source),  # noqa: PTH100 - a name
            content=content,
            copies=packing.copied,
        )
        forget_former = packed.keep(place.kept_in(tar), now, place.inner, former=former)
        place.inner.publish(staged, over=former is not None)
    except BaseException:
        place.inner.discard(staged)
        raise
    forget_former()


def _entries(record: Record, shard: Shard) -> Iterator[Planned]:
    """Few at a time, for a tar may hold many."""
    first, last = shard
    for start in range(first, last + 1, SHARD):
        yield from record.entries((start, min(last, start + SHARD - 1)))


def _name(planned: Planned) -> str:
    """Of a photo in its tar."""
    found = split(planned.entry.place)
    return found[1] if found is not None else ""


def _settled(planned: Planned) -> Settled:
    stamp = planned.stamp
    if stamp is None or stamp.copy is None:
        return Settled(status="failed" if stamp is None else stamp.status)
    within = split(PurePath(stamp.copy.name).as_posix())
    return Settled(status=stamp.status, name=None if within is None else within[1], mark=stamp.copy.mark)
