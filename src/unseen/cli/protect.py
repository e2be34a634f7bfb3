"""`unseen protect`: protected copies of photos, and an account of what they are worth."""

from pathlib import Path, PurePath
from typing import Any

import click
import torch

from unseen.address import named
from unseen.ascent import LANES
from unseen.batch import SAMPLE, WORKERS, walk
from unseen.batch.tars.names import expanded
from unseen.catalogue import (
    DEFAULT_LIMIT,
    check_way,
    way_name,
    way_named,
)
from unseen.cli.batching import Wishes, run_batch, tell_estimate
from unseen.cli.engines import ENGINES, Engaged, check_engine, engaged
from unseen.cli.finding import Photos, found_photos
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
from unseen.cli.places import Named, place_for, require_folder
from unseen.cli.planning import tell_plan
from unseen.cli.reports import check_reports, report_options
from unseen.cli.running import run
from unseen.cli.terminal import remark
from unseen.photo import parse_keep
from unseen.plan import read_labels
from unseen.protect import Protection, chosen_device, load_held_out, load_networks, require_hiding
from unseen.reading import known_class


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=Named())
@click.option(
    "-o",
    "--output",
    type=Named(file_okay=False),
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
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="With -o, threads that read, and as many that write; they change no copy.  [default: the number of cores]  "
    "With --engine ray, processes at most, each with networks of its own.  [default: as many as there is room for]",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="local",
    show_default=True,
    help="With -o, who does the photos: this machine's threads, or a Ray cluster, in the same bytes (docs/scale.md).",
)
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="With --engine ray, a cluster that runs, joined from one of its machines.  [default: this machine alone]",
)
@click.option("--retry-failed", is_flag=True, help="With -o, try photos again that failed in a former run.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written where; of many photos, what it takes.")
@scheme_options
def protect(
    paths: tuple[PurePath, ...],
    output: PurePath | None,
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
    workers: int | None,
    engine: str,
    address: str | None,
    retry_failed: bool,
    dry_run: bool,
    **values: Any,
) -> int:
    """Write protected copies of photos; folders are walked and mirrored. An original is never overwritten.

    With -o, tars of photos become tars of copies, such as WebDataset's shards: shards-{000..099}.tar names a hundred.

    With -o a run may be stopped at any time: the same command goes on from there, and does only what is new or changed.

    Photos may lie in an object store and copies may go there: s3://bucket/album, and gs:// and az:// alike.

    The flags from --step on are settings of schemes; each names those that have it.
    """
    paths = tuple(map(named, expanded(map(str, paths))))
    limit = given_limit(strength, epsilon)
    secrets = given_secrets(hide, profiles)
    if dry_run and (as_json or reports):
        raise click.UsageError("--dry-run reports nothing: leave out --json and --report")
    if output is None and (retry_failed or workers):
        flag = "--retry-failed" if retry_failed else "--workers"
        raise click.UsageError(f"{flag} is for runs into a folder of their own; give -o")
    check_engine(engine, address, has_folder=output is not None)
    if device == "cpu" and precision == "bfloat16":
        raise click.UsageError("--precision bfloat16 is for a GPU; leave it out with --device cpu")
    require_folder(paths, output)
    check_reports(reports, output)
    own = given_settings(scheme, values) | limit
    check_way(scheme, own, defaults=DEFAULT_LIMIT)
    kept = parse_keep(keep)
    table = read_labels(labels) if labels else {}
    found = found_photos(paths, output, table, count=dry_run)
    require_labelled(labels, found.used)
    if dry_run and found.sample.seen <= SAMPLE:
        return tell_plan(found, () if output is None else walk(paths, output, table), output, form, hides=bool(secrets))
    _give_each_its_core(found, output)
    working = engaged(engine, address, workers, device) if output is not None and not dry_run else Engaged()
    loaded = "cpu" if working.device else device  # whoever computes elsewhere takes them there
    pictures, chosen = way_named(scheme, own, defaults=DEFAULT_LIMIT, device=chosen_device(loaded))
    if secrets:
        require_hiding(chosen)
    surrogates = load_networks(models, loaded)
    held_out, notes = load_held_out(filter(None, audit_models), surrogates, chosen, loaded, pictures=pictures)
    for note in notes:
        remark(note)
    for label in dict.fromkeys(found.used):
        known_class(label, surrogates[0])
    computes = working.device or surrogates[0].device.type
    protection = Protection(
        scheme=chosen,
        pictures=pictures,
        surrogates=surrogates,
        held_out=held_out,
        seed=seed,
        format=form,
        quality=quality,
        keep=kept,
        precision=torch.bfloat16 if precision == "bfloat16" and computes == "cuda" else None,
        lanes=1 if found.is_one or (output is not None and computes == "cpu") else LANES,
        hide=secrets,
    )
    names = {"scheme": way_name(pictures, chosen)}
    if output is None:
        return run(found.jobs, protection, names, reports, as_json=as_json)
    if dry_run:
        return tell_estimate(found, protection, workers or WORKERS, place_for(output))
    wishes = Wishes(
        names=names | {"device": computes},
        reports=reports,
        as_json=as_json,
        engine=working.engine,
        retry_failed=retry_failed,
    )
    return run_batch(walk(paths, output, table), output, protection, wishes)


def _give_each_its_core(found: Photos, output: PurePath | None) -> None:
    """Photos that go into a folder are computed by one thread each: threads that share one wait for each other."""
    if output is not None and not found.is_one:
        torch.set_num_threads(1)
