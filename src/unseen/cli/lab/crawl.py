"""`unseen lab crawl`: Figure 1 of Liu et al. 2019 as an experiment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from unseen.catalogue import DEFAULT_AUDIT_MODELS, DEFAULT_LIMIT, way_named
from unseen.cli.lab.telling import write_and_tell
from unseen.cli.options import (
    device_option,
    given_limit,
    lab_folder_option,
    labels_option,
    limit_options,
    models_option,
    scheme_option,
)
from unseen.cli.progress import tracked
from unseen.cli.terminal import complain, remark
from unseen.plan import read_labels
from unseen.protect import Protection, chosen_device, load_held_out, load_networks
from unseen.report.settings import remedy
from unseen.report.words import counted


@click.command()
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@lab_folder_option("lab-crawl", "the report with the protected copies")
@scheme_option
@models_option("Network to protect against, which reads as well; all given ones together.")
@click.option(
    "--crawler",
    "crawlers",
    multiple=True,
    default=DEFAULT_AUDIT_MODELS,
    show_default=True,
    help="Network that only reads; '' for none.",
)
@labels_option
@limit_options
@click.option(
    "--long-edge",
    type=click.IntRange(min=1),
    metavar="PIXELS",
    help="The platform makes longer photos that long.  [default: every size is kept]",
)
@click.option(
    "--quality",
    type=click.IntRange(1, 100),
    help="The platform compresses all photos again, as JPEG of this quality.  [default: files stay as they are]",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many photos.  [default: all]")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides random choices, such as the target.")
@device_option
def crawl(
    photos: tuple[Path, ...],
    output: Path,
    scheme: str,
    models: tuple[str, ...],
    crawlers: tuple[str, ...],
    labels: Path | None,
    strength: str | None,
    epsilon: float | None,
    long_edge: int | None,
    quality: int | None,
    limit: int | None,
    seed: int,
    device: str,
) -> int:
    """Who reads what in shared photos: Figure 1 as an experiment.

    Photos and folders of them are shared raw and protected, and networks read both: the files themselves, and what a
    platform makes of them if --long-edge or --quality is given.
    """
    from unseen.lab.crawl import run_crawl_lab
    from unseen.threats import Platform

    limits = given_limit(strength, epsilon)
    pictures, chosen = way_named(scheme, limits, defaults=DEFAULT_LIMIT, device=chosen_device(device))
    surrogates = load_networks(models, device)
    held_out, notes = load_held_out(filter(None, crawlers), surrogates, chosen, device, pictures=pictures)
    for note in notes:
        remark(note)
    protection = Protection(scheme=chosen, pictures=pictures, surrogates=surrogates, held_out=held_out, seed=seed)
    report = run_crawl_lab(
        photos,
        protection,
        folder=output,
        platform=Platform(long_edge=long_edge, quality=quality),
        labels=read_labels(labels) if labels else None,
        limit=limit,
        progress=tracked,
    )
    write_and_tell(report, output)
    return _ending(report.numbers["photos"], report.numbers["settings"])


def _ending(photos: list[dict[str, str | None]], settings: Mapping[str, Any]) -> int:
    """Tell what went wrong, one line each, and give the exit code."""
    for photo in photos:
        if photo["error"]:
            complain(photo["error"])
    missed = sum(photo["status"] == "not_achieved" for photo in photos)
    if missed:
        complain(f"{counted(missed, 'photo')} could not be protected fully. {remedy(settings)}")
    return int(any(photo["status"] != "protected" for photo in photos))
