"""Bars, lines and points; each function returns PNG bytes.

A series whose name begins with `paper`, `ours` or `best` looks the same in every chart.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from unseen.lab.figures.frame import HEIGHT, NO_LEVELS, PERCENT, Levels, Values, finished, fit, numbers, wrapped
from unseen.lab.figures.style import BLUE, ORANGE, QUIET, looks, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TOLD = 12
"""Up to this many bars have their value written on them."""


def bars(
    labels: Sequence[str],
    series: Mapping[str, Values],
    *,
    ylabel: str,
    xlabel: str = "",
    percent: bool = False,
    levels: Levels = NO_LEVELS,
) -> bytes:
    """Groups of bars, one group a label and one bar a series; they lie where the labels are too long to stand below.

    Args:
        series: name -> one value a label.
        ylabel: what the values are.
        xlabel: what the labels are.
    """
    lying = not fit(labels)
    count = len(labels) * len(series)
    width = 0.8 / len(series)
    with sheet(max(HEIGHT, 0.9 + 0.21 * count) if lying else HEIGHT) as figure:
        axes = figure.subplots()
        draw = axes.barh if lying else axes.bar
        for index, ((name, values), look) in enumerate(zip(series.items(), looks(series), strict=True)):
            places = np.arange(len(labels)) + (index - (len(series) - 1) / 2) * width
            drawn = draw(
                places,
                numbers(values),
                0.9 * width,
                label=name,
                facecolor=look.fill,
                edgecolor=look.edge,
                hatch=look.hatch,
            )
            if count <= _TOLD:
                told = (lambda value: f"{100 * value:.1f}{PERCENT}") if percent else "{:.3g}"
                axes.bar_label(drawn, fmt=told, fontsize=9, padding=2)
        if lying:
            axes.set_yticks(range(len(labels)), labels)
            axes.invert_yaxis()
            axes.grid(axis="y", visible=False)
            axes.grid(axis="x")
            xlabel, ylabel = ylabel, xlabel
        else:
            axes.set_xticks(range(len(labels)), wrapped(labels))
        axes.tick_params(axis="y" if lying else "x", length=0)
        several = len(series) > 1
        return finished(
            figure, axes, xlabel=xlabel, ylabel=ylabel, percent=percent, levels=levels, named=several, lying=lying
        )


def lines(
    x: Values,
    series: Mapping[str, Values],
    *,
    xlabel: str,
    ylabel: str,
    percent: bool = False,
    levels: Levels = NO_LEVELS,
) -> bytes:
    """One line a series: name -> one value for each of `x`."""
    across = numbers(x)
    with sheet(HEIGHT) as figure:
        axes = figure.subplots()
        for (name, values), look in zip(series.items(), looks(series), strict=True):
            axes.plot(
                across,
                numbers(values),
                look.line,
                label=name,
                color=look.edge,
                marker=look.marker,
                markerfacecolor=look.fill,
            )
        if len(across) <= _TOLD and np.array_equal(across, across.round()):
            axes.set_xticks(across)
        axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
        named = len(series) > 1
        return finished(figure, axes, xlabel=xlabel, ylabel=ylabel, percent=percent, levels=levels, named=named)


def scatter(
    x: Values,
    y: Values,
    *,
    xlabel: str,
    ylabel: str,
    labels: Sequence[str] = (),
    trend: bool = False,
    percent: bool = False,
    levels: Levels = NO_LEVELS,
) -> bytes:
    """One point for each of `x` and `y`.

    Args:
        labels: written beside the points, where they have names.
        trend: draw the line of least squares and tell the correlation r.
        percent: of `y`.
    """
    across, up = numbers(x), numbers(y)
    with sheet(HEIGHT + (1.4 if len(labels) > _TOLD else 0.6)) as figure:
        axes = figure.subplots()
        axes.scatter(across, up, s=26, color=BLUE, alpha=1 if labels else 0.55, linewidths=0)
        if trend:
            _draw_trend(axes, across, up)
        axes.margins(0.08)
        if labels:
            _name_points(figure, axes, np.stack([across, up], 1), labels)
        return finished(figure, axes, xlabel=xlabel, ylabel=ylabel, percent=percent, levels=levels, named=trend)


def _draw_trend(axes: "Axes", across: np.ndarray, up: np.ndarray) -> None:
    known = np.isfinite(across) & np.isfinite(up)
    across, up = across[known], up[known]
    if len(np.unique(across)) < 2 or len(np.unique(up)) < 2:
        return  # no correlation is defined
    slope, base = np.polyfit(across, up, 1)
    ends = np.array([across.min(), across.max()])
    told = f"least squares, r = {np.corrcoef(across, up)[0, 1]:.2f}"
    axes.plot(ends, base + slope * ends, color=ORANGE, linewidth=2.2, label=told)


_PLACES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1), (1, 2), (-1, 2), (1, -2), (-1, -2))
"""Where a name may stand from its point, the best first: lefts and rights, and lines up."""
_LETTER, _LINE = 5.4, 12.0
"""Of a name of 9 points, in points."""


def _name_points(figure: "Figure", axes: "Axes", places: np.ndarray, labels: Sequence[str]) -> None:
    """Write each name where it covers no point and no other name, if there is such a place near it."""
    room = 0.86 * 72 * figure.get_size_inches()  # about what the axes get of the figure, in points
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    points = (places - low) / (high - low) * room
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    for label, point, place in zip(labels, points, places, strict=True):
        if not np.isfinite(point).all():
            continue
        width = _LETTER * len(label)
        boxes = {side: _box_beside(point, width, side) for side in _PLACES}
        inside = (side for side, box in boxes.items() if min(box) >= 0 and box[2] <= room[0] and box[3] <= room[1])
        free = (side for side in inside if not _covers(boxes[side], taken))
        side = next(free, _PLACES[0])
        taken.append(boxes[side])
        align = {1: "left", 0: "center", -1: "right"}[side[0]]
        lead = {"arrowstyle": "-", "color": QUIET, "linewidth": 0.6, "shrinkB": 3} if abs(side[1]) > 1 else None
        offset = (6 * side[0], _LINE * side[1])
        axes.annotate(
            label, tuple(place), offset, textcoords="offset points", ha=align, va="center", fontsize=9, arrowprops=lead
        )


Box = tuple[float, float, float, float]


def _box_beside(point: np.ndarray, width: float, side: tuple[int, int]) -> Box:
    """Left, bottom, right and top of a name of this width beside a point."""
    left = point[0] + {1: 6, 0: -width / 2, -1: -width - 6}[side[0]]
    bottom = point[1] + _LINE * side[1] - _LINE / 2
    return left, bottom, left + width, bottom + _LINE


def _covers(box: Box, taken: Sequence[Box]) -> bool:
    return any(
        box[0] < right and left < box[2] and box[1] < top and below < box[3] for left, below, right, top in taken
    )
