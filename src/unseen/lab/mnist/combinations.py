"""The report on combinations of noises: every sum of them, and which class gives in to which."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from unseen.lab import figures, paper_a
from unseen.lab.mnist.settings import CLASSES, Bench
from unseen.lab.report import Figure, Section, Table, number, percent

Found = Mapping[str, Any]
_DIGITS = tuple(map(str, range(CLASSES)))


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
                png=_by_digit(matrix, "target", "target", form=".0%", legend="accuracy"),
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
                png=_by_digit(
                    limits, "target of the noise", "digit written", form=".2f", legend="limit at which half give in"
                ),
                caption="The limit, as a share of a pixel's range, at which half of a digit's images give in.",
            ),
            Figure(
                name="surrender",
                png=_by_digit(shares, "target of the noise", "digit written", form=".0%", legend="share that gives in"),
                caption=f"The share of a digit's images that give in at the limit of {bench.settings.limit:g}.",
            ),
        ),
    )


def _by_digit(matrix: Tensor, xlabel: str, ylabel: str, *, form: str, legend: str) -> bytes:
    """A value (10, 10) for every pair of digits."""
    return figures.heat_map(
        matrix, rows=_DIGITS, columns=_DIGITS, xlabel=xlabel, ylabel=ylabel, form=form, legend=legend
    )


def _numeric(matrix: list[list[float | None]]) -> list[list[float]]:
    return [[float("nan") if value is None else value for value in row] for row in matrix]


def _listed(one: Mapping[str, Any]) -> str:
    return ", ".join(map(str, one["targets"]))


def _extreme(values: Tensor) -> str:
    """The digit of the largest value."""
    return _DIGITS[int(values.argmax())]
