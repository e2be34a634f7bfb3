"""A detector of protected photos: what is left of a photo without its content, and a logistic regression on that.

The content is removed by high-pass filters; how often which two neighbouring values occur together is the photo's
fingerprint (co-occurrences of residuals, as steganalysis uses them: Pevný et al. 2010, Fridrich and Kodovský 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor

from unseen.photo.photo import Pixels

QUANTUM = 2
LARGEST = 3
"""Residuals are divided by the quantum, rounded, and cut at ± the largest."""

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
"""Of the squared weights; the one with the best AUC on the training photos held out is taken."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Fingerprints (N, D) -> scores (N,), higher for photos of the kind that it looks for.

    Attributes:
        mean, scale: of each feature in the training photos.
        weights, bias: of the standardised features.
    """

    mean: Tensor
    scale: Tensor
    weights: Tensor
    bias: Tensor

    def __call__(self, fingerprints: Tensor) -> Tensor:
        return ((fingerprints - self.mean) / self.scale) @ self.weights + self.bias


def fingerprint(pixels: Pixels) -> NDArray[np.float64]:
    """The co-occurrences (225,) of a photo (H, W, C) uint8: of each channel, the first and second differences
    along rows and columns together, and a 3x3 high-pass filter; square roots of frequencies.
    """
    channels = np.broadcast_to(pixels, (*pixels.shape[:2], 3)).astype(np.int32)
    found = []
    for channel in np.moveaxis(channels, 2, 0):
        both = (channel, channel.T)
        first = [np.diff(plane, axis=1) for plane in both]
        second = [np.diff(plane, n=2, axis=1) / 2 for plane in both]
        around = _without_surroundings(channel)
        found += [_pairs(first), _pairs(second), _pairs([around, around.T])]
    return np.sqrt(np.concatenate(found))


def trained(wanted: Tensor, others: Tensor, *, seed: int) -> Detector:
    """A detector of the first kind of photos among the second.

    Args:
        wanted, others: (N, D), fingerprints of the same photos in the same order, so that no photo is on both sides
            of the fifth that is held out.
    """
    order = torch.randperm(len(wanted), generator=Generator().manual_seed(seed))
    held, kept = order[: len(order) // 5], order[len(order) // 5 :]

    def on_held_out(penalty: float) -> float:
        tried = regression(wanted[kept], others[kept], penalty=penalty)
        return auc(tried(wanted[held]).tolist(), tried(others[held]).tolist())

    return regression(wanted, others, penalty=max(PENALTIES, key=on_held_out))


def regression(wanted: Tensor, others: Tensor, *, penalty: float) -> Detector:
    """Logistic regression of standardised features: least mean log loss plus the penalty times the squared weights."""
    both = torch.cat([wanted, others]).double()
    mean, scale = both.mean(0), both.std(0).clamp_min(1e-9)
    inputs = (both - mean) / scale
    truth = torch.cat([torch.ones(len(wanted)), torch.zeros(len(others))]).double()
    weights = torch.zeros(inputs.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe", tolerance_grad=1e-8)

    def step() -> Tensor:
        optimiser.zero_grad()
        wrong = F.binary_cross_entropy_with_logits(inputs @ weights[:-1] + weights[-1], truth)
        total = wrong + penalty * weights[:-1].square().sum()
        total.backward()
        return total

    optimiser.step(step)
    found = weights.detach()
    return Detector(mean=mean, scale=scale, weights=found[:-1], bias=found[-1])


def auc(wanted: Sequence[float], others: Sequence[float]) -> float:
    """How often one of the first has a higher score than one of the second; a tie counts half (Mann and Whitney 1947).

    From the sum of ranks: no pair is looked at.
    """
    scores = np.array([*wanted, *others], dtype=np.float64)
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]  # those that tie share the mean of their ranks
    first = len(wanted)
    return float((ranks[:first].sum() - first * (first + 1) / 2) / (first * len(others)))


def found_at(wanted: Sequence[float], others: Sequence[float], *, alarms: float) -> float:
    """The share of the first that is found where at most such a share of the second raises a false alarm."""
    allowed = int(alarms * len(others))
    limit = sorted(others, reverse=True)[allowed]
    return float(np.mean(np.array(wanted) > limit))


def _without_surroundings(channel: NDArray[np.int32]) -> NDArray[np.float64]:
    """What a pixel differs by from what its eight neighbours foretell (Ker and Böhme 2008)."""
    rows = channel[:-2] - 2 * channel[1:-1] + channel[2:]
    return -(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]) / 4


def _pairs(residuals: Sequence[NDArray[np.float64] | NDArray[np.int32]]) -> NDArray[np.float64]:
    """How often each pair of neighbours in a row occurs, over all residuals (25,).

    A pair and its negative are one: light on dark is as dark on light.
    """
    side = 2 * LARGEST + 1
    counts = np.zeros(side * side)
    for residual in residuals:
        steps = np.clip(np.rint(residual / QUANTUM), -LARGEST, LARGEST).astype(np.int64) + LARGEST
        counts += np.bincount((steps[:, :-1] * side + steps[:, 1:]).ravel(), minlength=side * side)
    return (counts + counts[::-1])[: side * side // 2 + 1] / counts.sum()
