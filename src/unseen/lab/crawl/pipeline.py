"""Figure 1 of the paper, drawn with this run's numbers: people, a platform, a crawler, networks."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unseen.lab.figures.style import BLUE, INK, LINE, ORANGE, QUIET, WIDTH, png, sheet
from unseen.lab.report import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = 6
"""Networks that have a box of their own."""
_ROW, _HEAD = 0.72, 0.42
_STATIONS = {"People": 0.08, "Platform": 1.78, "Crawler": 3.36, "Networks": 4.86}
"""Where each box begins, in inches from the left."""
_WIDTHS = {"People": 1.3, "Platform": 1.18, "Crawler": 1.1, "Networks": 2.06}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A network at the end of the way, and how often its first guess is the true label, in [0, 1]."""

    name: str
    before: float | None
    after: float | None


def pipeline(photos: str, platform: str, endings: Sequence[Ending]) -> bytes:
    """The way of photos to networks, as PNG.

    Args:
        photos: how many people share, such as "10 photos".
        platform: what it does, in a few words.
        endings: the networks.
    """
    shown = list(endings[:_SHOWN])
    rows = len(shown) + (len(endings) > _SHOWN)
    height = max(rows, 2) * _ROW
    with sheet(_HEAD + height + 0.08) as figure:
        axes = figure.subplots()
        axes.set(xlim=(0, WIDTH), ylim=(0, _HEAD + height + 0.08))
        axes.set_axis_off()
        for name, left in _STATIONS.items():
            axes.text(left, height + 0.2, name, fontsize=10.5, fontweight="bold", va="bottom")
        lanes = {BLUE: 0.75 * height, ORANGE: 0.25 * height}
        for (colour, middle), words in zip(lanes.items(), ("raw", "protected"), strict=True):
            _box(axes, "People", middle, 0.42 * height, f"{photos}\n{words}", colour)
            _arrow(axes, "People", "Platform", middle, middle, colour)
            _arrow(axes, "Platform", "Crawler", middle, middle, colour)
        _box(axes, "Platform", height / 2, 0.92 * height, textwrap.fill(platform, 15), LINE)
        _box(axes, "Crawler", height / 2, 0.92 * height, "downloads all\nthat it finds", LINE)
        for number, ending in enumerate(shown):
            _ending(axes, ending, height - (number + 0.5) * height / rows, height)
        if rows > len(shown):
            text = f"and {len(endings) - _SHOWN} more"
            axes.text(_STATIONS["Networks"], 0.5 * height / rows, text, fontsize=9, color=QUIET, va="center")
        return png(figure)


def _ending(axes: "Axes", ending: Ending, middle: float, height: float) -> None:
    """A network's box: its name, and the two shares with the colours of the lanes."""
    left = _STATIONS["Networks"] + 0.1
    _box(axes, "Networks", middle, 0.62, "", LINE)
    _arrow(axes, "Crawler", "Networks", height / 2 + 0.35 * (middle - height / 2), middle, QUIET)
    axes.text(left, middle + 0.14, _short(ending.name), fontsize=9, va="center")
    for share, colour, offset in ((ending.before, BLUE, 0.05), (ending.after, ORANGE, 1.05)):
        axes.plot(left + offset, middle - 0.14, "o", color=colour, markersize=6)
        axes.text(left + offset + 0.12, middle - 0.14, percent(share), fontsize=9.5, fontweight="bold", va="center")
    axes.text(left + 0.8, middle - 0.14, "→", fontsize=9.5, color=QUIET, va="center")


def _box(axes: "Axes", station: str, middle: float, height: float, text: str, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, width = _STATIONS[station], _WIDTHS[station]
    corner = (left + 0.06, middle - height / 2 + 0.06)
    shape = FancyBboxPatch(
        corner, width - 0.12, height - 0.12, "round,pad=0.06", facecolor="white", edgecolor=colour, linewidth=1.6
    )
    axes.add_patch(shape)
    axes.text(left + width / 2, middle, text, fontsize=9, ha="center", va="center", color=INK, linespacing=1.4)


def _arrow(axes: "Axes", station: str, following: str, start: float, end: float, colour: str) -> None:
    tail = (_STATIONS[station] + _WIDTHS[station] + 0.05, start)
    head = (_STATIONS[following] - 0.05, end)
    axes.annotate(
        "", head, tail, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    )


def _short(name: str) -> str:
    """A name cut at its beginning, where paths hold the least."""
    return name if len(name) <= 26 else f"…{name[-25:]}"
