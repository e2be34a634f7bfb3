"""What all charts have in common: their numbers, labels, axes and legend."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from unseen.lab.figures.style import INK, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Values = Sequence[float | None] | Sequence[float] | np.ndarray | Tensor
"""Numbers; None and NaN where there is none."""
Levels = Mapping[str, float]
"""Values to compare with, such as guessing: a dashed line each, told in the legend."""

HEIGHT = 3.4
"""Of a chart, in inches."""
NO_LEVELS: Levels = {}
PERCENT = "\N{NO-BREAK SPACE}%"
_LETTERS = 84
"""That fit side by side below a chart."""


def numbers(values: Values) -> np.ndarray:
    """Values as floats, with NaN where there is none."""
    return np.array([np.nan if value is None else float(value) for value in values])


def wrapped(labels: Sequence[str]) -> list[str]:
    """Labels in lines short enough to stand side by side below a chart, words kept whole."""
    room = _room(labels)
    return [textwrap.fill(label, room, break_long_words=False) for label in labels]


def fit(labels: Sequence[str]) -> bool:
    """Whether labels can stand side by side below a chart."""
    return all(len(word) <= _room(labels) for label in labels for word in label.split())


def finished(
    figure: "Figure",
    axes: "Axes",
    *,
    xlabel: str,
    ylabel: str,
    percent: bool = False,
    levels: Levels = NO_LEVELS,
    named: bool = False,
    lying: bool = False,
) -> bytes:
    """The chart with its levels, axes and legend as PNG.

    Args:
        percent: values in [0, 1] are written as 0 to 100 %.
        named: there are series to be told in a legend.
        lying: values run across instead of up.
    """
    for (name, level), line in zip(levels.items(), ("--", ":", "-.", "-"), strict=False):
        draw = axes.axvline if lying else axes.axhline
        draw(level, color=INK, linestyle=line, linewidth=1.1, zorder=1, label=name)
    if percent:
        in_percent(axes.xaxis if lying else axes.yaxis)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    told = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=lambda entry: entry[1] in levels)
    if told and (named or levels):
        handles, names = zip(*told, strict=True)
        columns = len(names) if len("".join(names)) + 5 * len(names) <= _LETTERS else 2
        figure.legend(handles, names, loc="outside upper left", ncols=columns)
    return png(figure)


def in_percent(axis: "Axis") -> None:
    """Write the numbers 0 to 1 of an axis as 0 to 100 %."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1, symbol=PERCENT))


def _room(labels: Sequence[str]) -> int:
    return max(6, _LETTERS // max(1, len(labels)) - 1)
