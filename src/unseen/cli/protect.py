"""`unseen protect`: protected copies of photos, and an account of what they are worth."""

import time
from pathlib import Path
from typing import Any

import click
import torch
from rich.console import Console

from unseen import __version__
from unseen.ascent import LANES
from unseen.catalogue import (
    DEFAULT_AUDIT_MODELS,
    DEFAULT_MODELS,
    DEFAULT_SCHEME,
    DEFAULT_STRENGTH,
    STRENGTHS,
    scheme_named,
)
from unseen.cli.options import device_option, given_settings, load_networks, scheme_options
from unseen.cli.progress import tracked
from unseen.photo import parse_keep, write_new
from unseen.plan import Job, plan, read_labels
from unseen.protect import Protection, protect_photos, settings_of
from unseen.report import Report, table, to_html, to_json

PREVIEWS = 200
"""Photos with pictures in an HTML report; a page of more would be too heavy to open."""

REPORT_SUFFIXES = (".html", ".json")


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder for the copies [default: beside each photo]."
)
@click.option(
    "--scheme", default=DEFAULT_SCHEME, show_default=True, help="How to protect; `unseen schemes` lists them."
)
@click.option(
    "--model",
    "models",
    multiple=True,
    default=DEFAULT_MODELS,
    show_default=True,
    help="Network to protect against; all given ones together.",
)
@click.option(
    "--audit-model",
    "audit_models",
    multiple=True,
    default=DEFAULT_AUDIT_MODELS,
    show_default=True,
    help="Network that only judges; '' for none.",
)
@click.option(
    "--labels", type=click.Path(path_type=Path), help="CSV with the columns file,label: what is in the photos."
)
@click.option(
    "--strength",
    type=click.Choice(list(STRENGTHS)),
    help="How much a photo may change: at most 4, 8 or 16 levels of 255. [default: medium]",
)
@click.option("--epsilon", type=float, metavar="LEVELS", help="The same as a number of 8-bit levels.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides random choices, such as the target.")
@click.option(
    "--quality",
    type=click.IntRange(1, 100),
    help="Of lossy files [default: the original's, or what the protection needs].",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["keep", "png", "jpeg", "webp"]),
    default="keep",
    show_default=True,
    help="Format of the copies.",
)
@click.option(
    "--keep", default="", help="Metadata to keep: date, copyright, all; joined by commas. Nothing is kept by default."
)
@device_option
@click.option(
    "--precision",
    type=click.Choice(["float32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="Of the arithmetic on a GPU.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write the account to FILE.html or FILE.json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written where.")
@scheme_options
def protect(
    paths: tuple[Path, ...],
    output: Path | None,
    scheme: str,
    models: tuple[str, ...],
    audit_models: tuple[str, ...],
    labels: Path | None,
    strength: str | None,
    epsilon: float | None,
    seed: int,
    quality: int | None,
    form: str,
    keep: str,
    device: str,
    precision: str,
    reports: tuple[Path, ...],
    as_json: bool,
    dry_run: bool,
    **values: Any,
) -> int:
    """Write protected copies of photos; folders are walked and mirrored."""
    if strength is not None and epsilon is not None:
        raise click.UsageError("--strength and --epsilon say the same; give one of them")
    for report in reports:
        _check_report(report)
    settings = given_settings(values)
    if epsilon is not None or strength is not None:
        settings["epsilon"] = epsilon if epsilon is not None else STRENGTHS[str(strength)]
    chosen = scheme_named(scheme, settings, defaults={"epsilon": STRENGTHS[DEFAULT_STRENGTH]})
    kept = parse_keep(keep)
    jobs = tuple(plan(paths, output, read_labels(labels) if labels else {}))
    if dry_run:
        return _tell_plan(jobs)
    if device == "cpu" and precision == "bfloat16":
        raise click.UsageError("--precision bfloat16 is for a GPU; leave it out with --device cpu")
    surrogates = load_networks(models, device)
    held_out = load_networks(tuple(name for name in audit_models if name and name not in models), device)
    protection = Protection(
        scheme=chosen,
        surrogates=surrogates,
        held_out=held_out,
        seed=seed,
        format=form,
        quality=quality,
        keep=kept,
        precision=torch.bfloat16 if precision == "bfloat16" and surrogates[0].device.type == "cuda" else None,
    )
    lanes = 1 if len(jobs) == 1 else LANES
    return _run(jobs, protection, lanes, reports, as_json=as_json)


def _check_report(path: Path) -> None:
    """Refuse, before any work, a report that could not be written."""
    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise click.UsageError(f"--report {path}: its name must end in {' or '.join(REPORT_SUFFIXES)}")
    if path.exists():
        raise click.UsageError(f"--report {path}: exists already; choose another name")
    if not path.parent.is_dir():
        raise click.UsageError(f"--report {path}: the folder {path.parent} does not exist; create it first")


def _tell_plan(jobs: tuple[Job, ...]) -> int:
    for job in jobs:
        click.echo(f"{job.source} -> {job.target}")
    click.echo(f"{len(jobs)} {'photo' if len(jobs) == 1 else 'photos'}; nothing was written", err=True)
    return 0


def _run(jobs: tuple[Job, ...], protection: Protection, lanes: int, reports: tuple[Path, ...], *, as_json: bool) -> int:
    """Protect, tell, and give the exit code; an interruption still tells about the photos that are done."""
    started = time.perf_counter()
    pictures = PREVIEWS if any(path.suffix.lower() == ".html" for path in reports) else 0
    outcomes = []
    interrupted = False
    try:
        for outcome in tracked(
            protect_photos(jobs, protection, lanes=lanes, previews=pictures), len(jobs), "Protecting"
        ):
            outcomes.append(outcome)  # noqa: PERF402 - what came before an interruption must be kept
    except KeyboardInterrupt:
        interrupted = True
    rows = tuple(outcome.row for outcome in outcomes)
    report = Report(version=__version__, settings=settings_of(protection, lanes), photos=rows)
    previews = {outcome.row.input: outcome.preview for outcome in outcomes if outcome.preview is not None}
    for path in reports:
        text = to_html(report, previews) if path.suffix.lower() == ".html" else to_json(report)
        write_new(path, text.encode())
    if as_json:
        click.echo(to_json(report), nl=False)
    else:
        Console().print(table(report))
        _tell_sum(report, time.perf_counter() - started)
    if interrupted:
        raise KeyboardInterrupt
    return 0 if all(row.status == "protected" for row in rows) else 1


def _tell_sum(report: Report, seconds: float) -> None:
    counts = {
        status: sum(row.status == status for row in report.photos) for status in ("protected", "not_achieved", "failed")
    }
    told = f"{counts['protected']} protected, {counts['not_achieved']} not achieved, {counts['failed']} failed"
    click.echo(f"{told}, in {seconds:.1f} seconds")
