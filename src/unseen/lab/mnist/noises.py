"""The universal noises of the lab: as the paper made them, and as well as we can."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import torch

from unseen.budget import Linf
from unseen.lab.mnist.settings import CLASSES, Bench
from unseen.lab.mnist.universal import universal_noise
from unseen.objective import Among, Blend, Hit, Miss, Toward, Undecided
from unseen.types import Images, Labels, Objective

PAPER, BEST, JOINT = "paper", "best", "joint"
"""What the names of noises begin with: `paper-0`, …, `joint-untargeted`."""


_SOFTNESS = 4.0
_AWAY_WEIGHTS = (1, 1.6, 2.5, 10)
"""Of missing the label beside confusion: the points of the frontier between the two."""
_JOINT = ((2, 3), (2, 3, 8))
"""Sums of the paper that a joint noise is made for as well."""


Made = Mapping[str, Images]
"""The noises (1, 1, 28, 28) so far, by name."""


def noise_makers(bench: Bench) -> Mapping[str, Callable[[Made], Images]]:
    """Name -> what makes the noise (1, 1, 28, 28), given those before it."""
    labels = bench.data.train.labels
    everywhere = [torch.full_like(labels, target) for target in range(CLASSES)]
    miss = Miss(label=labels, softness=_SOFTNESS)
    confusion = Undecided(required_share=1.0)
    joint: dict[str, Objective] = {
        "untargeted": miss,
        "confusion": confusion,
        **{f"confusion+{weight}away": Blend(((1, confusion), (weight, miss))) for weight in _AWAY_WEIGHTS},
        **{"+".join(map(str, targets)): _among(labels, targets) for targets in _JOINT},
    }
    return {
        **{f"{PAPER}-{target}": partial(_paper, bench, each) for target, each in enumerate(everywhere)},
        **{f"{BEST}-{target}": partial(_best, bench, target, each, miss) for target, each in enumerate(everywhere)},
        **{f"{JOINT}-{name}": partial(_refined, bench, objective) for name, objective in joint.items()},
    }


def of_each_target(noises: Made, kind: str) -> Images:
    """The noises (10, 1, 28, 28) of the ten targets, made in one way."""
    return torch.cat([noises[f"{kind}-{target}"] for target in range(CLASSES)])


def _paper(bench: Bench, target: Labels, made: Made) -> Images:
    """Cross-entropy, and a price of noise."""
    return _made(bench, Toward(target=target, required_score=1.0), l2_weight=bench.settings.l2_weight)


def _best(bench: Bench, digit: int, target: Labels, miss: Miss, made: Made) -> Images:
    """As many images as possible read as the target, or else at least not as what they are; noise is free.

    It goes on from the paper's, because from no noise at all the ascent ends on lower hills.
    """
    wanted = Blend(((1, Hit(target=target, softness=_SOFTNESS)), (1, miss)))
    return _made(bench, wanted, start=made[f"{PAPER}-{digit}"])


def _among(labels: Labels, targets: tuple[int, ...]) -> Among:
    """Read every image as one of the targets, none more than another."""
    drawn = torch.tensor(targets).expand(len(labels), -1)
    return Among(targets=drawn, label=labels, required_ratio=1.0, allowed_score=1.0)


def _refined(bench: Bench, objective: Objective, made: Made) -> Images:
    """Three times as long, the last third in finer steps: aims that pull apart settle slowly."""
    settings = bench.settings
    coarse = replace(settings, iterations=2 * settings.iterations)
    fine = replace(settings, step=settings.step / 4, batch=2 * settings.batch)
    start = _made(replace(bench, settings=coarse), objective)
    return _made(replace(bench, settings=fine), objective, start=start)


def _made(bench: Bench, objective: Objective, *, l2_weight: float = 0.0, start: Images | None = None) -> Images:
    settings = bench.settings
    return universal_noise(
        bench.data.train.images,
        bench.classifier,
        objective,
        budget=Linf(settings.limit),
        step=settings.step,
        iterations=settings.iterations,
        batch=settings.batch,
        l2_weight=l2_weight,
        start=start,
        seed=settings.seed,
    )
