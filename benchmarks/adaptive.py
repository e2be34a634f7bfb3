"""What an attacker who knows unseen still reads: a network tuned on its output, a detector of it, copy matching.

    .venv-bench/bin/python benchmarks/adaptive.py --photos photos-to-train-on --labels photos/labels.csv \\
        -o results-adaptive

Two sets of photos are protected as `unseen protect --scheme WAY --model lite0 --model lite1 --format png` does it:
those that the attacker learns from, a folder with a `labels.csv`, and those that he is judged on, which he never saw.
The scheme is not told the labels. What is judged is the file, read again, as it is and after 224 pixels a side and
JPEG 75. The folder gets `adaptive.json`. Copies that are there already, with the same settings, are not made again.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

import copies
from attackers import TUNED, Lesson, cut, right, seen, tune
from detector import auc, fingerprint, found_at, trained
from heldout import HANDLINGS
from told import tables
from unseen import __version__, load_classifier
from unseen.audit.noise import sign_noise
from unseen.audit.summary import wilson
from unseen.catalogue import way_named
from unseen.lab.files import write_over
from unseen.models import Network
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.plan import Job, read_labels
from unseen.protect import Protection, protect_photos, settings_of
from unseen.protect.making import CHUNK_PHOTOS

CONTESTS = {
    "protected against clean": ("protected", "clean", "protected", "clean"),
    "the same detector, noise against clean": ("protected", "clean", "noise", "clean"),
    "protected against noise": ("protected", "noise", "protected", "noise"),
}
"""What a detector is trained to tell apart, and what it is tested on."""
ALARMS = 0.01


class Photos:
    """Photos and their protected copies, read when they are needed.

    Attributes:
        labels: the true class of each.
    """

    def __init__(self, sources: Mapping[Path, str], folder: Path, *, seed: int) -> None:
        self.labels = [int(label) for label in sources.values()]
        self.jobs = [Job(source=path, target=folder / f"{path.stem}.png") for path in sources]
        self._seed = seed

    def __len__(self) -> int:
        return len(self.jobs)

    @property
    def truth(self) -> Tensor:
        """The labels (N,)."""
        return torch.tensor(self.labels)

    def version(self, name: str, handling: str = "file") -> Iterator[Pixels]:
        """Every photo "clean", "protected" or with "noise" of the protection's size, after one of `HANDLINGS`."""
        for job in self.jobs:
            clean = read_photo(job.source).srgb
            if name == "clean":
                yield HANDLINGS[handling](clean)
                continue
            protected = read_photo(job.target).srgb
            yield HANDLINGS[handling](
                protected if name == "protected" else sign_noise(clean, protected, seed=self._seed)
            )


FEWEST = 10
"""Photos to learn from, at least."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--photos", type=Path, required=True, help="folder with a labels.csv (file,label) to learn from"
    )
    parser.add_argument("--labels", type=Path, required=True, help="CSV (file,label: an index) of photos to judge on")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--scheme", default="shield", metavar="WAY", help="one that keeps the photo's size")
    parser.add_argument("--models", nargs="+", default=["lite0", "lite1"], help="the surrogates")
    parser.add_argument(
        "--attackers", nargs="+", default=["lite0"], help="networks that are tuned, as --model names them"
    )
    parser.add_argument("--train-limit", type=int, help="photos to learn from, the first so many")
    parser.add_argument("--limit", type=int, help="photos to judge on, the first so many")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.train_limit is not None and options.train_limit < FEWEST:
        parser.error(
            f"--train-limit {options.train_limit}: a fifth of the photos is held out, so give at least {FEWEST}"
        )
    pictures, scheme = way_named(options.scheme, {})
    surrogates = tuple(load_classifier(name) for name in options.models)
    protection = Protection(scheme=scheme, pictures=pictures, surrogates=surrogates, format="png", seed=options.seed)
    train, test = (
        protected(dict(list(read_labels(path).items())[:limit]), protection, options.output / name)
        for path, limit, name in (
            (options.photos / "labels.csv", options.train_limit, "train"),
            (options.labels, options.limit, "test"),
        )
    )
    settings = {
        "version": __version__,
        "scheme": options.scheme,
        "seed": options.seed,
        "photos": {"train": len(train), "test": len(test)},
        "protection": settings_of(protection),
    }
    record = Record(options.output / "adaptive.json", json.loads(json.dumps(settings)))
    for name in options.attackers:
        network = load_classifier(name)
        for attacker in ("unadapted", *TUNED):
            record.once(
                f"attacker/{name}/{attacker}",
                partial(tuned_network, network, attacker, train, test, options.seed),
            )
    for handling in HANDLINGS:
        record.once(f"detectors/{handling}", partial(detectors, train, test, handling, options.seed))
    record.once("copies", partial(matched, test))
    print(tables(record.content))


class Record:
    """Results in a file, each computed once; those of other settings or other numbers of photos are replaced."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self._path = path
        self.content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        if self.content.get("settings") != settings:
            self.content = {"benchmark": "adaptive", "settings": settings, "results": {}}

    def once(self, name: str, compute: Callable[[], Any]) -> None:
        """Compute a result and write it, unless the file has it."""
        if name not in self.content["results"]:
            print(f"{name} ...", file=sys.stderr, flush=True)
            self.content["results"][name] = compute()
            write_over(self._path, json.dumps(self.content, indent=1).encode())


