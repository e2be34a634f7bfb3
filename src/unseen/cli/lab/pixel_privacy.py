"""`unseen lab pixel-privacy`: Table 1 and Figure 1 of Liu and Zhao 2018."""

from pathlib import Path

import click

from unseen.cli.lab.telling import write_and_tell
from unseen.cli.options import device_option, lab_folder_option
from unseen.cli.progress import tracked
from unseen.profiles import PROFILES


@click.command("pixel-privacy")
@click.option(
    "--photos",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    required=True,
    help="Folder that holds the photos.",
)
@click.option(
    "--labels",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is in the photos: a table with the columns file and label (several right ones joined by ;), a list of "
    "MediaEval's, or Places365's own file; a list without labels goes with a file that has them.  [default: the "
    "folder's labels.csv, or folders named by class]",
)
@click.option(
    "--model", default="lite0", show_default=True, help="Network to protect against, such as places:resnet50."
)
@click.option(
    "--audit-model",
    "audit_models",
    multiple=True,
    metavar="MODEL",
    help="Network with the same classes that only reads.  [default: none]",
)
@lab_folder_option("lab-pixel-privacy", "the report with noises and examples")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Score only so many photos, spread over the set.  [default: all]"
)
@click.option(
    "--training-photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Photos to train universal noise on.  [default: every third photo of the set, which then is not scored]",
)
@click.option(
    "--training-limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Photos to train universal noise on at most.",
)
@click.option(
    "--style",
    "styles",
    multiple=True,
    metavar="NAME",
    help="Style to repaint photos in, such as hayao?weights=FILE.  [default: none]",
)
@click.option(
    "--nima",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Weights of NIMA, which guesses how people would score a photo.  [default: not measured]",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="Classes whose photos are told apart as well, where the network knows them.  [default: places-60]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides random choices, such as the targets.")
@device_option
def pixel_privacy(
    photos: Path,
    labels: tuple[Path, ...],
    model: str,
    audit_models: tuple[str, ...],
    output: Path,
    limit: int | None,
    training_photos: Path | None,
    training_limit: int,
    styles: tuple[str, ...],
    nima: Path | None,
    profile: str | None,
    seed: int,
    device: str,
) -> None:
    """Crops, styles, universal noise and what came after them: Table 1 and Figure 1, and beyond.

    Every approach is a scheme of 'unseen protect'; each file is read as it is, after a scaling and cropping, and after
    a compression, and its looks are measured.
    """
    from unseen.lab.pixel_privacy import PixelPrivacySettings, run_pixel_privacy_lab

    report = run_pixel_privacy_lab(
        photos,
        labels,
        model,
        folder=output,
        audit_models=audit_models,
        training=training_photos,
        settings=PixelPrivacySettings(
            limit=limit,
            training_photos=training_limit,
            styles=styles,
            nima=nima,
            profile=profile,
            seed=seed,
        ),
        device=device,
        progress=tracked,
    )
    write_and_tell(report, output)
