"""Universal noise measured: the better method and the paper's, photos and limits, other networks, scale and crop.

    python benchmarks/universal.py --train imagenet-sample --test imagenet-compatible/labels.csv --weights weights

Trains every noise of `RECIPES` on the photos of --train, once: they are kept in --work, and a run that was interrupted
goes on where it stopped. Success is measured on the photos of --test, of which no noise saw any, with the noise laid by
the scheme `universal` and rounded to bytes as a PNG holds them. Writes the answers to --output, and from these the page
and the plots beside it; `--only-page` does just that. An hour on one core; --recipes picks a part, and what was not
measured is told so.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

import universal_page
from unseen.datasets.labelled import LabelledPhoto, labelled_photos
from unseen.models import Network, load_classifier
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.reading import answer
from unseen.schemes.universal import Universal, load_noise, save_noise
from unseen.threats import AS_POSTED, Platform, ScaleAndCrop
from unseen.train.copies import training_photos
from unseen.train.noise import Training, train_noise

HERE = Path(__file__).parent
SIGNS = "random-signs"
TOLD = "imagenet-sample: 1,000 photos of ImageNet, one a class, for research use only"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a noise is made.

    Attributes:
        photos: so many, drawn at random; None is all.
        start: the recipe whose noise it goes on from.
    """

    training: Training
    networks: tuple[str, ...] = ("lite0",)
    photos: int | None = None
    start: str | None = None


AT_TEN = Training(epsilon=10, passes=4)
SHORT = Training(epsilon=10, passes=2)
RECIPES: Mapping[str, Recipe] = {
    "lite0-10": Recipe(training=AT_TEN),
    "lite-8": Recipe(
        training=replace(AT_TEN, epsilon=8, passes=1), networks=("lite0", "lite1", "lite2"), start="lite0-10"
    ),
    "uap-10": Recipe(training=replace(AT_TEN, method="uap", passes=5)),
    "photos-50": Recipe(training=replace(SHORT, passes=40), photos=50),
    "photos-200": Recipe(training=replace(SHORT, passes=10), photos=200),
    "photos-1000": Recipe(training=SHORT),
    "limit-4": Recipe(training=replace(AT_TEN, epsilon=4, passes=1), start="lite0-10"),
    "limit-8": Recipe(training=replace(AT_TEN, epsilon=8, passes=1), start="lite0-10"),
    "limit-16": Recipe(training=replace(AT_TEN, epsilon=16, passes=1), start="lite0-10"),
}
"""The photos-… all take 200 steps of 10 photos; the limit-… go on from the noise at 10 levels for a pass each."""

SCALED = {"scaled-4": 4, "scaled-8": 8, "scaled-16": 16}
"""The noise at 10 levels, laid on at other limits without training for them."""
ALL = (*RECIPES, *SCALED, SIGNS)

CARRIED = ("lite0-10", "uap-10", "lite-8", SIGNS)
"""What every network is asked about as saved, and lite0 after every handling; else only lite0 as saved."""


HANDLINGS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "as saved": AS_POSTED,
    "scale and crop": ScaleAndCrop(),
    "JPEG 90": Platform(quality=90),
}


def main() -> None:
    """Train what is not there yet, ask who was not asked yet, write the page."""
    options = _options()
    record = json.loads(options.output.read_text()) if options.output.exists() else {"noises": {}, "answers": {}}
    if not options.only_page:
        options.work.mkdir(parents=True, exist_ok=True)
        photos = labelled_photos(options.test, *_classes())[: options.count]
        record["labels"] = [photo.label for photo in photos]
        for name in options.recipes:
            noise = _scheme(name, options)
            if noise is not None:
                record["noises"][name] = dict(noise.about)
            for network, spec in _networks(options.weights).items():
                for handling in HANDLINGS:
                    plainly = network == "lite0", handling == "as saved"
                    if all(plainly) or (name in CARRIED and any(plainly)):
                        _ask("original", None, network, spec, handling, photos, record, options.output)
                        _ask(name, noise, network, spec, handling, photos, record, options.output)
    universal_page.write(record, options.page)


def _scheme(name: str, options: argparse.Namespace) -> Universal | None:
    """What lays a recipe's noise; None for random signs, which need no training."""
    if name == SIGNS:
        return None
    scaled = SCALED.get(name)
    path = _trained("lite0-10" if scaled else name, options)
    return Universal(weights=str(path), epsilon=scaled / 255 if scaled else None)


