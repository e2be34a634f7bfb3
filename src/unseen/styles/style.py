"""A style as a treatment of photos: a generator, how much of it, and whose colours."""

from dataclasses import dataclass, field
from typing import Any

from unseen.photo.photo import Pixels
from unseen.schemes.settings import setting
from unseen.styles.networks import Generator
from unseen.styles.stylise import painted_small

SMALLEST_EDGE = 64
"""Pixels a side, below which there is nothing to paint on."""


@dataclass(frozen=True, kw_only=True)
class StyleSpec:
    """Where a style comes from.

    Attributes:
        name: as the user wrote it, options included.
        source: where its weights come from, in human words.
        sha256: of the weights file, None where there is none.
        licence: of the weights, in human words.
    """

    name: str
    source: str
    sha256: str | None
    licence: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Style:
    """Repaint a photo; no network is asked what it reads, so nothing is promised about any of them.

    Strokes are a few pixels wide whatever the photo's size: painted at the size of a modern camera, they cannot be seen
    on a screen and cost a minute. So a large photo is painted at about the size of a screen, and the change laid on it.

    The fields that `setting` made are what a user chooses; the others say with what.
    """

    spec: StyleSpec
    generator: Generator = field(repr=False)
    strength: float = setting(1.0, "share of the style's change that is made, 0 to 1")
    keep_colour: bool = setting(False, "whether the photo's own colours stay and only its light changes")
    edge: int = setting(1024, "longer side, in pixels, at which a style is painted; 0 is the photo's own")

    def __post_init__(self) -> None:
        require_style_setting("strength", self.strength)
        require_style_setting("edge", self.edge)

    def __call__(self, pixels: Pixels) -> Pixels:
        """The photo (H, W, C) uint8 in sRGB, C 1 or 3, any H and W, in this style: the same shape."""
        edge = self.edge or max(pixels.shape[:2])
        return painted_small(pixels, self.generator, edge, strength=self.strength, keep_colour=self.keep_colour)


def require_style_setting(name: str, value: Any) -> None:
    """Refuse a setting out of its range, before anything is loaded for it."""
    if name == "strength" and not 0 <= value <= 1:
        raise ValueError(f"strength is {value}: give a number from 0 to 1")
    if name == "edge" and not (value == 0 or value >= SMALLEST_EDGE):
        raise ValueError(f"edge is {value}: give at least {SMALLEST_EDGE}, or 0 for the photo's own size")
