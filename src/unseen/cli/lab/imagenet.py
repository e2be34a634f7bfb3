"""`unseen lab imagenet`: section 5.2 of Liu et al. 2019."""

from pathlib import Path

import click

from unseen.cli.lab.telling import write_and_tell
from unseen.cli.options import device_option, lab_folder_option
from unseen.cli.progress import tracked


@click.command()
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    metavar="CSV_OR_FOLDER",
    required=True,
    help="Labelled photos: a table with the columns file (seen from the table) and label (name, synset, index), or a "
    "folder of folders named by class, as ILSVRC's validation set.",
)
@click.option(
    "--model", default="lite0", show_default=True, help="Network to protect against, such as timm:inception_v3."
)
@lab_folder_option("lab-imagenet")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many photos.  [default: all]")
@click.option(
    "--figure12-limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Photos of Figure 12, each of which costs as much as fifty of Table 3.",
)
@click.option(
    "--example",
    "examples",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Photo for Figures 8 to 11, such as a swan of your own.  [default: the first two of the set]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides random choices, such as the targets.")
@device_option
def imagenet(
    photos: Path,
    model: str,
    output: Path,
    limit: int | None,
    figure12_limit: int,
    examples: tuple[Path, ...],
    seed: int,
    device: str,
) -> None:
    """Noise of its own for every photo: Table 3 and Figures 8 to 12, and beyond.

    Class replacement, class indistinguishability and what came after them, on any labelled photos and any network.
    """
    from unseen.lab.imagenet import Extent, run_imagenet_lab

    report = run_imagenet_lab(
        photos,
        model,
        folder=output,
        examples=examples,
        extent=Extent(photos=limit, figure12_photos=figure12_limit),
        seed=seed,
        device=device,
        progress=tracked,
    )
    write_and_tell(report, output)
