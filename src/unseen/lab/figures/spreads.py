"""Distributions and tables of numbers; each function returns PNG bytes."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from unseen.lab.figures.frame import HEIGHT, NO_LEVELS, PERCENT, Levels, Values, finished, in_percent, numbers, wrapped
from unseen.lab.figures.style import BLUE, INK, WIDTH, looks, png, sheet


def boxes(
    groups: Mapping[str, Values], *, xlabel: str, ylabel: str, percent: bool = False, levels: Levels = NO_LEVELS
) -> bytes:
    """One box a group, from quartile to quartile with the median in it; the whiskers reach the extremes."""
    with sheet(HEIGHT) as figure:
        axes = figure.subplots()
        axes.boxplot(
            [_known(values) for values in groups.values()],
            tick_labels=wrapped(list(groups)),
            whis=(0, 100),
            widths=0.55,
            patch_artist=True,
            boxprops={"facecolor": "#cfe3f1", "edgecolor": BLUE},
            medianprops={"color": INK, "linewidth": 2},
            whiskerprops={"color": BLUE},
            capprops={"color": BLUE},
        )
        axes.tick_params(axis="x", length=0)
        return finished(figure, axes, xlabel=xlabel, ylabel=ylabel, percent=percent, levels=levels)


def histogram(
    groups: Mapping[str, Values], *, xlabel: str, ylabel: str, percent: bool = False, bins: int = 30
) -> bytes:
    """How often values occur in each group, in the same bins; `percent` is of the values, which lie across."""
    values = {name: numbers(given) for name, given in groups.items()}
    edges = np.histogram_bin_edges(_known(np.concatenate(list(values.values()))), bins)
    with sheet(HEIGHT) as figure:
        axes = figure.subplots()
        for (name, own), look in zip(values.items(), looks(groups), strict=True):
            counts, _ = np.histogram(own, edges)
            axes.stairs(counts, edges, fill=True, color=look.edge, alpha=0.25)
            axes.stairs(counts, edges, color=look.edge, linestyle=look.line, linewidth=1.8, label=name)
        if percent:
            in_percent(axes.xaxis)
        return finished(figure, axes, xlabel=xlabel, ylabel=ylabel, named=len(groups) > 1)


def heat_map(
    matrix: np.ndarray | Tensor | Sequence[Sequence[float]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    xlabel: str,
    ylabel: str,
    form: str = ".2f",
    legend: str = "",
) -> bytes:
    """A table of numbers in which darker is more; NaN is left blank.

    Args:
        matrix: (rows, columns).
        xlabel, ylabel: what columns and rows are.
        form: how a number is written, such as ".0%".
        legend: what the numbers are.
    """
    values = np.asarray(matrix, dtype=float)
    known = _known(values.ravel())

    def told(value: float) -> str:
        return format(value, form).replace("%", PERCENT)

    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    with sheet(1.2 + 0.72 * WIDTH * len(rows) / max(len(columns), 8)) as figure:
        axes = figure.subplots()
        image = axes.imshow(values, cmap="Blues", aspect="auto", vmin=low, vmax=high)
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = "white" if value - low > 0.55 * (high - low) else INK
                axes.text(column, row, told(value), ha="center", va="center", color=colour, fontsize=9)
        axes.set_xticks(range(len(columns)), wrapped(columns))
        axes.set_yticks(range(len(rows)), rows)
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        scale = figure.colorbar(image, label=legend, fraction=0.04, format=lambda value, _: told(value))
        scale.outline.set_visible(False)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        return png(figure)


def _known(values: Values) -> np.ndarray:
    found = numbers(values)
    return found[np.isfinite(found)]
