"""Universal noise: one noise for every image of a set (Moosavi-Dezfooli et al. 2017; Liu et al. 2019, section 5.1).

The loop is not the one of `ascent`: all images share a single noise and come in random batches, so there are no lanes
to fill and no image leaves when its own goal is reached.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from unseen.shaping import Shaping, adam
from unseen.types import Budget, Classifier, Images, Objective

ADAM = adam()


@torch.enable_grad()
def universal_noise(
    images: Images,
    classifier: Classifier,
    objective: Objective,
    *,
    budget: Budget,
    step: float,
    iterations: int,
    batch: int,
    l2_weight: float = 0.0,
    shaping: Shaping = ADAM,
    start: Images | None = None,
    seed: int = 0,
) -> Images:
    """The noise that raises the objective's mean gain over a set of images, by mini-batch ascent.

    Args:
        images: (N, C, H, W) in [0, 1].
        objective: one entry an image: `Toward` one class, `Away` from the labels, `Uniform` for confusion.
        step: length of a step in [0, 1]; it multiplies the direction that `shaping` makes of the gradients.
        batch: images a step.
        l2_weight: price of the noise, l2_weight * |noise|² / 2.
        start: (1, C, H, W), zero by default.
        seed: of the order of the images.

    Returns:
        (1, C, H, W) within the budget, to be laid on images by `unseen.schemes.universal.laid`.

    Raises:
        ValueError: no images.
    """
    if len(images) == 0:
        raise ValueError("no images to make a noise for: give at least one")
    noise = torch.zeros_like(images[:1]) if start is None else start.clone()
    state = shaping.initial(noise)
    for index in _batches(len(images), batch, iterations, seed):
        noise.requires_grad_()
        logits = classifier((images[index] + noise).clamp(0, 1))
        gain = objective.take(index).gain(logits).mean() - l2_weight / 2 * noise.square().sum()
        (gradient,) = torch.autograd.grad(gain, noise)
        direction, state = shaping.update(gradient, state)
        noise = budget.within(noise.detach() + step * direction)
    return noise.detach()


def _batches(count: int, size: int, number: int, seed: int) -> Iterator[Tensor]:
    """`number` batches of indices below `count`: every image once in a random order, then all again in another."""
    generator = torch.Generator().manual_seed(seed)
    left = torch.empty(0, dtype=torch.long)
    for _ in range(number):
        while len(left) < size:
            left = torch.cat([left, torch.randperm(count, generator=generator)])
        yield left[:size]
        left = left[size:]
