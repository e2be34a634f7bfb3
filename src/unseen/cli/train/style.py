"""`unseen train style`: a generator that paints photos in the style of other pictures."""

import time
from pathlib import Path

import click

from unseen.cli.options import device_option
from unseen.cli.progress import tracked
from unseen.cli.terminal import complain
from unseen.protect.protection import chosen_device
from unseen.report.words import counted
from unseen.train.style import METHODS, StyleTraining, train_style


@click.command("style")
@click.option("--method", type=click.Choice(METHODS), required=True, help="The paper to follow.")
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    required=True,
    help="Photos of any kind, a thousand or so.",
)
@click.option(
    "--style",
    "pictures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    required=True,
    help="Pictures of the style, some hundreds; none needs to show what a photo shows.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    required=True,
    help="Where generator.safetensors goes, with samples, losses and a checkpoint that the same command goes on from.",
)
@click.option("--iterations", type=int, default=100_000, show_default=True, help="Steps of learning.")
@click.option(
    "--initial", type=int, help="The first of them, for content alone (cartoongan).  [default: a twentieth of all]"
)
@click.option("--crop", type=int, default=256, show_default=True, help="Pixels a side of what is learnt from.")
@click.option("--batch", type=int, default=1, show_default=True, help="Photos a step.")
@click.option(
    "--filters",
    type=int,
    default=64,
    show_default=True,
    help="Width of the generator: 64 make 45 MB, 24 make 6.4.",
)
@click.option("--blocks", type=int, default=9, show_default=True, help="Residual blocks of the generator (cyclegan).")
@click.option(
    "--discriminator-filters", type=int, help="Width of the discriminators.  [default: 64 (cyclegan), 32 (cartoongan)]"
)
@click.option(
    "--content",
    default="lite0",
    show_default=True,
    help="Network whose features stay (cartoongan): lite0, which comes with unseen; vgg19 as in the paper, a download "
    "of 575 MB; or vgg19?weights=FILE.",
)
@click.option(
    "--content-weight", type=float, default=10.0, show_default=True, help="How much these features count (cartoongan)."
)
@click.option("--rate", type=float, default=2e-4, show_default=True, help="Length of a step.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides first weights, crops and their order.")
@click.option(
    "--checkpoint-every", type=click.IntRange(1), default=1000, show_default=True, help="Steps a kill costs at most."
)
@click.option("--sample-every", type=click.IntRange(1), default=1000, show_default=True, help="Steps between samples.")
@device_option
def style(
    method: str,
    photos: Path,
    pictures: Path,
    output: Path,
    iterations: int,
    initial: int | None,
    crop: int,
    batch: int,
    filters: int,
    blocks: int,
    discriminator_filters: int | None,
    content: str,
    content_weight: float,
    rate: float,
    seed: int,
    checkpoint_every: int,
    sample_every: int,
    device: str,
) -> None:
    """Train a style from two folders: photos, and pictures such as prints or drawings.

    The result is used as --scheme 'style:METHOD?weights=FOLDER/generator.safetensors'. Full trainings want a GPU and
    many hours. An interrupted one goes on from its last checkpoint when the same command is given again.
    """
    started = time.perf_counter()
    trained = train_style(
        photos,
        pictures,
        StyleTraining(
            method=method,
            iterations=iterations,
            initial=initial,
            crop=crop,
            batch=batch,
            filters=filters,
            blocks=blocks,
            discriminator_filters=discriminator_filters,
            content=content,
            content_weight=content_weight,
            rate=rate,
            seed=seed,
        ),
        folder=output,
        device=chosen_device(device),
        checkpoint_every=checkpoint_every,
        sample_every=sample_every,
        progress=tracked,
        tell=complain,
    )
    seconds = time.perf_counter() - started
    resumed = f", after {counted(trained.resumed_at, 'step')} of a former run" if trained.resumed_at else ""
    megabytes = trained.generator.stat().st_size / 1e6
    done = counted(iterations - trained.resumed_at, "step")
    click.echo(f"{trained.generator}: {megabytes:.1f} MB, {done} in {seconds:.0f} seconds{resumed}")
    click.echo(f"Use it: unseen protect PHOTO --scheme 'style:{method}?weights={trained.generator}'")
