"""Universal adversarial perturbations as published: Moosavi-Dezfooli, Fawzi, Fawzi and Frossard 2017, Algorithm 1."""

from collections.abc import Iterator

from torch import Tensor

from unseen.schemes.deepfool import DeepFool
from unseen.train.copies import as_images, fooled_share, order
from unseen.train.stage import Stage
from unseen.types import Budget, Classifier

DEEPFOOL = DeepFool(turns=0, max_iterations=10)
"""As published there: ten classes, 2 % of overshoot, ten steps; without what this project added to DeepFool."""


def fooling(
    copies: Tensor,
    classifier: Classifier,
    clean: Tensor,
    *,
    budget: Budget,
    wanted: float,
    passes: int,
    stage: Stage,
    deepfool: DeepFool = DEEPFOOL,
    seed: int = 0,
) -> Iterator[Stage]:
    """The stage after every photo; it ends after the pass that fools `wanted` of all, or after the last one.

    Whether a photo is fooled is asked of the noise as the photos before it left it, and so is DeepFool: these go one by
    one, for a batch would ask about a noise that is out of date. What a whole pass reached is measured in batches.

    Args:
        copies: (N, 3, h, w) uint8, of the noise's own shape.
        clean: (N,) what is read in each.
        wanted: 1 - delta, the share to be fooled, in (0, 1].
        stage: where to begin: a noise (1, 3, h, w), such as zero, and the photos that were looked at before.
    """
    noise = stage.noise
    for place in range(stage.done, passes * len(copies)):
        index = int(order(len(copies), seed, place // len(copies))[place % len(copies)])
        picture = (as_images(copies[index, None]) + noise).clamp(0, 1)
        found = deepfool.perturbation(picture, classifier, references=clean[index, None])
        if bool(found.fooled) and int(found.iterations) > 0:
            noise = budget.within(noise + found.delta)
        whole_pass = (place + 1) % len(copies) == 0
        enough = whole_pass and fooled_share(copies, classifier, clean, noise).min().item() >= wanted
        yield Stage(noise=noise, done=place + 1, finished=enough or place + 1 == passes * len(copies))
        if enough:
            return