def _trained(name: str, options: argparse.Namespace) -> Path:
    """The file of a recipe's noise, made if it is not there."""
    recipe, path = RECIPES[name], options.work / f"{name}.safetensors"
    if path.exists():
        return path
    start = None if recipe.start is None else load_noise(_trained(recipe.start, options))[0]
    started = time.process_time()
    trained = train_noise(
        training_photos([options.train], recipe.photos),
        [_network(network) for network in recipe.networks],
        recipe.training,
        start=start,
        stages=path.with_suffix(".stage"),
        progress=partial(_told, name),
        told=options.told,
    )
    seconds = round(time.process_time() - started)
    story = {"start": recipe.start or "none", "seconds": str(seconds)}
    save_noise(path, trained.noise, {**trained.about, **story}, in_levels=True)
    return path


def _ask(
    name: str,
    noise: Universal | None,
    network: str,
    spec: str,
    handling: str,
    photos: Iterable[LabelledPhoto],
    record: dict[str, Any],
    output: Path,
) -> None:
    """What a network reads in every photo with a noise on it; kept at once."""
    key = f"{name} | {network} | {handling}"
    if key in record["answers"]:
        return
    lay = _laid(name, noise)
    read = (answer(_network(spec), HANDLINGS[handling](lay(photo.path))) for photo in photos)
    record["answers"][key] = [int(logits.argmax()) for logits in read]
    partial = output.with_suffix(".part")
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_text(json.dumps(record, indent=None) + "\n")
    partial.replace(output)
    print(key, file=sys.stderr, flush=True)


def _laid(name: str, noise: Universal | None) -> Callable[[Path], Pixels]:
    """A photo's pixels with the noise on them."""
    if noise is not None:
        return lambda path: noise(read_photo(path)).srgb
    return (lambda path: _signs(read_photo(path).srgb)) if name == SIGNS else (lambda path: read_photo(path).srgb)


def _signs(pixels: Pixels) -> Pixels:
    """Ten levels up or down at random, the same for all photos of a size: what noise does that nobody trained."""
    signs = np.random.default_rng(0).choice([-10, 10], pixels.shape)
    return (pixels + signs).clip(0, 255).astype(np.uint8)


def _networks(weights: Path | None) -> dict[str, str]:
    """The networks by short names; those of local weights only where there are any."""
    networks = {name: name for name in ("lite0", "lite1", "lite2")}
    if weights is None:
        return networks
    scaled = "mean=0.5&std=0.5&size=224&pad_type=same&crop_pct=1"
    return networks | {
        "mobilenetv1": f"timm:mobilenetv1_100?weights={weights}/mobilenetv1_100.safetensors&{scaled}",
        "deit-tiny": f"timm:deit_tiny_patch16_224?weights={weights}/deit_tiny_patch16_224.safetensors&crop_pct=1",
        "squeezenet": f"torchvision:squeezenet1_1?weights={weights}/squeezenet1_1.safetensors",
    }


@cache
def _network(spec: str) -> Network:
    return load_classifier(spec)


def _classes() -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    lite0 = _network("lite0")
    return lite0.class_names, lite0.spec.synsets


def _told(name: str, items: Iterable[Any], total: int, doing: str, /) -> Iterator[Any]:
    for number, item in enumerate(items, 1):
        if number % 25 == 0:
            print(f"{name}: {doing} {number} of {total}", file=sys.stderr, flush=True)
        yield item


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, metavar="FOLDER", help="photos to train on")
    parser.add_argument("--test", type=Path, metavar="CSV", help="photos to measure on, with labels: file,label")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="weights of three networks of other families")
    parser.add_argument("--told", default=TOLD, help="about the photos of --train")
    parser.add_argument("--count", type=int, help="measure on the first so many photos (all)")
    parser.add_argument("--recipes", nargs="+", choices=ALL, default=ALL, metavar="NAME")
    parser.add_argument("--work", type=Path, default=Path("universal-work"), help="where noises are kept")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "results" / "universal.json")
    parser.add_argument("--page", type=Path, default=HERE.parent / "docs" / "universal.md")
    parser.add_argument("--only-page", action="store_true", help="write the page from what was measured before")
    options = parser.parse_args()
    if not options.only_page and not (options.train and options.test):
        parser.error("give --train FOLDER and --test CSV, or --only-page")
    return options


if __name__ == "__main__":
    main()
