"""Everything that the lab measures, by name: each is done once, and a run can be resumed between any two."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from unseen.budget import Linf
from unseen.lab.mnist.measure import (
    answers,
    choices,
    errors_by_answer,
    limits_of_surrender,
    noise_score,
    score,
    summed,
    surrender,
)
from unseen.lab.mnist.noises import PAPER, of_each_target
from unseen.lab.mnist.per_image import per_image_schemes
from unseen.lab.mnist.settings import CLASSES, Bench, first
from unseen.lab.paper_a import SUMS
from unseen.metrics import mean_abs
from unseen.types import Images, Scheme

Measurement = Callable[[], Any]
Noises = Mapping[str, Images]


def measurements(bench: Bench, noises: Noises) -> Mapping[str, Measurement]:
    """Name -> what measures a number, or a table of them, that JSON can hold."""
    paper = of_each_target(noises, PAPER)
    named = {"+".join(map(str, known.targets)): summed(paper, known.targets) for known in SUMS}
    limit = Linf(bench.settings.limit)
    counts = {"uniform": bench.settings.test_images}
    return {
        "clean": partial(_by_both, bench, None),
        **{f"noise-{name}": partial(_by_both, bench, noise) for name, noise in noises.items()},
        **{f"sum-{name}": partial(_by_both, bench, noise) for name, noise in named.items()},
        **{f"clipped-{name}": partial(_by_both, bench, limit.within(noise)) for name, noise in named.items()},
        **{f"sums-of-{size}": partial(_sums, bench, paper, size) for size in range(1, CLASSES + 1)},
        "surrender": partial(_surrender, bench, paper),
        **{
            f"per-image-{name}": partial(_per_image, bench, scheme, counts.get(name, bench.settings.scheme_images))
            for name, scheme in per_image_schemes(bench.settings.limit, len(bench.test.labels)).items()
        },
    }


def _by_both(bench: Bench, noise: Images | None) -> dict[str, Any]:
    """The two networks' scores, and where the first one's errors go."""
    size = {} if noise is None else {"mean": noise.mean().item(), "mean_abs": noise.abs().mean().item()}
    logits = answers(bench.classifier, bench.test.images, noise)
    return {
        **score(logits, bench.test.labels),
        **size,
        "errors": errors_by_answer(logits, bench.test.labels),
        "other": noise_score(bench.other, bench.test, noise),
    }


def _sums(bench: Bench, paper: Images, size: int) -> list[dict[str, Any]]:
    """Every sum of `size` of the paper's noises."""
    digits = first(bench.data.test, bench.settings.sum_images)
    return [
        {"targets": targets, **noise_score(bench.classifier, digits, summed(paper, targets))}
        for targets in choices(size)
    ]


def _surrender(bench: Bench, paper: Images) -> dict[str, Any]:
    """Which class (row) gives in to which (column): the share at the limit, and the limit at which half does."""
    digits = first(bench.data.test, bench.settings.distance_images)
    shares = surrender(bench.classifier, digits, paper)
    return {"shares": shares[-1].tolist(), "limits": limits_of_surrender(shares, bench.settings.limit)}


def _per_image(bench: Bench, scheme: Scheme, count: int) -> dict[str, Any]:
    """What a scheme does to each image by itself."""
    digits = first(bench.test, count)
    protected = scheme(digits.images, bench.classifier, seed=bench.settings.seed, references=digits.labels)
    return {
        **score(answers(bench.classifier, protected.images), digits.labels),
        "images": len(digits.labels),
        "mean_abs": mean_abs(digits.images, protected.images).mean().item(),
        "achieved": protected.achieved.double().mean().item(),
        "iterations": protected.iterations.double().mean().item(),
        "other": score(answers(bench.other, protected.images), digits.labels),
    }
