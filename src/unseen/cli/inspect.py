"""`unseen inspect`: what networks read in a photo."""

from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from unseen.catalogue import DEFAULT_AUDIT_MODELS, DEFAULT_MODELS
from unseen.cli.options import device_option
from unseen.cli.terminal import complain, console
from unseen.errors import PhotoError, visible
from unseen.photo import read_photo
from unseen.protect import load_networks
from unseen.reading import answer, reading
from unseen.report.words import percent


@click.command()
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--model",
    "models",
    multiple=True,
    default=DEFAULT_MODELS + DEFAULT_AUDIT_MODELS,
    show_default=True,
    help="Network to ask.",
)
@device_option
def inspect(photos: tuple[Path, ...], models: tuple[str, ...], device: str) -> int:
    """Show what networks read in photos: the best five answers and how undecided each network is.

    ICE is the entropy of the answer in nats: 0 when a network is certain, the logarithm of the number of classes (6.91
    for 1000) when it has no idea.
    """
    networks = load_networks(models, device)
    failed = False
    for path in photos:
        try:
            photo = read_photo(path)
        except PhotoError as error:
            complain(error)
            failed = True
            continue
        result = Table("Network", "ICE", "Best five answers", box=SIMPLE_HEAD)
        for network in networks:
            logits = answer(network, photo.srgb)
            read = reading(logits, int(logits.argmax()), network.class_names)
            best = "\n".join(f"{percent(guess.probability):>7}  {guess.label}" for guess in read.top5)
            result.add_row(network.name, f"{read.ice:.2f}", best)
            result.add_section()
        click.echo(visible(str(path)))
        console().print(result)
    return int(failed)
