"""Training a universal noise for photos, from the files to the file of the noise."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, repeat
from pathlib import Path

import torch
from torch import Tensor

from unseen import __version__
from unseen.budget import L2, Linf
from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.objective import Miss
from unseen.progress import Progress, silent
from unseen.schemes.universal import LIMIT, save_noise
from unseen.train.augmented import Ascent, ascending
from unseen.train.copies import answers, copies_of, fooled_share
from unseen.train.fooling import fooling
from unseen.train.stage import Stage, keep_stage, kept_stage
from unseen.types import Budget, Images

METHODS = ("augmented", "uap")
NORMS = ("linf", "l2")
SOFTNESS = 4.0
"""Log-odds within which a photo counts in part."""
_KEEP_EVERY = 25
"""Steps, or photos, after which the stage is kept."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """What decides a noise, beside the photos and the networks.

    Attributes:
        epsilon: the limit in 8-bit levels: of every value, or of the Euclidean norm over the noise's own pixels.
        norm: "linf" or "l2".
        method: "augmented", or "uap" for the paper's.
        passes: how often every photo is seen at most by each network ("uap": by all of them).
        wanted: "uap" ends after a pass that fools this share of the photos.
        side: pixels of the noise's height and width.
        seed: of every random choice.
    """

    epsilon: float = 8.0
    norm: str = "linf"
    method: str = "augmented"
    passes: float = 4.0
    wanted: float = 0.8
    side: int = 224
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UnseenError(f"method is {self.method!r}: choose {' or '.join(METHODS)}")
        if self.norm not in NORMS:
            raise UnseenError(f"norm is {self.norm!r}: choose {' or '.join(NORMS)}")
        most = 127 if self.norm == "linf" else LEVELS * math.sqrt(3) * self.side
        if not 1 <= self.epsilon <= most:
            raise UnseenError(f"epsilon is {self.epsilon:g} levels: give 1 to {most:.0f}")
        if not self.passes > 0:
            raise UnseenError(f"passes is {self.passes:g}: give a number above 0")
        if not 0 < self.wanted <= 1:
            raise UnseenError(f"wanted is {self.wanted:g}: give a share above 0 and at most 1")
        if self.side < 8:
            raise UnseenError(f"side is {self.side}: give at least 8 pixels")

    @property
    def budget(self) -> Budget:
        """The ball that the noise stays in."""
        return Linf(math.floor(self.epsilon) / LEVELS) if self.norm == "linf" else L2(self.epsilon / LEVELS)


@dataclass(frozen=True, kw_only=True)
class TrainedNoise:
    """A noise and how it came to be.

    Attributes:
        noise: (1, 3, side, side) in whole levels.
        fooled: of each network, the share of the training photos whose answer the noise changes.
        about: all that a reader of the file wants to know.
    """

    noise: Images
    fooled: tuple[float, ...]
    about: Mapping[str, str]

    def save(self, path: Path) -> None:
        """Write it to a new file.

        Raises:
            PhotoError: the file exists or cannot be written.
        """
        save_noise(path, self.noise, self.about, in_levels=True)


def train_noise(
    photos: Sequence[Path],
    networks: Sequence[Network],
    training: Training,
    *,
    start: Images | None = None,
    stages: Path | None = None,
    progress: Progress = silent,
    told: str = "",
) -> TrainedNoise:
    """Make a noise that changes what the networks read in the photos, and in others.

    Args:
        photos: read once, one by one, and kept as small copies.
        start: (1, 3, side, side), a noise to go on from; none by default.
        stages: where the stage is kept now and then, to go on from if the run is interrupted; deleted in the end.
        progress: photos and stages pass through it.
        told: about the photos, for the file.

    Raises:
        PhotoError: a photo that cannot be read.
        UnseenError: no photos, or networks that do not go together.
    """
    ensemble = Ensemble(networks)
    copies = copies_of(photos, training.side, progress)
    clean = torch.stack([answers(copies, network) for network in networks], 1)
    first = torch.zeros(1, 3, training.side, training.side) if start is None else training.budget.within(start.clone())
    identity = {
        **_settings(training),
        "networks": [network.spec.sha256 or network.name for network in networks],
        "photos": [path.name for path in photos],
        "start": float(first.double().square().sum()),
    }
    begin = (stages and kept_stage(stages, identity)) or Stage(noise=first)
    steps, total = _steps(copies, networks, ensemble, clean, training, begin)
    stage = begin
    for following in progress(chain(repeat(begin, begin.done), steps), total, "Training"):
        stage = following
        if stages is not None and stage.done % _KEEP_EVERY == 0:
            keep_stage(stages, stage, identity)
    noise = _whole_levels(stage.noise, training)
    fooled = tuple(fooled_share(copies, ensemble, clean, noise).tolist())
    if stages is not None:
        stages.unlink(missing_ok=True)
    return TrainedNoise(noise=noise, fooled=fooled, about=_about(training, networks, len(photos), fooled, stage, told))


def _steps(
    copies: Tensor, networks: Sequence[Network], ensemble: Ensemble, clean: Tensor, training: Training, stage: Stage
) -> tuple[Iterator[Stage], int]:
    """The stages to come, and how many there are from the beginning at most."""
    if training.method == "uap":
        passes = math.ceil(training.passes)
        steps = fooling(
            copies,
            ensemble,
            clean,
            budget=training.budget,
            wanted=training.wanted,
            passes=passes,
            stage=stage,
            seed=training.seed,
        )
        return steps, passes * len(copies)
    batch = Ascent(iterations=1).batch
    ascent = Ascent(iterations=math.ceil(training.passes * len(copies) * len(networks) / batch))
    objectives = [Miss(label=own, softness=SOFTNESS) for own in clean.unbind(1)]
    steps = ascending(
        copies, networks, objectives, budget=training.budget, ascent=ascent, stage=stage, seed=training.seed
    )
    return steps, ascent.iterations


def _whole_levels(noise: Images, training: Training) -> Images:
    """Rounded as it will be kept; within a Euclidean limit the fractions are dropped where rounding broke it."""
    rounded = noise.mul(LEVELS).round().div(LEVELS)
    budget = training.budget
    fits = bool((budget.size(rounded) <= budget.size(budget.within(rounded)) * (1 + 1e-5)).all())
    return rounded if fits else noise.mul(LEVELS).trunc().div(LEVELS)


def _settings(training: Training) -> dict[str, object]:
    return {**asdict(training), "softness": SOFTNESS, "unseen": __version__}


def _about(
    training: Training, networks: Sequence[Network], photos: int, fooled: Sequence[float], stage: Stage, told: str
) -> dict[str, str]:
    names = [network.name for network in networks]
    limit = (
        {LIMIT: f"{training.epsilon:g}"} if training.norm == "linf" else {"limit_l2_levels": f"{training.epsilon:g}"}
    )
    return {
        **limit,
        "norm": training.norm,
        "method": training.method,
        "networks": json.dumps(names),
        "photos": str(photos),
        "trained_on": told,
        "fooled": json.dumps({name: round(share, 4) for name, share in zip(names, fooled, strict=True)}),
        "steps": str(stage.done),
        "settings": json.dumps(_settings(training), sort_keys=True),
        "unseen": __version__,
    }
