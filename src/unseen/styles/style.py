"""A style as a treatment of photos: a generator, how much of it, and whose colours."""

from dataclasses import dataclass, field

from unseen.photo.photo import Pixels
from unseen.schemes.settings import require_at_least, setting
from unseen.styles.networks import Generator
from unseen.styles.stylise import painted_small


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

    The fields that `setting` made are what a user chooses; the others say with what.
    """

    spec: StyleSpec
    generator: Generator = field(repr=False)
    strength: float = setting(1.0, "share of the style's change that is made, 0 to 1")
    keep_colour: bool = setting(False, "whether the photo's own colours stay and only its light changes")
    edge: int | None = setting(None, "longer side, in pixels, at which a network paints; by default the photo's own")

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise ValueError(f"strength is {self.strength}: give a number from 0 to 1")
        if self.edge is not None:
            require_at_least("edge", self.edge, 64)

    def __call__(self, pixels: Pixels) -> Pixels:
        """The photo (H, W, C) uint8 in sRGB, C 1 or 3, any H and W, in this style: the same shape."""
        edge = self.edge or max(pixels.shape)
        return painted_small(pixels, self.generator, edge, strength=self.strength, keep_colour=self.keep_colour)
