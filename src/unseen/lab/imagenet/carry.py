"""Does the noise made for one photo work on another? Every noise is laid on every photo."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from unseen.grid import quantise
from unseen.lab import paper_a
from unseen.lab.figures import heat_map
from unseen.lab.imagenet.bench import Bench, Row, page_name, paper_replacement, pictures, protected
from unseen.lab.imagenet.pictures import Sample, answers
from unseen.lab.report import Figure, Section, Table, percent
from unseen.metrics import icp
from unseen.randomness import generator_for
from unseen.types import Images, Labels, Logits

ROWS = {
    "none": "no noise",
    "own": "the noise made for it",
    "others": "the noise of another photo",
    "shuffled": "noise of the same size, shuffled",
}


def carry_numbers(bench: Bench, samples: Sequence[Sample]) -> Row:
    """What its own noise, others' noises and shuffled noises do to each of the samples, of which there must be two.

    `icp` is a matrix: with a noise (row) on a photo (column), the probability of the photo's true class.
    """
    return dict(bench.notebook.once(page_name("carry", samples), lambda: _numbers(bench, samples)))


def _numbers(bench: Bench, samples: Sequence[Sample]) -> Row:
    images, labels = pictures(bench, samples)
    noises = protected(bench, paper_replacement(bench.extent), images, labels).images - images
    mixed = [_shuffled(noise, image, bench.seed) for noise, image in zip(noises, images, strict=True)]
    before = answers(bench.reader, images)
    crossed = _crossed(bench, images, list(noises), "Carrying noise over")
    shuffled = _crossed(bench, images, mixed, "Carrying shuffled noise over")
    own = torch.eye(len(images), dtype=torch.bool)
    return {
        "photos": len(images),
        "none": _effect(before, before, labels),
        "own": _effect(crossed[own], before, labels),
        "others": _effect(crossed[~own], _columns(before, ~own), _columns(labels, ~own)),
        "shuffled": _effect(shuffled.flatten(0, 1), before.repeat(len(images), 1), labels.repeat(len(images))),
        "icp": icp(crossed, labels.expand(len(images), -1)).tolist(),
    }


def _shuffled(noise: Tensor, image: Tensor, seed: int) -> Tensor:
    """The same values in a random order: noise of the same size that means nothing."""
    order = torch.randperm(noise.numel(), generator=generator_for(image, seed))
    return noise.flatten()[order].view_as(noise)


def _crossed(bench: Bench, images: Images, noises: Sequence[Tensor], doing: str) -> Tensor:
    """Logits (noise, photo, K) with each noise on each photo."""
    each = bench.progress(noises, len(noises), doing)
    return torch.stack([answers(bench.reader, quantise(images + noise)) for noise in each])


def _columns(values: Tensor, pairs: Tensor) -> Tensor:
    """The photos' values (B, ...) for chosen pairs (noise, photo)."""
    return values[pairs.nonzero()[:, 1]]


def _effect(logits: Logits, before: Logits, labels: Labels) -> dict[str, float]:
    """Shares of answers that changed and that are not the true class, and the mean of its probability."""
    first = logits.argmax(1)
    columns = {"changed": first != before.argmax(1), "hidden": first != labels, "icp": icp(logits, labels)}
    return {name: column.double().mean().item() for name, column in columns.items()}


def carry_section(numbers: Mapping[str, Any]) -> Section:
    """The table, and the matrix of all pairs."""
    photos = numbers["photos"]
    table = Table(
        columns=("on a photo is laid", "answer changes", "true class is not the answer", "true class (ICP)"),
        rows=tuple(
            (name, *(percent(numbers[key][column]) for column in ("changed", "hidden", "icp")))
            for key, name in ROWS.items()
        ),
        caption=(
            f"Every noise of {photos} photos on every one of them, {photos * photos} pairs, with the paper's class "
            "replacement. A shuffled noise has the same values in a random order."
        ),
    )
    names = [str(photo + 1) for photo in range(photos)]
    figure = Figure(
        name="carried-noise",
        png=heat_map(
            [[100 * value for value in row] for row in numbers["icp"]],
            rows=names,
            columns=names,
            xlabel="on photo",
            ylabel="noise made for photo",
            form=".0f",
            legend="probability of the true class (%)",
        ),
        caption=(
            "The network's probability of each photo's true class, in percent, with each photo's noise on it. On the "
            "diagonal photo and noise belong together."
        ),
    )
    return Section(
        title="Noise on another photo",
        paragraphs=(
            f"The paper, in its discussion: {paper_a.CARRYING_OVER} All pictures have the network's own size here, so "
            "that any noise fits on any of them.",
        ),
        tables=(table,),
        figures=(figure,),
    )
