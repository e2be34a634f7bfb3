"""A run of `unseen protect`: carry it out, tell about it, and say how it ended."""

import time
from pathlib import Path

import click

from unseen import __version__
from unseen.cli.progress import tracked
from unseen.cli.reports import write_reports
from unseen.cli.terminal import INTERRUPTED, complain, console
from unseen.plan import Job
from unseen.protect import Protection, protect_photos, settings_of
from unseen.report import PhotoRow, Report, table, to_html, to_json
from unseen.report.pictures import Preview
from unseen.report.words import counted
from unseen.threats import IN_BRIEF, presets_named

PREVIEWS = 200
"""Photos with pictures in an HTML report; a page of more would be too heavy to open."""


def run(
    jobs: tuple[Job, ...], protection: Protection, names: dict[str, str], reports: tuple[Path, ...], *, as_json: bool
) -> int:
    """Protect, tell, and give the exit code; an interruption still tells about the photos that are done."""
    started = time.perf_counter()
    pictures = PREVIEWS if any(path.suffix.lower() == ".html" for path in reports) else 0
    presets = presets_named(IN_BRIEF) if protection.held_out else ()
    rows: list[PhotoRow] = []
    previews: dict[str, Preview] = {}
    interrupted = False
    try:
        found = protect_photos(jobs, protection, previews=pictures, presets=presets)
        for outcome in tracked(found, len(jobs), "Protecting"):
            rows.append(outcome.row)  # and not the outcome: its problem would hold the photo that it arose from
            if outcome.preview is not None:
                previews[outcome.row.input] = outcome.preview
    except KeyboardInterrupt:
        interrupted = True
    report = Report(
        version=__version__,
        settings=settings_of(protection) | names,
        photos=tuple(rows),
        presets={preset.name: preset.meaning for preset in presets},
    )
    are_written = write_reports(reports, page=lambda: to_html(report, previews), json=lambda: to_json(report))
    if as_json:
        click.echo(to_json(report), nl=False)
    elif rows:
        console().print(table(report))
        _tell_sum(report, time.perf_counter() - started)
    if interrupted:
        done = f"interrupted after {len(rows)} of {counted(len(jobs), 'photo')}"
        complain(f"{done}: their copies are whole, the rest was not written")
        return INTERRUPTED
    return 0 if are_written and all(row.status in ("protected", "untouched") for row in rows) else 1


def _tell_sum(report: Report, seconds: float) -> None:
    statuses = ("protected", "not_achieved", *(("untouched",) if "hide" in report.settings else ()), "failed")
    counts = (f"{sum(row.status == status for row in report.photos)} {status}" for status in statuses)
    click.echo(f"{', '.join(counts).replace('_', ' ')}, in {seconds:.1f} seconds")
