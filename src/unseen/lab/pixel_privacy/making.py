"""Photos on their way through every approach: protected, written, decoded again, read and measured."""

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from unseen.errors import UnseenError
from unseen.lab.notebook import Rows
from unseen.lab.pixel_privacy.approaches import ORIGINAL, Approach
from unseen.lab.pixel_privacy.bench import HANDLINGS, Bench, Numbers, classes_of
from unseen.lab.pixel_privacy.photos import Sample
from unseen.metrics import ssim
from unseen.models import Network
from unseen.photo import Photo, read_photo
from unseen.photo.photo import Pixels, same_channels
from unseen.pictures import PictureScheme
from unseen.plan import Job
from unseen.protect import Protection, protect_photos, settings_of
from unseen.reading import answer
from unseen.styles.painted import Painted

CHUNK = 16
"""Photos that go through all approaches together; an interruption costs at most these."""
EXAMPLES = "examples"
"""The folder of the copies that are shown, in the lab's: one folder an approach."""

_STAGE = Path(".unseen", "stage")
_TOP = 5


@dataclass(kw_only=True)
class Repainted:
    """A style that keeps its last pictures, because several approaches begin with it and painting is slow.

    Attributes:
        spared: seconds that were not spent because a picture was kept, since they were last taken.
    """

    painted: Painted
    spared: float = 0.0
    _kept: dict[bytes, tuple[Photo, float]] = field(default_factory=dict)

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The repainted photo."""
        key = sha256(photo.pixels.tobytes()).digest()
        if key in self._kept:
            picture, seconds = self._kept[key]
            self.spared += seconds
            return replace(photo, pixels=picture.pixels, icc=picture.icc)
        started = time.perf_counter()
        picture = self.painted(photo, seed=seed)
        self._kept[key] = picture, time.perf_counter() - started
        return picture

    def taken(self) -> float:
        """The seconds spared, which begin at zero again."""
        spared, self.spared = self.spared, 0.0
        return spared

    def forget(self) -> None:
        """Let go of all pictures."""
        self._kept.clear()


@dataclass(frozen=True, kw_only=True)
class Way:
    """An approach at work.

    Attributes:
        protection: of a network; None for the original.
        rows: one a photo, those that are finished.
    """

    approach: Approach
    protection: Protection | None
    rows: Rows


def ways_of(bench: Bench, approaches: Sequence[Approach], noises: Mapping[str, str]) -> tuple[Way, ...]:
    """The approaches, each with the rows that former runs finished.

    Args:
        noises: SHA-256 of each noise, by name.

    Raises:
        UnseenError: a setting that does not fit, or a style whose weights cannot be had.
    """
    styles: dict[str, Repainted] = {}
    return (_way(bench, ORIGINAL, {}, styles), *(_way(bench, approach, noises, styles) for approach in approaches))


def original_rows(bench: Bench, samples: Sequence[Sample], way: Way) -> list[Numbers]:
    """What is read in the originals, in the order of the photos."""
    for one in bench.progress(samples, len(samples), "Reading originals"):
        if one.key not in way.rows.known:
            started = time.perf_counter()
            pixels = read_photo(one.path).srgb
            seconds = time.perf_counter() - started
            way.rows.append(one.key, _scores(bench, one, pixels, pixels) | {"seconds": seconds, "achieved": None})
    return [way.rows.known[one.key] for one in samples]


def make(bench: Bench, samples: Sequence[Sample], ways: Sequence[Way], shown: Sequence[Sample]) -> None:
    """Take every photo through every way; what former runs finished is not done again.

    Args:
        shown: photos whose copies are kept.

    Raises:
        UnseenError: a photo that cannot be protected, or networks and settings that do not go together.
    """
    keys = {one.key for one in shown}
    chunks = [samples[start : start + CHUNK] for start in range(0, len(samples), CHUNK)]
    steps = [(chunk, way) for chunk in chunks for way in ways]
    shutil.rmtree(bench.folder / _STAGE, ignore_errors=True)  # what a killed run left
    for chunk, way in bench.progress(steps, len(steps), "Protecting"):
        missing = [one for one in chunk if not _is_done(bench, way, one, shown=one.key in keys)]
        if missing:
            _protected(bench, way, missing, keys)
        if way is ways[-1]:
            for style in _styles(ways):
                style.forget()


def example(bench: Bench, approach: Approach, one: Sample) -> Path:
    """Where the copy of a photo that is shown lies; the photo itself for the original."""
    if not approach.scheme:
        return one.path
    folder = bench.folder / EXAMPLES / approach.key
    found = sorted(folder.glob(f"{_place(one)}.*"))  # a copy may have another suffix than its photo
    return found[0] if found else folder / one.path.name


def _way(bench: Bench, approach: Approach, noises: Mapping[str, str], styles: dict[str, Repainted]) -> Way:
    protection = _protection(bench, approach, styles) if approach.scheme else None
    plain = protection and replace(protection, pictures=tuple(map(_plain, protection.pictures)))
    decisive = (plain and settings_of(plain), noises.get(approach.noise or ""))
    digest = sha256(repr(decisive).encode()).hexdigest()[:16]
    return Way(approach=approach, protection=protection, rows=bench.notebook.rows(f"{approach.key}-{digest}"))


def _protection(bench: Bench, approach: Approach, styles: dict[str, Repainted]) -> Protection:
    """What `unseen protect` would do, one photo at a time: photos of many sizes would leave most lanes empty."""
    pictures, scheme = approach.way(bench.network.device.type)
    kept = tuple(
        styles.setdefault(picture.style.spec.name, Repainted(painted=picture))
        if isinstance(picture, Painted)
        else picture
        for picture in pictures
    )
    return Protection(scheme=scheme, pictures=kept, surrogates=(bench.network,), seed=bench.settings.seed, lanes=1)


def _plain(picture: PictureScheme) -> PictureScheme:
    return picture.painted if isinstance(picture, Repainted) else picture


def _styles(ways: Iterable[Way]) -> list[Repainted]:
    """The styles that these ways begin with, some more than once."""
    pictures = (picture for way in ways if way.protection for picture in way.protection.pictures)
    return [picture for picture in pictures if isinstance(picture, Repainted)]


def _is_done(bench: Bench, way: Way, one: Sample, *, shown: bool) -> bool:
    return one.key in way.rows.known and not (shown and not example(bench, way.approach, one).is_file())


def _protected(bench: Bench, way: Way, samples: Sequence[Sample], shown: set[str]) -> None:
    """Protect photos by one approach and note what is read in their files, which go unless they are shown."""
    if way.protection is None:
        return
    stage = bench.folder / _STAGE
    jobs = [
        Job(source=one.path, target=stage / f"{_place(one)}{one.path.suffix}", label=_label(one)) for one in samples
    ]
    outcomes = list(protect_photos(jobs, way.protection))
    spared = sum(style.taken() for style in _styles([way])) / len(samples)
    for one, outcome in zip(samples, outcomes, strict=True):
        if outcome.row.output is None:
            raise UnseenError(f"{way.approach.name}: {outcome.row.error}")
        copy = Path(outcome.row.output)
        scores = _scores(bench, one, read_photo(one.path).srgb, read_photo(copy).srgb)
        if one.key in shown:
            place = bench.folder / EXAMPLES / way.approach.key / copy.name
            place.parent.mkdir(parents=True, exist_ok=True)
            copy.replace(place)
        copy.unlink(missing_ok=True)
        way.rows.append(one.key, scores | {"seconds": outcome.row.seconds + spared, "achieved": outcome.row.achieved})


def _scores(bench: Bench, one: Sample, original: Pixels, pixels: Pixels) -> Numbers:
    """What networks read in a picture, how it looks, and how far it is from the original."""
    before, after = (_batch(part) for part in same_channels(original, pixels))
    return {
        "readings": [
            {name: _reading(network, bench, one, handling(pixels)) for name, handling in HANDLINGS.items()}
            for network in bench.networks
        ],
        "appeal": {name: measure(after).item() for name, measure in bench.appeal.items()},
        "ssim": ssim(before, after).item(),
    }


def _reading(network: Network, bench: Bench, one: Sample, served: Pixels) -> Numbers:
    """The first guess, and whether it is right or one of the best five is."""
    right = one.labels if network is bench.network else classes_of(one.labels, bench.network, network)
    logits = answer(network, served)
    best = logits.topk(min(_TOP, len(logits))).indices.tolist()
    return {"answer": best[0], "top1": best[0] in right, "top5": not right.isdisjoint(best)}


def _batch(pixels: Pixels) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None]


def _label(one: Sample) -> str | None:
    """What `--labels` would say of it; where several classes are right, the network's own answer decides."""
    return str(*one.labels) if len(one.labels) == 1 else None


def _place(one: Sample) -> str:
    """A name of a photo's own: photos of one name may lie in several folders."""
    return f"{one.path.stem}-{sha256(str(one.path).encode()).hexdigest()[:8]}"
