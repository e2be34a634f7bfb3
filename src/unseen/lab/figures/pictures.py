"""Figures made of pictures; each function returns PNG bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from torch import Tensor

from unseen.lab.figures.style import INK, LINE, QUIET, RAIL, VERMILION, WIDTH, png, sheet
from unseen.lab.report import percent
from unseen.photo.photo import Pixels
from unseen.report.layout import Answer, Reading
from unseen.report.pictures import GREY, amplified_change, largest_change

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

Picture = np.ndarray | Tensor
"""Floats in [0, 1] of (H, W) or (C, H, W), or uint8 (H, W, C), with C 1 or 3."""

_TITLE_HEIGHT = 0.32
_LONG_EDGE = 480
"""Larger photos are reduced: no more can be seen at this size."""
_LETTERS = 25
"""Of a class name that fit beside its probability."""
_BAR = "#a9aeb9"


@dataclass(frozen=True, kw_only=True)
class PhotoPanel:
    """A photo before and after protection.

    Attributes:
        title: what the panel shows.
        original, released: uint8 (H, W, C); there is no noise to show where their sizes differ.
        reference: the true class.
        before, after: the network's answers to the two.
    """

    title: str
    original: Pixels
    released: Pixels
    reference: str
    before: Reading
    after: Reading


def noise_panels(noises: Picture | Sequence[Picture], titles: Sequence[str], *, columns: int = 5) -> bytes:
    """Noises (N, H, W) on one scale, as the paper draws them: red adds to a pixel, blue takes away, white is zero."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("noise", ["#1238a8", "#ffffff", "#c01616"])
    patterns = [np.asarray(noise).reshape(np.shape(noise)[-2:]) for noise in noises]
    largest = max(float(np.abs(pattern).max()) for pattern in patterns) or 1.0
    with sheet(_grid_height(patterns, columns, bool(any(titles)))) as figure:
        cells = _cells(figure, titles, columns)
        for axes, pattern in zip(cells, patterns, strict=True):
            axes.set_axis_on()
            axes.set(xticks=(), yticks=())
            axes.spines[:].set(visible=True, color=LINE)
            image = axes.imshow(pattern, cmap=colours, vmin=-largest, vmax=largest, interpolation="nearest")
        scale = figure.colorbar(
            image, ax=cells, label="added to a pixel\n(1: its whole range)", fraction=0.03, aspect=30
        )
        scale.outline.set_visible(False)
        return png(figure)


def picture_grid(pictures: Sequence[Picture] | Picture, titles: Sequence[str], *, columns: int) -> bytes:
    """Pictures in rows of `columns`, each with its title above it."""
    shown = [_visible(picture) for picture in pictures]
    with sheet(_grid_height(shown, columns, bool(any(titles)))) as figure:
        for axes, pixels in zip(_cells(figure, titles, columns), shown, strict=True):
            axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="auto")
        return png(figure)


