"""`unseen lab mnist`: section 5.1 of Liu et al. 2019."""

from dataclasses import replace
from pathlib import Path

import click

from unseen.cli.lab.telling import write_and_tell
from unseen.cli.options import lab_folder_option, mnist_option
from unseen.cli.progress import tracked


@click.command()
@mnist_option
@lab_folder_option("lab-mnist")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Network that 'unseen train mnist' made.  [default: the one that comes with unseen]",
)
@click.option("--quick", is_flag=True, help="Fewer images and steps: coarser numbers, in less than a minute.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides the order of images and random targets.")
def mnist(data: Path | None, output: Path, weights: Path | None, quick: bool, seed: int) -> None:
    """Universal noise against a network that reads handwritten digits: Table 2 and Figures 2 to 7, and beyond."""
    from unseen.datasets.mnist import load_mnist
    from unseen.lab.mnist import QUICK, Bench, MnistSettings, run_mnist_lab
    from unseen.models.digits import load_digits

    bench = Bench(
        data=load_mnist(data),
        classifier=load_digits("conv", weights),
        other=load_digits("dense"),
        settings=replace(QUICK if quick else MnistSettings(), seed=seed),
    )
    report = run_mnist_lab(bench, output, progress=tracked)
    write_and_tell(report, output)
