"""`unseen train universal`: one noise for all photos, laid on later without a network."""

import time
from collections.abc import Iterable
from pathlib import Path

import click

from unseen.catalogue import DEFAULT_STRENGTH, STRENGTHS
from unseen.cli.options import device_option
from unseen.cli.outputs import require_new_file
from unseen.cli.progress import tracked
from unseen.errors import UnseenError
from unseen.protect import chosen_device, load_networks
from unseen.report.words import counted
from unseen.train.copies import training_photos
from unseen.train.noise import METHODS, NORMS, TrainedNoise, Training, train_noise

_DEFAULTS = Training()


@click.command()
@click.option(
    "--photos",
    "sources",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Folder of photos to train on, or a photo; give several to train on all of them.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    default=("lite0",),
    show_default=True,
    help="Network that is to misread photos; all given ones together.",
)
@click.option(
    "--epsilon",
    type=float,
    metavar="LEVELS",
    default=STRENGTHS[DEFAULT_STRENGTH],
    show_default=True,
    help="Limit in 8-bit levels: of every value's change, or with --norm l2 of the Euclidean length of the noise.",
)
@click.option(
    "--norm", type=click.Choice(NORMS), default=_DEFAULTS.norm, show_default=True, help="What the limit is of."
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=_DEFAULTS.method,
    show_default=True,
    help="augmented: ascent over changing views, the better one; uap: Moosavi-Dezfooli et al. 2017, by DeepFool.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Train on so many photos, drawn at random.")
@click.option(
    "--passes",
    type=float,
    default=_DEFAULTS.passes,
    show_default=True,
    help="How often each network sees every photo; with uap at most.",
)
@click.option(
    "--wanted",
    type=float,
    metavar="SHARE",
    default=_DEFAULTS.wanted,
    show_default=True,
    help="With uap: of the photos to be misread; a pass that reaches it is the last.",
)
@click.option(
    "--side",
    type=int,
    metavar="PIXELS",
    default=_DEFAULTS.side,
    show_default=True,
    help="Height and width of the noise.",
)
@click.option("--seed", type=int, default=_DEFAULTS.seed, show_default=True, help="Decides every random choice.")
@device_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default=Path("noise.safetensors"),
    show_default=True,
    help="Where the noise goes; an interrupted run leaves FILE.stage, from which the same command goes on.",
)
def universal(
    sources: tuple[Path, ...],
    models: tuple[str, ...],
    epsilon: float,
    norm: str,
    method: str,
    limit: int | None,
    passes: float,
    wanted: float,
    side: int,
    seed: int,
    device: str,
    output: Path,
) -> None:
    """Train one noise that makes networks misread most photos, these and others.

    It is laid on photos of any size by --scheme 'universal?weights=FILE', in milliseconds and without a network.
    """
    require_new_file(output)
    training = Training(epsilon=epsilon, norm=norm, method=method, passes=passes, wanted=wanted, side=side, seed=seed)
    photos = _found(sources, limit, seed)
    networks = load_networks(models, chosen_device(device))
    started = time.perf_counter()
    trained = train_noise(
        photos,
        networks,
        training,
        stages=output.with_name(f"{output.name}.stage"),
        progress=tracked,
        told=", ".join(source.name for source in sources),
    )
    trained.save(output)
    _tell(output, trained, models, len(photos), training, time.perf_counter() - started)


def _found(sources: Iterable[Path], limit: int | None, seed: int) -> tuple[Path, ...]:
    missing = next((source for source in sources if not source.exists()), None)
    if missing is not None:
        raise UnseenError(f"--photos {missing}: there is no such folder or photo; give one that is there")
    return training_photos(tuple(sources), limit, seed)


def _tell(
    output: Path, trained: TrainedNoise, models: tuple[str, ...], photos: int, training: Training, seconds: float
) -> None:
    pairs = zip(models, trained.fooled, strict=True)
    shares = (f"{model} misread {100 * share:.1f}\N{NO-BREAK SPACE}%" for model, share in pairs)
    limit = f"{training.epsilon:g} levels" + (" in Euclidean length" if training.norm == "l2" else " a value")
    click.echo(
        f"{output}: a noise of at most {limit} that makes {' and '.join(shares)} of the {counted(photos, 'photo')} it "
        f"was trained on, after {seconds:.0f} seconds; lay it on others with --scheme 'universal?weights={output}'"
    )
