"""`unseen demo`: the main job on photos that everybody has."""

from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile

import click

from unseen.cli.protect import protect
from unseen.errors import UnseenError

PHOTOS = ("chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="Folder for everything that is written; what an earlier demo wrote there is replaced.",
)
@click.pass_context
def demo(context: click.Context, output: Path) -> int:
    """Protect four photos that come with scikit-image, and show what networks see before and after."""
    originals, copies, report = output / "originals", output / "protected", output / "report.html"
    originals.mkdir(parents=True, exist_ok=True)
    for name in PHOTOS:
        (copies / name).unlink(missing_ok=True)
        copyfile(_folder() / name, originals / name)
    report.unlink(missing_ok=True)
    code: int = context.invoke(protect, paths=(originals,), output=copies, reports=(report,))
    click.echo(f"Compare {originals} with {copies}, and open {report} in a browser.")
    return code


def _folder() -> Path:
    """Where scikit-image keeps its photos."""
    found = find_spec("skimage")
    if found is None or found.origin is None:
        raise UnseenError("the demo's photos come with scikit-image, which is not here; pip install 'unseen[demo]'")
    return Path(found.origin).parent / "data"
