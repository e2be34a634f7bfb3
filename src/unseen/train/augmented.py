"""Universal noise that carries over to photos it was not trained on: mini-batch ascent against changing views.

Photos come as bytes, mirrored at random, and every second batch is looked at as a crawler that crops would see it. The
gain counts photos rather than certainty (`objective.Miss`), so that none is pushed further than it takes. Networks take
turns, which costs no more than one; steps become finer until the noise settles. Nothing is drawn from a generator that
lives on: a run that was interrupted goes on bit for bit.

The loop is not the one of `ascent`: all photos share a single noise and come in random batches.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from unseen.shaping import adam
from unseen.train.copies import as_images, order
from unseen.train.stage import Stage
from unseen.types import Budget, Classifier, Images, Objective
from unseen.views import RandomCrop

_SHAPING = adam(0.9, 0.99)


@dataclass(frozen=True, kw_only=True)
class Ascent:
    """How the noise climbs.

    Attributes:
        iterations: steps.
        batch: photos a step.
        step: length of the first steps in [0, 1]; it falls to zero along half a cosine.
        smallest_view: least share of the height and of the width that a view keeps.
        viewed: share of the batches that are looked at in such a view.
    """

    iterations: int
    batch: int = 10
    step: float = 1 / 255
    smallest_view: float = 0.8
    viewed: float = 0.5


def ascending(
    copies: Tensor,
    classifiers: Sequence[Classifier],
    objectives: Sequence[Objective],
    *,
    budget: Budget,
    ascent: Ascent,
    stage: Stage,
    seed: int = 0,
) -> Iterator[Stage]:
    """The stage after every step.

    Args:
        copies: (N, 3, h, w) uint8, of the noise's own shape.
        classifiers: each is asked about every so manieth batch.
        objectives: one a classifier, with an entry a copy.
        stage: where to begin: a noise (1, 3, h, w), such as zero, and the steps that were taken before.
    """
    view = RandomCrop(smallest=ascent.smallest_view, largest=1.0)
    memory = stage.memory or _SHAPING.initial(stage.noise)
    noise = stage.noise
    for iteration in range(stage.done, ascent.iterations):
        generator = Generator().manual_seed(seed * 1_000_003 + iteration)
        index = _batch(len(copies), ascent.batch, iteration, seed)
        photos = _mirrored(as_images(copies[index]), generator)
        crops = torch.rand((), generator=generator).item() < ascent.viewed
        member = iteration % len(classifiers)
        with torch.enable_grad():
            leaf = noise.clone().requires_grad_()
            pictures = (photos + leaf).clamp(0, 1)
            logits = classifiers[member](view(pictures, generator) if crops else pictures)
            gain = objectives[member].take(index).gain(logits).mean()
            (gradient,) = torch.autograd.grad(gain, leaf)
        direction, memory = _SHAPING.update(gradient, memory)
        step = ascent.step * (1 + math.cos(math.pi * iteration / ascent.iterations)) / 2
        noise = budget.within(noise + step * direction)
        yield Stage(noise=noise, done=iteration + 1, memory=memory, finished=iteration + 1 == ascent.iterations)


def _batch(count: int, size: int, number: int, seed: int) -> Tensor:
    """The indices (size,) of a batch: all below `count` come in a random order, then all again in another."""
    places = range(number * size, (number + 1) * size)
    return torch.stack([order(count, seed, place // count)[place % count] for place in places])


def _mirrored(photos: Images, generator: Generator) -> Images:
    """Each photo or its mirror image, at even odds."""
    chosen = torch.rand(len(photos), generator=generator) < 0.5
    return photos.flip(-1).where(chosen[:, None, None, None], photos)
