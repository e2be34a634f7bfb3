"""What a digit network reads in noisy images, and how often it is right."""

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor

from unseen.datasets.mnist import Digits
from unseen.lab.mnist.settings import CLASSES
from unseen.metrics import ice
from unseen.schemes.universal import laid
from unseen.types import Classifier, Images, Labels, Logits

SCALES = tuple(step / 10 for step in range(1, 11))
"""Shares of a noise at which the distances of the classes are measured."""
_CHUNK = 500


@torch.no_grad()
def answers(classifier: Classifier, images: Images, noise: Images | None = None) -> Logits:
    """Logits (N, 10) on images (N, 1, 28, 28), with a noise (1, 1, 28, 28) on every one of them."""
    chunks = images.split(_CHUNK)
    return torch.cat([classifier(chunk if noise is None else laid(noise, chunk)) for chunk in chunks])


def score(logits: Logits, labels: Labels) -> dict[str, float]:
    """The share of right answers and the mean entropy in nats (ICE, at most ln 10 = 2.303)."""
    return {"accuracy": (logits.argmax(1) == labels).double().mean().item(), "ice": ice(logits).double().mean().item()}


def noise_score(classifier: Classifier, digits: Digits, noise: Images | None) -> dict[str, float]:
    """`score` on all images with a noise on them."""
    return score(answers(classifier, digits.images, noise), digits.labels)


def errors_by_answer(logits: Logits, labels: Labels) -> list[int]:
    """How many wrong answers name each class."""
    read = logits.argmax(1)
    return torch.bincount(read[read != labels], minlength=CLASSES).tolist()


def choices(size: int) -> list[tuple[int, ...]]:
    """Every choice of `size` targets; over all sizes the 1,023 sums."""
    return list(combinations(range(CLASSES), size))


def summed(noises: Images, targets: Sequence[int]) -> Images:
    """The sum (1, 1, 28, 28) of some of the noises (10, 1, 28, 28); only noisy images are clipped, as in the paper."""
    return noises[list(targets)].sum(0, keepdim=True)


def surrender(classifier: Classifier, digits: Digits, noises: Images) -> Tensor:
    """How much of each class is read as each target under a share of the target's noise, (scale, class, target)."""
    members = torch.nn.functional.one_hot(digits.labels, CLASSES).float()
    shares = torch.zeros(len(SCALES), CLASSES, CLASSES)
    for position, scale in enumerate(SCALES):
        for target, noise in enumerate(noises.split(1)):
            read = answers(classifier, digits.images, scale * noise).argmax(1) == target
            shares[position, :, target] = read.float() @ members / members.sum(0).clamp_min(1)
    return shares


def limits_of_surrender(shares: Tensor, limit: float) -> list[list[float | None]]:
    """The smallest limit at which half of a class (row) is read as a target (column); None where that is never."""
    gives_in = shares >= 0.5
    position = gives_in.float().argmax(0)
    return [
        [
            limit * SCALES[int(position[label, target])] if gives_in[:, label, target].any() else None
            for target in range(CLASSES)
        ]
        for label in range(CLASSES)
    ]
