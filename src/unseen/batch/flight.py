"""A photo of a batch on its way: what each stage does with it, whichever thread or machine that is."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePath

from unseen.batch.engine import Done, Task, Todo
from unseen.batch.place import Staged, digest_of
from unseen.errors import PhotoError
from unseen.photo import Photo, read_photo_bytes
from unseen.protect import opening
from unseen.protect.attending import Attendant
from unseen.protect.finishing import Finish
from unseen.protect.making import Made
from unseen.protect.protection import Work

FOLDED = 3_000_000
"""Bytes of pixels from which a photo waits as the file that it was: decoding it again costs little beside its noise,
and so even large photos are enough at a time to fill the scheme's lanes."""


LARGE_FILE = 500_000
"""Bytes of a file from which its photo may be large, before it is known."""

Slot = AbstractContextManager[object]
"""Entered while a large photo is in full size in memory: only so many are at a time."""


@dataclass(eq=False, kw_only=True)
class Flight:
    """A photo on its way.

    Attributes:
        digest: of its file; None where that could not be read.
        is_same: whether it was done before and has not changed.
        held: bytes of memory that it takes while it waits.
    """

    todo: Todo
    work: Work
    digest: str | None = None
    is_same: bool = False
    held: int = 0


def opened(todo: Todo, task: Task, attendant: Attendant, slot: Slot) -> Flight:
    """A photo that was read, and its networks asked, unless it is the same as before; a failure is noted."""
    flight = Flight(todo=todo, work=Work(job=todo.job))
    try:
        data = task.place.fetch(todo.job.source)
    except Exception as error:
        flight.work.problem = error
        return flight
    flight.digest = digest_of(data)
    flight.is_same = flight.digest == todo.same
    if flight.is_same:
        return flight

    def read(source: PurePath) -> Photo:
        return read_photo_bytes(data, source)

    with slot if len(data) > LARGE_FILE else nullcontext():
        flight.work = opening.opened(todo.job, task.protection, read, lambda job: None, attendant)
    if not task.protection.pictures:  # which may take longer to make than all the rest
        _fold(flight.work, data)
    flight.held = flight.work.held
    return flight


def claimed(flight: Flight, task: Task) -> None:
    """Settle the name of its copy; where that is taken the photo has failed."""
    work = flight.work
    if work.photo is None:
        return
    try:
        task.claim(flight.todo.planned, work.job.target)
    except PhotoError as error:
        work.photo, work.picture, work.problem = None, None, error


def finished(flight: Flight, made: Made | None, task: Task, attendant: Attendant, slot: Slot) -> Done:
    """What came of it, with its copy written aside."""
    staged: list[Staged] = []
    finish = Finish(
        protection=task.protection,
        put=lambda work, data: staged.append(task.place.stage(work.job.target, data)),
        presets=task.presets,
        attendant=attendant,
    )
    with slot if is_large(flight.work) else nullcontext():
        _unfold(flight.work)
        outcome = finish(flight.work, made)
        flight.work.photo = flight.work.picture = None
    return Done(
        planned=flight.todo.planned,
        row=outcome.row,
        digest=flight.digest,
        staged=staged[0] if staged else None,
        problem=outcome.problem,
    )


def is_large(work: Work) -> bool:
    """Whether its photo takes much memory in full size."""
    return bool(work.file) or (work.photo is not None and work.photo.pixels.nbytes > FOLDED)


def _fold(work: Work, data: bytes) -> None:
    """Hold a large photo's file in place of its pixels."""
    if work.photo is not None and is_large(work):
        work.file = data
        work.photo = work.picture = replace(work.photo, pixels=work.photo.pixels[:0].copy(), alpha=None)


def _unfold(work: Work) -> None:
    """The pixels again."""
    if not work.file or work.photo is None:
        return
    try:
        work.photo = work.picture = read_photo_bytes(work.file, work.job.source)
    except PhotoError as error:
        work.photo, work.picture, work.problem = None, None, error
    work.file = b""
