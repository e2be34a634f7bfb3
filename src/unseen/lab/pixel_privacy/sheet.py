"""Figure 1: photos below each other, and beside each what every approach makes of it and what is read in that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from unseen.lab.figures.style import GREEN, VERMILION, WIDTH, png, sheet
from unseen.photo.photo import Pixels

_EDGE = 360
"""Pixels of the longer side of what is drawn: more cannot be seen at this size."""
_LINE, _FOOT = 0.18, 0.34
"""Inches for a line of the names above, and for the answer below each picture."""
_ROOM = 5
"""Columns that letters of the usual size have room for; more columns have smaller ones."""
_LETTERS = 17


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A picture and what a network says it is.

    Attributes:
        pixels: (H, W, C) uint8.
        right: whether the answer is.
    """

    pixels: Pixels
    answer: str
    right: bool


def example_sheet(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The sheet as PNG; every row has one cell a head."""
    pictures = [[_small(cell.pixels) for cell in row] for row in rows]
    wide = WIDTH / len(heads)
    tall = [max(part.shape[0] / part.shape[1] for part in row) * 0.96 * wide + _FOOT for row in pictures]
    above = _LINE * (0.5 + max(head.count("\n") + 1 for head in heads))
    smaller = min(1.0, _ROOM / len(heads))
    with sheet(above + sum(tall)) as figure:
        figure.set_layout_engine("none")
        top = sum(tall)
        scale = above + sum(tall)
        for column, head in enumerate(heads):
            place = ((column + 0.5) * wide / WIDTH, (sum(tall) + 0.06) / scale)
            figure.text(*place, head, ha="center", fontsize=9 * smaller)
        for row, parts, height in zip(rows, pictures, tall, strict=True):
            for column, (cell, part) in enumerate(zip(row, parts, strict=True)):
                room = (column * wide + 0.02 * wide, top - height + _FOOT, 0.96 * wide, height - _FOOT)
                axes = figure.add_axes((room[0] / WIDTH, room[1] / scale, room[2] / WIDTH, room[3] / scale), anchor="S")
                axes.imshow(part, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
                axes.set_axis_off()
                figure.text(
                    (column + 0.5) * wide / WIDTH,
                    (top - height + 0.2) / scale,
                    f"{'✓' if cell.right else '✗'} {_short(cell.answer)}",
                    ha="center",
                    fontsize=8 * smaller,
                    color=VERMILION if cell.right else GREEN,
                    fontweight="bold" if cell.right else "normal",
                )
            top -= height
        return png(figure)


def _small(pixels: Pixels) -> np.ndarray:
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    picture.thumbnail((_EDGE, _EDGE), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _short(name: str) -> str:
    """The first of a class's names, cut to fit below a picture."""
    name = name.partition(",")[0].replace("_", " ")
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
