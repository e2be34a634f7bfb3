"""The one look of all figures, and how a figure becomes PNG bytes; no state of matplotlib is left changed."""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.0
"""Of a figure, in inches; pages show it about 900 pixels wide."""
DPI = 160

INK, QUIET, LINE, RAIL = "#1d1f23", "#5c6068", "#c9ccd2", "#ececec"
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"
"""Of the palette by Okabe and Ito, which colour-blind people tell apart."""

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": LINE,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": QUIET,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.dpi": DPI,
    "figure.constrained_layout.h_pad": 0.07,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": RAIL,
    "hatch.linewidth": 0.9,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "text.color": INK,
    "xtick.color": LINE,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.color": LINE,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9.5,
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a series is drawn, such that it is told apart in greys as well."""

    fill: str
    edge: str
    marker: str
    hatch: str = ""
    line: str = "-"


_KNOWN = {
    "paper": Look(fill="white", edge=QUIET, marker="o", hatch="////", line="--"),
    "ours": Look(fill=BLUE, edge=BLUE, marker="s"),
    "best": Look(fill=ORANGE, edge=ORANGE, marker="D"),
}
"""What stands side by side in every lab, by the first word of a series' name."""
_OTHERS = (
    Look(fill=BLUE, edge=BLUE, marker="o"),
    Look(fill=ORANGE, edge=ORANGE, marker="^"),
    Look(fill=GREEN, edge=GREEN, marker="v", line="-."),
    Look(fill="white", edge=PURPLE, marker="P", hatch="....", line="--"),
    Look(fill="white", edge=SKY, marker="X", hatch="xxxx", line=":"),
    Look(fill=VERMILION, edge=VERMILION, marker="d", line=":"),
)


def looks(names: Iterable[str]) -> list[Look]:
    """One look a series: `paper` is hollow, `ours` and `best` have their colours, others take what those leave."""
    words = [re.split(r"\W", name, maxsplit=1)[0].casefold() for name in names]
    taken = {_KNOWN[word].edge for word in words if word in _KNOWN}
    others = cycle([look for look in _OTHERS if look.edge not in taken])
    return [_KNOWN[word] if word in _KNOWN else next(others) for word in words]


@contextmanager
def sheet(height: float) -> "Iterator[Figure]":
    """An empty white figure of `height` inches in the one style, which holds within the block: finish with `png`."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", _STYLE]):
        yield Figure(figsize=(WIDTH, height), layout="constrained")


def png(figure: "Figure") -> bytes:
    """The figure as PNG; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
