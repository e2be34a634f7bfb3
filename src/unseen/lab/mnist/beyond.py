"""The report's second half: what the paper says without showing it, leaves open, or could not do."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from unseen.lab import figures, paper_a
from unseen.lab.mnist.noises import BEST, PAPER
from unseen.lab.mnist.per_image import per_image_schemes
from unseen.lab.mnist.settings import CLASSES, Bench, first
from unseen.lab.report import Figure, Section, Table, number, percent

Found = Mapping[str, Any]
_DIGITS = tuple(map(str, range(CLASSES)))
_SHOWN = 8
_EVEN = "ln 10 = 2.303"


def every_sum(bench: Bench, found: Found) -> Section:
    """All 1,023 sums of the paper's noises."""
    by_size = {size: found[f"sums-of-{size}"] for size in range(1, CLASSES + 1)}
    matrix = torch.full((CLASSES, CLASSES), torch.nan)
    for one in (*by_size[1], *by_size[2]):
        low, high = one["targets"][0], one["targets"][-1]
        matrix[low, high] = matrix[high, low] = one["accuracy"]
    sums = [one for size in by_size.values() for one in size]
    lowest, highest = (choose(sums, key=lambda one: one["accuracy"]) for choose in (min, max))
    return Section(
        title=f"Every sum: all {len(sums):,} choices of targets",
        paragraphs=(
            f"The paper: {paper_a.COMBINATIONS} Here is every one of them, on the first "
            f"{bench.settings.sum_images:,} test images, clipped to the range of pixels only. With few targets "
            "one noise undoes part of another; with many the sum grows until it covers the digit: it protects by "
            f"being seen. Accuracies go from {percent(lowest['accuracy'])} (targets {_listed(lowest)}) to "
            f"{percent(highest['accuracy'])} (targets {_listed(highest)}).",
        ),
        tables=(
            Table(
                columns=("Targets in the sum", "Sums", "Accuracy, least", "mean", "most", "Mean entropy (ICE)"),
                rows=tuple(
                    (
                        str(size),
                        str(len(ones)),
                        percent(min(one["accuracy"] for one in ones)),
                        percent(sum(one["accuracy"] for one in ones) / len(ones)),
                        percent(max(one["accuracy"] for one in ones)),
                        number(sum(one["ice"] for one in ones) / len(ones)),
                    )
                    for size, ones in by_size.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="pairs",
                png=figures.heat_map(
                    matrix,
                    rows=_DIGITS,
                    columns=_DIGITS,
                    xlabel="target",
                    ylabel="target",
                    form=".0%",
                    legend="accuracy",
                ),
                caption="Accuracy under the sum of two noises; the diagonal holds the single ones.",
            ),
            Figure(
                name="sums",
                png=figures.boxes(
                    {str(size): [one["accuracy"] for one in ones] for size, ones in by_size.items()},
                    xlabel="targets in the sum",
                    ylabel="accuracy",
                    percent=True,
                ),
                caption="Accuracy under every sum, by the number of its targets: quartiles, median and extremes.",
            ),
        ),
    )


def distances(bench: Bench, found: Found) -> Section:
    """Which class gives in to which, and at which limit."""
    shares, limits = (torch.tensor(_numeric(found["surrender"][key])) for key in ("shares", "limits"))
    for matrix in (shares, limits):
        matrix.fill_diagonal_(torch.nan)
    drawn, given = shares.nanmean(0), shares.nanmean(1)
    return Section(
        title="The distance of classes",
        paragraphs=(
            f"The paper: {paper_a.DISTANCE} This is a way to measure it: the limit at which half of the images of one "
            "digit (row) are read as another (column) when the other's noise grows. Blank: not even at the full limit.",
            f"At the full limit {_extreme(drawn)} is the easiest to imitate: {percent(drawn.max().item())} of the "
            f"other digits are read as it; {_extreme(-drawn)} is the hardest ({percent(drawn.min().item())}). The "
            f"digit that gives in most often is {_extreme(given)} ({percent(given.max().item())}), the one that gives "
            f"in least often {_extreme(-given)} ({percent(given.min().item())}).",
            f"On the first {bench.settings.distance_images:,} test images. The noise is that of the full limit, scaled "
            "down; noise made for a smaller limit could do a little better.",
        ),
        figures=(
            Figure(
                name="distances",
                png=figures.heat_map(
                    limits,
                    rows=_DIGITS,
                    columns=_DIGITS,
                    xlabel="target of the noise",
                    ylabel="digit written",
                    form=".2f",
                    legend="limit at which half give in",
                ),
                caption="The limit, as a share of a pixel's range, at which half of a digit's images give in.",
            ),
            Figure(
                name="surrender",
                png=figures.heat_map(
                    shares,
                    rows=_DIGITS,
                    columns=_DIGITS,
                    xlabel="target of the noise",
                    ylabel="digit written",
                    form=".0%",
                    legend="share that gives in",
                ),
                caption=f"The share of a digit's images that give in at the limit of {bench.settings.limit:g}.",
            ),
        ),
    )


def joint(found: Found) -> Section:
    """One noise for several aims at once: the frontier of accuracy against entropy."""
    scores = {
        name.removeprefix("noise-joint-"): score for name, score in found.items() if name.startswith("noise-joint-")
    }
    named = {name.removeprefix("sum-"): score for name, score in found.items() if name.startswith("sum-")}
    points = {**scores, **{f"sum {name}" if len(name) < 19 else "sum of all": score for name, score in named.items()}}
    return Section(
        title="Beyond sums: one noise optimised for all of an aim",
        paragraphs=(
            "A sum of noises exceeds the limit of each, and one noise undoes what another does. Instead, one noise "
            "can be optimised for the whole aim within the limit: away from the true digit (“untargeted”), among "
            "several targets, towards an even answer (“confusion”), or between the last and the first "
            "(“confusion+away”, by the weight of the latter).",
            "Two things make an image private: that the network is wrong (accuracy low), and that it is in doubt "
            f"(entropy, ICE, high; at most {_EVEN}). One universal noise buys the one at the price of the other.",
        ),
        tables=(
            Table(
                columns=("Noise", "Accuracy", "Entropy (ICE)", "Mean absolute noise"),
                rows=tuple(
                    (name, percent(score["accuracy"]), number(score["ice"]), number(score["mean_abs"]))
                    for name, score in points.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="frontier",
                png=figures.scatter(
                    [score["ice"] for score in points.values()],
                    [score["accuracy"] for score in points.values()],
                    xlabel="mean entropy of the answer (ICE), nats",
                    ylabel="accuracy",
                    labels=list(points),
                    percent=True,
                ),
                caption="Accuracy against entropy under universal noises. Private is low and to the right.",
            ),
        ),
    )


def each_image(bench: Bench, found: Found) -> Section:
    """Noise made for each image by itself."""
    scores = {name.removeprefix("per-image-"): score for name, score in found.items() if name.startswith("per-image-")}
    digits = first(bench.test, _SHOWN)
    pictures, titles = list(digits.images), [f"{digit}" for digit in digits.labels.tolist()]
    for name, scheme in per_image_schemes(bench.settings.limit, _SHOWN).items():
        pictures += list(
            scheme(digits.images, bench.classifier, seed=bench.settings.seed, references=digits.labels).images
        )
        titles += [name] + [""] * (_SHOWN - 1)
    return Section(
        title="A noise for each image",
        paragraphs=(
            "One noise for all images has to serve them all. A noise for each image, within the same limit, hides "
            "the digit and leaves the network in doubt at once; the schemes are those of the photo lab. It has to be "
            "computed for each image, which the universal noise need not.",
            "Private means: accuracy low, entropy high. “Replace” makes the network sure of a wrong digit, "
            "“indistinguish” adds the noises of two digits, “among” asks for an even answer between two, “uniform” "
            "for one among all ten.",
        ),
        tables=(
            Table(
                columns=(
                    "Scheme",
                    "Images",
                    "Accuracy",
                    "Entropy (ICE)",
                    "Goal reached",
                    "Mean absolute noise",
                    "Steps",
                ),
                rows=tuple(
                    (
                        name,
                        f"{score['images']:,}",
                        percent(score["accuracy"]),
                        number(score["ice"], 3),
                        percent(score["achieved"]),
                        number(score["mean_abs"], 3),
                        number(score["iterations"], 1),
                    )
                    for name, score in scores.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="each-image",
                png=figures.picture_grid(pictures, titles, columns=_SHOWN),
                caption=f"The first {_SHOWN} test images, and below them the same with the noise of each scheme.",
            ),
        ),
    )


def another_network(found: Found) -> Section:
    """What a network reads that the noise was not made against."""
    of_targets = {
        f"targets, {method}": [found[f"noise-{kind}-{digit}"] for digit in _DIGITS]
        for kind, method in ((PAPER, "the paper's method"), (BEST, "best"))
    }
    groups = {
        "no noise": [found["clean"]],
        **of_targets,
        "untargeted": [found["noise-joint-untargeted"]],
        "confusion": [found["noise-joint-confusion"]],
        **{f"each image: {name.removeprefix('per-image-')}": [found[name]] for name in found if "per-image-" in name},
    }
    means = {
        label: [
            sum(score["accuracy"] for score in scores) / len(scores),
            sum(score["other"]["accuracy"] for score in scores) / len(scores),
            sum(score["other"]["ice"] for score in scores) / len(scores),
        ]
        for label, scores in groups.items()
    }
    return Section(
        title="Read by another network",
        paragraphs=(
            "Whoever collects images reads them with a network of their own. This one has another architecture and "
            "was trained from another seed; no noise was made against it. Images are as many as in the tables above.",
        ),
        tables=(
            Table(
                columns=(
                    "Noise",
                    "Accuracy of the network it was made against",
                    "of the other",
                    "Entropy of the other",
                ),
                rows=tuple(
                    (label, percent(own), percent(accuracy), number(ice))
                    for label, (own, accuracy, ice) in means.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="another-network",
                png=figures.bars(
                    list(means),
                    {
                        "made against it": [values[0] for values in means.values()],
                        "another network": [values[1] for values in means.values()],
                    },
                    ylabel="accuracy",
                    percent=True,
                    levels={"guessing": 1 / CLASSES},
                ),
                caption="Accuracy of the network that the noise was made against, and of another one.",
            ),
        ),
    )


def _numeric(matrix: list[list[float | None]]) -> list[list[float]]:
    return [[float("nan") if value is None else value for value in row] for row in matrix]


def _listed(one: Mapping[str, Any]) -> str:
    return ", ".join(map(str, one["targets"]))


def _extreme(values: Tensor) -> str:
    """The digit of the largest value."""
    return _DIGITS[int(values.argmax())]
