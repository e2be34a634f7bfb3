"""`unseen train mnist`: the digit network that experiments start from."""

import time
from pathlib import Path

import click
import torch

from unseen import __version__
from unseen.cli.options import mnist_option
from unseen.cli.outputs import require_new_file
from unseen.cli.progress import tracked
from unseen.datasets.mnist import load_mnist
from unseen.models.digits import DIGIT_NETWORKS
from unseen.report.words import percent
from unseen.train.mnist import EPOCHS, accuracy, save_digits, train_digits


@click.command()
@mnist_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the weights go, as safetensors.  [default: mnist-ARCHITECTURE.safetensors]",
)
@click.option(
    "--architecture",
    type=click.Choice(list(DIGIT_NETWORKS)),
    default="conv",
    show_default=True,
    help="conv: two convolutional layers and a dense one, as in the paper; dense: three dense layers.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides the first weights and the order.")
@click.option(
    "--epochs", type=click.IntRange(1), default=EPOCHS, show_default=True, help="How often every image is seen."
)
def mnist(data: Path | None, output: Path | None, architecture: str, seed: int, epochs: int) -> None:
    """Train a network that reads MNIST's digits, in less than a minute on two cores.

    The same seed on the same number of threads makes the same weights.
    """
    output = output or Path(f"mnist-{architecture}.safetensors")
    require_new_file(output)
    started = time.perf_counter()
    digits = load_mnist(data)
    network = train_digits(
        digits,
        architecture=architecture,
        seed=seed,
        epochs=epochs,
        progress=tracked,
    )
    validation, test = accuracy(network, digits.validation), accuracy(network, digits.test)
    training: dict[str, str | int | float] = {
        "architecture": architecture,
        "seed": seed,
        "epochs": epochs,
        "threads": torch.get_num_threads(),
        "unseen": __version__,
        "validation_accuracy": round(validation, 4),
        "test_accuracy": round(test, 4),
    }
    save_digits(network, output, training)
    seconds = time.perf_counter() - started
    told = f"reads {percent(validation)} of the validation images and {percent(test)} of the test images"
    click.echo(f"{output}: {told}, after {seconds:.0f} seconds")
