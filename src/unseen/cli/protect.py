"""`unseen protect`: protected copies of photos, and an account of what they are worth."""

from pathlib import Path
from typing import Any

import click
import torch

from unseen.ascent import LANES
from unseen.catalogue import (
    DEFAULT_LIMIT,
    check_way,
    way_name,
    way_named,
)
from unseen.cli.options import (
    audit_models_option,
    device_option,
    given_limit,
    given_secrets,
    given_settings,
    hiding_options,
    labels_option,
    limit_options,
    models_option,
    require_labelled,
    scheme_option,
    scheme_options,
)
from unseen.cli.reports import check_reports, report_options
from unseen.cli.running import run
from unseen.cli.terminal import complain, remark
from unseen.errors import UnseenError, visible
from unseen.photo import parse_keep
from unseen.plan import Job, plan, read_labels
from unseen.protect import DISK, Protection, chosen_device, load_held_out, load_networks, placed, require_hiding
from unseen.reading import known_class
from unseen.report.words import counted


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    metavar="FOLDER",
    help="Where the copies go, made if it is not there; folders are mirrored in it.  [default: beside each photo]",
)
@scheme_option
@models_option("Network to protect against; all given ones together.")
@audit_models_option
@labels_option
@hiding_options
@limit_options
@click.option("--seed", type=int, default=0, show_default=True, help="Decides random choices, such as the target.")
@click.option(
    "--quality",
    type=click.IntRange(1, 100),
    help="Of lossy copies; PNG and TIFF have none.  [default: the original's, or what the protection needs]",
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
    "--keep",
    default="",
    metavar="WORDS",
    help="Metadata to keep: date, copyright or all, joined by commas; embedded pictures never are.  [default: none]",
)
@device_option
@click.option(
    "--precision",
    type=click.Choice(["float32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="Of the arithmetic on a GPU.",
)
@report_options("with pictures")
@click.option("--dry-run", is_flag=True, help="Only say what would be written where.")
@scheme_options
def protect(
    paths: tuple[Path, ...],
    output: Path | None,
    scheme: str,
    models: tuple[str, ...],
    audit_models: tuple[str, ...],
    labels: Path | None,
    hide: tuple[str, ...],
    profiles: tuple[str, ...],
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
    """Write protected copies of photos; folders are walked and mirrored. An original is never overwritten.

    The flags from --step on are settings of schemes; each names those that have it.
    """
    limit = given_limit(strength, epsilon)
    secrets = given_secrets(hide, profiles)
    if dry_run and (as_json or reports):
        raise click.UsageError("--dry-run measures nothing: leave out --json and --report")
    if device == "cpu" and precision == "bfloat16":
        raise click.UsageError("--precision bfloat16 is for a GPU; leave it out with --device cpu")
    check_reports(reports, output)
    own = given_settings(scheme, values) | limit
    check_way(scheme, own, defaults=DEFAULT_LIMIT)
    kept = parse_keep(keep)
    jobs = tuple(dict.fromkeys(plan(paths, output, read_labels(labels) if labels else {})))
    require_labelled(labels, [job.label for job in jobs])
    if dry_run:
        return _tell_plan(jobs, form, "where it shows what is to be hidden" if secrets else "")
    pictures, chosen = way_named(scheme, own, defaults=DEFAULT_LIMIT, device=chosen_device(device))
    if secrets:
        require_hiding(chosen)
    surrogates = load_networks(models, device)
    held_out, notes = load_held_out(filter(None, audit_models), surrogates, chosen, device, pictures=pictures)
    for note in notes:
        remark(note)
    for label in dict.fromkeys(job.label for job in jobs if job.label):
        known_class(label, surrogates[0])
    protection = Protection(
        scheme=chosen,
        pictures=pictures,
        surrogates=surrogates,
        held_out=held_out,
        seed=seed,
        format=form,
        quality=quality,
        keep=kept,
        precision=torch.bfloat16 if precision == "bfloat16" and surrogates[0].device.type == "cuda" else None,
        lanes=1 if len(jobs) == 1 else LANES,
        hide=secrets,
    )
    return run(jobs, protection, {"scheme": way_name(pictures, chosen)}, reports, as_json=as_json)


def _tell_plan(jobs: tuple[Job, ...], form: str, condition: str) -> int:
    """What would be written where; every photo is decoded for that, because its content decides the copy's name."""
    taken: set[Path] = set()
    refused = 0
    for job in jobs:
        try:
            _, job_placed = placed(job, form, taken, DISK)
            click.echo(f"{visible(str(job.source))} -> {visible(str(job_placed.target))}")
        except UnseenError as error:
            complain(error)
            refused += 1
    told = f"{counted(len(jobs) - refused, 'photo')} would be protected{condition and f' {condition}'}"
    click.echo(f"{told}; nothing was written", err=True)
    return int(refused > 0)