def photo_panels(panels: Sequence[PhotoPanel]) -> bytes:
    """Original, amplified noise and released photo, one panel below the other, with the five best answers to each.

    The noise is the difference of the two photos, made strong enough to be seen; the true class is marked.
    """
    heights = [0.95 * WIDTH / 3 * _shape_of(panel) + 2.35 for panel in panels]
    with sheet(sum(heights)) as figure:
        parts = figure.subfigures(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for part, panel in zip(parts, panels, strict=True):
            _draw_panel(part, panel)
        return png(figure)


def _draw_panel(part: "SubFigure", panel: PhotoPanel) -> None:
    part.suptitle(panel.title, x=0.006, ha="left", fontsize=12, fontweight="bold")
    noise, told = _noise(panel)
    cells = part.subplots(2, 3, height_ratios=[0.95 * WIDTH / 3 * _shape_of(panel), 1.55])
    heads = ("Original", told, "Released")
    for axes, pixels, head in zip(cells[0], (panel.original, noise, panel.released), heads, strict=True):
        if pixels is not None:
            axes.imshow(_reduced(pixels), cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
        axes.set_title(head, loc="left", color=QUIET)
        axes.set_axis_off()
    _draw_answers(cells[1][0], panel.before.top5, panel.reference)
    _draw_facts(cells[1][1], panel)
    _draw_answers(cells[1][2], panel.after.top5, panel.reference)


def _noise(panel: PhotoPanel) -> tuple[Pixels | None, str]:
    """The difference, made strong enough to be seen, and what it is called; None where the sizes differ."""
    if panel.original.shape != panel.released.shape:
        return None, "Another size: no noise to show"
    factor = max(1, GREY // max(1, largest_change(panel.original, panel.released)))
    told = f"Noise, {factor} times as strong" if factor > 1 else "Noise"
    return amplified_change(panel.original, panel.released, factor), told


def _draw_answers(axes: "Axes", answers: Sequence[Answer], reference: str) -> None:
    """One line of text and a bar below it for each answer; the true class in the accent colour."""
    axes.set(xlim=(0, 1), ylim=(5, 0))
    axes.set_axis_off()
    for row, answer in enumerate(answers):
        true = answer.label == reference
        text: dict[str, Any] = {"fontsize": 9, "color": VERMILION if true else INK}
        text["fontweight"] = "bold" if true else "normal"
        axes.text(0, row + 0.66, _short(answer.label), **text)
        axes.text(1, row + 0.66, percent(answer.probability), ha="right", **text)
        axes.barh(row + 0.8, 1, 0.13, color=RAIL)
        axes.barh(row + 0.8, answer.probability, 0.13, color=VERMILION if true else _BAR)


def _draw_facts(axes: "Axes", panel: PhotoPanel) -> None:
    axes.set(xlim=(0, 1), ylim=(5, 0))
    axes.set_axis_off()
    facts = [
        (_short(panel.reference), VERMILION),
        (f"{percent(panel.before.icp)} → {percent(panel.after.icp)}", VERMILION),
        (f"entropy {panel.before.ice:.2f} → {panel.after.ice:.2f} nats", INK),
    ]
    if panel.original.shape == panel.released.shape:
        change = np.abs(panel.released.astype(np.int16) - panel.original)
        facts += [
            (f"mean change {change.mean():.2f} of 255", INK),
            (f"largest change {change.max()} of 255", INK),
        ]
    for row, (text, colour) in enumerate(facts):
        axes.text(0, row + 0.66, text, fontsize=9, color=colour, fontweight="bold" if row == 0 else "normal")


def _cells(figure: "Figure", titles: Sequence[str], columns: int) -> "list[Axes]":
    """Empty axes without frames, one a title, in rows of `columns`."""
    rows = -(-len(titles) // columns)
    cells = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for axes in cells:
        axes.set_axis_off()
    for axes, title in zip(cells, titles, strict=False):
        axes.set_title(title)
    return cells[: len(titles)]


def _grid_height(pictures: Sequence[np.ndarray], columns: int, titled: bool) -> float:
    """In inches: the cells are as wide as the figure allows and as high as the pictures need."""
    rows = -(-len(pictures) // columns)
    tallest = max(picture.shape[0] / picture.shape[1] for picture in pictures)
    return rows * (0.9 * WIDTH / columns * tallest + titled * _TITLE_HEIGHT) + 0.1


def _visible(picture: Picture) -> np.ndarray:
    """Uint8 pixels (H, W) or (H, W, 3) of a picture."""
    pixels = np.asarray(picture)
    if pixels.dtype != np.uint8:
        pixels = np.rint(255 * pixels.clip(0, 1)).astype(np.uint8)
        pixels = np.moveaxis(pixels, 0, -1) if pixels.ndim == 3 else pixels
    return pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels


def _reduced(pixels: Pixels) -> np.ndarray:
    picture = Image.fromarray(_visible(pixels))
    picture.thumbnail((_LONG_EDGE, _LONG_EDGE), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _shape_of(panel: PhotoPanel) -> float:
    """Height by width."""
    return panel.original.shape[0] / panel.original.shape[1]


def _short(label: str) -> str:
    """The first of a class's names, cut to fit."""
    name = label.partition(",")[0]
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
