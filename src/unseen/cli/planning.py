"""`unseen protect --dry-run` of a few photos: what would be written where."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath

import click

from unseen.batch import Entry, foreseen
from unseen.batch.foreseen import Foreseen
from unseen.cli.finding import Photos
from unseen.cli.places import place_for
from unseen.cli.terminal import complain
from unseen.errors import UnseenError, visible
from unseen.plan import Job
from unseen.protect import DISK, placed
from unseen.report.words import counted


def tell_plan(photos: Photos, entries: Iterable[Entry], output: PurePath | None, form: str, *, hides: bool) -> int:
    """What would be written where; every photo is decoded for that, because its content decides the copy's name.

    Args:
        entries: all photos, where the copies go into a folder.
        output: that folder; None where they go beside the photos.
        hides: whether photos may be left untouched.
    """
    told = refused = 0
    for one in _beside(photos.jobs, form) if output is None else foreseen(entries, output, place_for(output), form):
        if one.problem is not None:
            complain(one.problem)
            refused += 1
            continue
        told += 1
        source, target = visible(one.source), visible(str(one.target))
        click.echo(f"{source}: has a copy already, {target}" if one.stands else f"{source} -> {target}")
    summary = f"{counted(told, 'photo')} would be protected"
    summary += " where it shows what is to be hidden" if hides else ""
    summary += ", but for what a former run did" if photos.resumes else ""
    click.echo(f"{summary}; nothing was written", err=True)
    return int(refused > 0)


def _beside(jobs: Iterable[Job], form: str) -> Iterator[Foreseen]:
    """The same of photos whose copies go beside them; a copy that is there already is somebody's."""
    taken: set[PurePath] = set()
    for job in jobs:
        try:
            _, named = placed(job, form, DISK.read, lambda job: DISK.require_free(job, taken))
            yield Foreseen(source=str(job.source), target=named.target)
        except UnseenError as error:
            yield Foreseen(source=str(job.source), problem=error)
