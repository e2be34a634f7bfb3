"""A run of `unseen protect -o FOLDER`: resumed where a former one stopped, and stopped at will."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

import click

from unseen import __version__
from unseen.batch import (
    NOBODY,
    Engine,
    Entry,
    Local,
    Packer,
    Place,
    Record,
    Run,
    Standing,
    TarPlace,
    accounted,
    deciding,
    estimated,
    previews,
)
from unseen.cli.finding import Photos
from unseen.cli.places import place_for
from unseen.cli.progress import watched
from unseen.cli.reports import own_reports
from unseen.cli.telling import STATUSES, succeeded, tell
from unseen.cli.terminal import INTERRUPTED, complain, remark
from unseen.errors import FullError
from unseen.interrupts import first_interrupt
from unseen.protect import Protection, settings_of
from unseen.report import Report
from unseen.report.words import counted, duration, listed, size
from unseen.threats import IN_BRIEF, presets_named


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a run is to be carried out and told; nothing of it changes a pixel.

    Attributes:
        names: settings as the report names them.
        reports: files to write.
        as_json: whether the account is printed as JSON.
        engine: who does the photos.
        retry_failed: whether photos that failed before are tried again.
    """

    names: Mapping[str, str]
    reports: tuple[Path, ...]
    as_json: bool
    engine: Engine
    retry_failed: bool


def run_batch(entries: Iterable[Entry], output: PurePath, protection: Protection, wishes: Wishes) -> int:
    """Protect what is not protected yet, tell of all, and give the exit code."""
    started = time.perf_counter()
    presets = presets_named(IN_BRIEF) if protection.held_out else ()
    report = Report(
        version=__version__,
        settings=settings_of(protection) | dict(wishes.names),
        photos=(),
        presets={preset.name: preset.meaning for preset in presets},
    )
    with Record(output) as record:
        over = own_reports(wishes.reports, record.reports)
        settings, different = record.settings(deciding(protection, wishes.names))
        place = place_for(output)
        packer = Packer(record, place) if isinstance(place, TarPlace) else None
        run = Run(record, settings, place, retry_failed=wishes.retry_failed, follower=packer or NOBODY)
        full: FullError | None = None
        try:
            with first_interrupt(run.stop), watched(lambda: _told(run.standing)):
                run.protect(entries, wishes.engine, protection, presets)
        except FullError as error:
            full = error
        if run.outdated:
            told = listed([name.replace("_", " ") for name in different]) or "of an earlier run"
            remark(f"{counted(run.outdated, 'photo')} had been done with other settings ({told}), and are done again")
        is_unfinished = full is not None or run.is_stopped
        account = accounted(report, partial(record.rows, settings) if is_unfinished else record.rows)
        pictures = any(path.suffix.lower() == ".html" for path in wishes.reports)
        shown = previews(account.report.photos, place) if pictures else {}
        seconds = time.perf_counter() - started
        are_written = tell(
            account, shown, wishes.reports, seconds, as_json=wishes.as_json, over=over, kept=record.keep_reports
        )
        if is_unfinished:
            return _tell_unfinished(run, full)
    if before := run.standing.failed_before:
        remark(f"{counted(before, 'photo')} failed in an earlier run; --retry-failed tries again")
    problems = packer.problems if packer is not None else ()
    for problem in problems:
        complain(problem)
    return 0 if are_written and succeeded(account) and not problems else 1


def tell_estimate(photos: Photos, protection: Protection, workers: int, place: Place) -> int:
    """Say what a run would take; nothing is written."""
    presets = presets_named(IN_BRIEF) if protection.held_out else ()
    estimate = estimated(photos.sample, protection, presets, Local(workers), place)
    less = ", but for what a former run did" if photos.resumes else ""
    cost = f"about {duration(estimate.seconds)} on this machine and {size(estimate.bytes)} of copies"
    click.echo(
        f"{counted(estimate.photos, 'photo')} would be protected{less}: {cost}, going by {estimate.tried} of them"
    )
    click.echo("nothing was written", err=True)
    return 0


def _tell_unfinished(run: Run, full: FullError | None) -> int:
    standing = run.standing
    of = f"{standing.done} of {'' if standing.is_planned else 'at least '}{counted(standing.planned, 'photo')}"
    if full is not None:
        complain(f"{full}: {of} are done, and the same command goes on from there")
        return 1
    complain(f"interrupted after {of}: their copies are whole, and the same command goes on from there")
    return INTERRUPTED


def _told(standing: Standing) -> str:
    """One line on where a run is."""
    of = f"{standing.done:,} of {standing.planned:,}{'' if standing.is_planned else '+'}"
    counts = [
        f"{standing.statuses[status]:,} {status.replace('_', ' ')}"
        for status in STATUSES
        if standing.statuses.get(status)
    ]
    pace = [f"{standing.rate:.1f} photos a second"] if standing.rate else []
    left = [] if standing.remaining is None else [f"{duration(standing.remaining)} to go"]
    return " · ".join([f"Protecting {of}", *counts, *pace, *left])
