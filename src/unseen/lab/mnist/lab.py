"""The whole lab: noises are made, then everything is measured once, kept in the notebook and told in one report."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from unseen.errors import UnseenError
from unseen.lab.files import write_over
from unseen.lab.mnist.measurements import measurements
from unseen.lab.mnist.noises import Made, noise_makers
from unseen.lab.mnist.sections import told
from unseen.lab.mnist.settings import Bench
from unseen.lab.notebook import Notebook
from unseen.lab.report import LabReport
from unseen.progress import Progress, silent
from unseen.schemes.universal import noise_file
from unseen.types import Images

NOISES = "noises"
"""The folder of the noises, in the lab's: files for `unseen.schemes.universal.load_noise`."""


def run_mnist_lab(bench: Bench, folder: Path, *, progress: Progress = silent) -> LabReport:
    """Section 5.1 of Liu et al. 2019, and what it could not do.

    Args:
        folder: finished work is kept in it, so that an interrupted run resumes; the noises go to `noises/` in it.
        progress: is given the names of the next steps, their number and what they are, and passes them on.

    Raises:
        UnseenError: another run works in the folder, or it cannot be written.
    """
    makers = noise_makers(bench)
    with Notebook(folder, bench.identity) as notebook:
        noises: dict[str, Images] = {}
        for name in progress(makers, len(makers), "Making noises"):
            noises |= notebook.tensors_once(f"noise-{name}", partial(_named, name, makers[name], noises))
            _keep(folder / NOISES, name, noises[name], bench.settings.limit)
        todo = measurements(bench, noises)
        found = {name: notebook.once(name, todo[name]) for name in progress(todo, len(todo), "Measuring")}
    return told(bench, noises, found)


def _keep(folder: Path, name: str, noise: Images, limit: float) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UnseenError(f"{folder}: cannot be made ({error.strerror or error}); move it away") from error
    write_over(folder / f"{name}.safetensors", noise_file(noise, {"name": name, "limit": str(limit)}))


def _named(name: str, maker: Callable[[Made], Images], made: Made) -> dict[str, Images]:
    return {name: maker(made)}
