"""The task that every contender gets: the photos, the network, the goal, and how a result is judged."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from unseen.models import Network, Preprocessing, load_classifier

CLASSIFIER = "lite0"
SIZE = 224
LEVELS = 255
LIMIT = 2.55 / LEVELS
STEP = 0.5 / LEVELS
REQUIRED_SCORE = 0.99
MAX_ITERATIONS = 100
SEED = 0

_PHOTO_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_JUDGED_AT_ONCE = 4  # small, so that judging never sets a contender's peak of memory
_ROUNDING_ERROR = 1e-5  # a score's last digits depend on the batch shape, so a loop and its judge may differ in them


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One set of pictures against its originals.

    Attributes:
        success: share of photos whose target has at least the required score.
        lowest_score: the target's probability on the worst photo.
        mean_noise: mean absolute change of a pixel, in [0, 1].
        max_noise_levels: the largest change of a pixel, in 8-bit levels.
    """

    success: float
    lowest_score: float
    mean_noise: float
    max_noise_levels: float


class Normalised(nn.Module):
    """A network behind its normalisation: what users of the peers write, whose libraries want images in [0, 1]."""

    mean: Tensor
    std: Tensor

    def __init__(self, body: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.body = body
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, 224, 224) in [0, 1] -> logits (B, K)."""
        logits: Tensor = self.body((images - self.mean) / self.std)
        return logits


AttackedNetwork = Network | Normalised
"""Either takes images (B, 3, 224, 224) in [0, 1] and has a `body` that takes them normalised."""


def default_photos() -> Path:
    """The shared photos' label file."""
    return _shared() / "data" / "imagenet-compatible" / "labels.csv"


def default_weights() -> Path:
    """The shared folder of weights of held-out networks."""
    return _shared() / "weights"


def _shared() -> Path:
    """The folder that `UNSEEN_SHARED` names, or `shared` beside the checkout."""
    return Path(os.environ.get("UNSEEN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def photo_paths(source: Path, count: int) -> list[Path]:
    """The first photos of a CSV with a `file` column, or of a folder in the order of their names."""
    if source.is_dir():
        paths = sorted(path for path in source.iterdir() if path.suffix.lower() in _PHOTO_SUFFIXES)
    elif source.is_file():
        with source.open(newline="") as lines:
            paths = [source.parent / row["file"] for row in csv.DictReader(lines)]
    else:
        paths = []
    if len(paths) < count:
        raise SystemExit(f"{source}: {len(paths)} photos found, {count} wanted; name others with --photos or --count")
    return paths[:count]


def read_images(paths: Sequence[Path]) -> Tensor:
    """Photos reduced to 224 x 224 and rounded to 8 bit, as (B, 3, 224, 224) in [0, 1]."""
    pixels = [
        np.asarray(Image.open(path).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC)) for path in paths
    ]
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).contiguous().float() / LEVELS


def our_network() -> Network:
    """The classifier as users of unseen load it; without a crop, so that 224 x 224 pictures go in unchanged."""
    return load_classifier(CLASSIFIER).whole().eval()


def ordinary_network() -> Normalised:
    """The same weights as users of the peers load them: timm's network in evaluation mode, not folded, NCHW.

    Its parameters are frozen, which spares the peers the gradients that nobody needs.
    """
    network = load_classifier(CLASSIFIER, fold=False)
    body, preprocessing = network.body, network.preprocessing
    if not isinstance(preprocessing, Preprocessing):
        raise TypeError(f"{CLASSIFIER} normalises by itself: the peers' network cannot be made from it")
    body = body.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return Normalised(body, preprocessing.mean, preprocessing.std).eval().requires_grad_(False)


def to_8_bit(images: Tensor) -> Tensor:
    """What an 8-bit file can hold."""
    return (images * LEVELS).round() / LEVELS


@torch.no_grad()
def target_scores(network: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    """The probability of each photo's target; (B,)."""
    logits = torch.cat([network(batch) for batch in images.split(_JUDGED_AT_ONCE)])
    return logits.softmax(dim=1).gather(1, targets[:, None]).squeeze(1)


def success(scores: Tensor) -> float:
    """The share of photos at the required score."""
    return (scores >= REQUIRED_SCORE - _ROUNDING_ERROR).double().mean().item()


def judge(network: nn.Module, originals: Tensor, images: Tensor, targets: Tensor) -> Verdict:
    """How far the goal is reached, by the very network that was attacked, and at what change."""
    scores = target_scores(network, images, targets)
    noise = (images - originals).abs()
    return Verdict(
        success=success(scores),
        lowest_score=scores.min().item(),
        mean_noise=noise.mean().item(),
        max_noise_levels=noise.max().item() * LEVELS,
    )
