"""Figure 12: how undecided a network is, and how large the noise, against the number of target classes."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any

import torch

from unseen.ascent import LANES
from unseen.budget import Linf
from unseen.grid import quantise
from unseen.lab import paper_a
from unseen.lab.figures import lines
from unseen.lab.imagenet.bench import Bench, Row, as_rows, best_replacement, joint, rows_once
from unseen.lab.imagenet.pictures import Sample, answers
from unseen.lab.report import NOT_RUN, Figure, Section, Table, number, percent
from unseen.metrics import ice, icp, mean_abs
from unseen.schemes.settings import PAPER_EPSILON
from unseen.schemes.targets import candidate_targets, original_logits
from unseen.types import Flags, Images, Labels

CHUNK = 8
KINDS = {"sum": "sum of single noises", "clipped": "sum, clipped to the limit", "joint": "joint"}
SHORT = ("sum", "clipped", "joint")
Points = Sequence[Mapping[str, Any]]


def figure12_rows(bench: Bench, samples: Sequence[Sample]) -> list[Row]:
    """For each photo, what 0, 1, 2, ... target classes do to it: one list of classes, of which the first n are used."""

    def compute(images: Images, labels: Labels) -> list[Row]:
        targets = _targets(bench, images, labels)
        noises, reached = _single_noises(bench, images, targets)
        points = [_point(bench, images, labels, noises, targets[:, :count]) for count in range(targets.shape[1] + 1)]
        return [
            {"reached": reached[photo].tolist()} | {kind: [point[kind][photo] for point in points] for kind in KINDS}
            for photo in range(len(images))
        ]

    return rows_once(bench, samples, "classes", compute, doing="Several classes", chunk=CHUNK)


def figure12_numbers(rows: Sequence[Row]) -> list[Row]:
    """Means over the photos for every number of targets; `ratio` is a median, and null without targets."""
    return [
        {"targets": count} | {kind: _over_photos([row[kind][count] for row in rows]) for kind in KINDS}
        for count in range(len(rows[0]["sum"]))
    ]


def _targets(bench: Bench, images: Images, labels: Labels) -> Labels:
    """Random classes outside the top five, (B, n)."""
    scheme, count = best_replacement(bench.extent), bench.extent.classes
    logits = original_logits(images, bench.reader, LANES)
    return candidate_targets(
        images, logits, labels, top_k=scheme.top_k, draws=scheme.draws, count=count, seed=bench.seed, together=count
    )


def _single_noises(bench: Bench, images: Images, targets: Labels) -> tuple[Images, Flags]:
    """The noise of class replacement toward each target alone, (B, n, C, h, w), and whether it reached it, (B, n).

    A noise that did not reach its class is kept: the paper tells of no second try.
    """
    count = targets.shape[1]
    repeated = images.repeat_interleave(count, 0)
    single = best_replacement(bench.extent).toward_candidates(repeated, bench.reader, targets.reshape(-1, 1))
    return (single.images - repeated).unflatten(0, (-1, count)), single.achieved.unflatten(0, (-1, count))


def _point(bench: Bench, images: Images, labels: Labels, noises: Images, targets: Labels) -> dict[str, list[Row]]:
    """What the first n targets do, by kind: a row a photo."""
    count = targets.shape[1]
    total = noises[:, :count].sum(1)
    clipped = Linf(PAPER_EPSILON).project_on_grid(total, images)
    released = {
        "sum": quantise(images + total),
        "clipped": quantise(images + clipped),
        "joint": _joint(bench, images, labels, targets) if count else images,
    }
    return {kind: _scores(bench, images, picture, labels, targets) for kind, picture in released.items()}


def _joint(bench: Bench, images: Images, labels: Labels, targets: Labels) -> Images:
    """Pictures on which all targets are to be equally likely."""
    return joint(bench.extent, targets.shape[1]).toward_targets(images, bench.reader, targets, labels).images


def _scores(bench: Bench, images: Images, released: Images, labels: Labels, targets: Labels) -> list[Row]:
    """What the network reads in the released pictures, and how much they changed."""
    logits = answers(bench.reader, released)
    columns = {"ice": ice(logits), "icp": icp(logits, labels), "mean_abs": mean_abs(images, released)}
    probabilities = logits.softmax(1).gather(1, targets)
    columns["mass"] = probabilities.sum(1)
    if targets.shape[1]:
        columns["ratio"] = probabilities.amax(1) / probabilities.amin(1).clamp_min(torch.finfo(torch.float32).tiny)
    return as_rows(columns)


def _over_photos(rows: Sequence[Mapping[str, float]]) -> Row:
    values: Row = {name: fmean(row[name] for row in rows) for name in ("ice", "icp", "mean_abs", "mass")}
    return values | {"ratio": median(row["ratio"] for row in rows) if "ratio" in rows[0] else None}


def figure12_section(numbers: Points, rows: Sequence[Row]) -> Section:
    """Figure 12 in two drawings and a table."""
    reached = [each for row in rows for each in row["reached"]]
    return Section(
        title="Several classes at once (Figure 12)",
        paragraphs=(
            "Class indistinguishability (CIS) wants the network undecided between several random classes. The paper "
            "adds up the noises that were made for each class alone, and cuts the sum at black and white only: n "
            "classes may change a value by n times the limit. The same sum clipped to the limit of a single noise is "
            "the fair comparison, and “joint” asks for the undecided answer itself, in one ascent within that limit.",
            f"In the paper: {' '.join(paper_a.FIGURE_12)}",
            f"Measured on {len(rows)} photos. Every photo has one list of {len(numbers) - 1} random classes outside "
            "the network's best five, each the least unlikely of eight draws; the first n of it are used. The single "
            f"noises are those of our best class replacement; {percent(fmean(reached))} of them reached 99 % alone, "
            "the others are kept as they are.",
            "A high entropy alone does not say that the n classes share the answer: the second table tells how even "
            "they are, and what is left to the true class.",
        ),
        tables=(_undecided(numbers), _even(numbers)),
        figures=(_entropy(numbers), _noise(numbers)),
    )


def _entropy(numbers: Points) -> Figure:
    counts = [point["targets"] for point in numbers]
    series: dict[str, list[float | None]] = {
        name: [point[kind]["ice"] for point in numbers] for kind, name in KINDS.items()
    }
    series["paper (without noise)"] = [None if count else paper_a.FIGURE_12_ENTROPY_BEFORE for count in counts]
    series["ln n: n equally likely classes"] = [math.log(max(1, count)) for count in counts]
    return Figure(
        name="figure-12-entropy",
        png=lines(counts, series, xlabel="target classes", ylabel="entropy of the answer (nats)"),
        caption=(
            "Figure 12, entropy: how undecided the network is about a released photo, against the number of target "
            "classes. Above ln n it is more undecided than between n equally likely classes. Means over the photos."
        ),
    )


def _noise(numbers: Points) -> Figure:
    series = {name: [point[kind]["mean_abs"] for point in numbers] for kind, name in KINDS.items()}
    return Figure(
        name="figure-12-noise",
        png=lines(
            [point["targets"] for point in numbers],
            series,
            xlabel="target classes",
            ylabel="mean absolute change (share of the range)",
        ),
        caption="Figure 12, noise: what the classes cost. The sum grows with every class, the others keep the limit.",
    )


def _undecided(numbers: Points) -> Table:
    columns = ("classes n", "ln n", *(f"entropy, {name}" for name in SHORT), *(f"noise, {name}" for name in SHORT))
    rows = tuple(
        (
            str(point["targets"]),
            number(math.log(max(1, point["targets"])), 2),
            *(number(point[kind]["ice"], 2) for kind in KINDS),
            *(number(point[kind]["mean_abs"], 4) for kind in KINDS),
        )
        for point in numbers
    )
    caption = "Means over the photos: entropy of the answer in nats, and mean absolute change as a share of the range."
    return Table(columns=columns, rows=rows, caption=caption)


def _even(numbers: Points) -> Table:
    columns = (
        "classes n",
        *(f"{what}, {name}" for what in ("true class", "the n classes", "ratio") for name in SHORT),
    )
    rows = tuple(
        (
            str(point["targets"]),
            *(percent(point[kind]["icp"]) for kind in KINDS),
            *(percent(point[kind]["mass"]) for kind in KINDS),
            *(_ratio(point[kind]["ratio"]) for kind in KINDS),
        )
        for point in numbers
    )
    caption = (
        "The probability that is left to the true class and that of the n classes together (means), and how many times "
        "as likely as the least likely of the n classes the most likely one is (median photo): 1 is a perfect tie."
    )
    return Table(columns=columns, rows=rows, caption=caption)


def _ratio(value: float | None) -> str:
    return NOT_RUN if value is None else f"{value:,.1f}" if value < 1e4 else f"{value:.0e}"