def protected(sources: Mapping[Path, str], protection: Protection, folder: Path) -> Photos:
    """The photos with a copy of each in the folder, made now where it is not there yet."""
    known = {
        "version": __version__,
        "photos": sorted({str(path.parent) for path in sources}),
        **settings_of(protection),
    }
    settings = json.dumps(known, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / "settings.json"
    if not mark.exists():
        write_over(mark, settings.encode())
    elif mark.read_text() != settings:
        raise SystemExit(f"{folder}: holds copies with other settings or of other photos; give another -o")
    photos = Photos(sources, folder, seed=protection.seed)
    missing = [job for job in photos.jobs if not job.target.exists()]
    for start in range(0, len(missing), CHUNK_PHOTOS):
        for outcome in protect_photos(missing[start : start + CHUNK_PHOTOS], protection):
            if outcome.row.error:
                raise SystemExit(outcome.row.error)
    return photos


def tuned_network(network: Network, attacker: str, train: Photos, test: Photos, seed: int) -> dict[str, Any]:
    """One attacker with one network, or the network "unadapted": how often it is right."""
    fixed, layers = cut(network, TUNED.get(attacker, "classifier"))
    maps = {
        f"{version}/{handling}": seen(network, fixed, test.version(version, handling))
        for handling in HANDLINGS
        for version in ("protected", "clean")
    }

    def watch(after: torch.nn.Module) -> tuple[float, float]:
        found = [right(after, maps[f"{version}/file"], test.truth) for version in ("protected", "clean")]
        return fmean(found[0]), fmean(found[1])

    tuned = tune(layers, lesson(network, fixed, train), watch, seed=seed) if attacker in TUNED else None
    found = {key: right(tuned.layers if tuned else layers, known, test.truth) for key, known in maps.items()}
    return {
        "network": network.name.partition("?")[0],
        "attacker": attacker,
        "rate": tuned.rate if tuned else None,
        "weight": tuned.weight if tuned else None,
        "passes": tuned.passes if tuned else None,
        "watched": tuned.watched if tuned else None,
        "top1": {key: share(values) for key, values in found.items()},
        "right": {key: [int(value) for value in values] for key, values in found.items()},
    }


def lesson(network: Network, fixed: torch.nn.Module, train: Photos) -> Lesson:
    """What the layers that stay give for the training photos; half precision spares memory."""
    return Lesson(
        clean=seen(network, fixed, train.version("clean")).half(),
        protected=seen(network, fixed, train.version("protected")).half(),
        answers=seen(network, network.body, train.version("clean")).softmax(1),
        labels=train.truth,
    )


def share(hits: Sequence[bool]) -> dict[str, float]:
    """How many of all, with Wilson's 95 % interval."""
    mean = sum(hits) / len(hits)
    low, high = wilson(mean, len(hits))
    return {"mean": mean, "low": low, "high": high}


def detectors(train: Photos, test: Photos, handling: str, seed: int) -> list[dict[str, Any]]:
    """How well each contest is decided, by detectors trained on photos that were shared in the same way."""
    known, new = (
        {name: prints(photos.version(name, handling)) for name in ("clean", "protected", "noise")}
        for photos in (train, test)
    )
    lines = []
    for contest, (wanted, others, *tested) in CONTESTS.items():
        detector = trained(known[wanted], known[others], seed=seed)
        scores = [detector(new[name]).tolist() for name in tested]
        found = found_at(*scores, alarms=ALARMS)
        low, high = wilson(found, len(test))
        estimate = {"mean": found, "low": low, "high": high}
        lines.append({"contest": contest, "handling": handling, "auc": auc(*scores), "found": estimate})
    return lines


def prints(pictures: Iterator[Pixels]) -> Tensor:
    """Fingerprints (N, D)."""
    return torch.stack([torch.from_numpy(fingerprint(pixels)) for pixels in pictures])


def matched(test: Photos) -> list[dict[str, Any]]:
    """How far hashes of protected copies are from their originals, and originals from each other."""
    originals = [copies.hashes(pixels) for pixels in test.version("clean")]
    lines = []
    for name in copies.HASHES:
        for handling in HANDLINGS:
            shared = [copies.hashes(pixels) for pixels in test.version("protected", handling)]
            distances = [int(one[name] - other[name]) for one, other in zip(originals, shared, strict=True)]
            lines.append(
                {"hash": name, "pairs of": f"original and copy, {handling}", **asdict(copies.matching(distances))}
            )
        if len(test) > 1:
            lines.append({"hash": name, "pairs of": "different photos", **asdict(copies.between(originals, name))})
    return lines


if __name__ == "__main__":
    main()
