"""Filters as photo apps have them: what people know, for comparison."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import ImageEnhance

from unseen.photo import Photo
from unseen.pictures import from_pillow, to_pillow
from unseen.schemes.settings import setting


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a filter does to colours and tones, in this order.

    Attributes:
        saturation: 0 is grey, 1 leaves colours as they are.
        contrast: slope of the tones around the middle, 1 leaves them as they are.
        gains: what red, green and blue are multiplied by.
        black: the level that black is lifted to; all others move with it, white least.
    """

    saturation: float = 1.0
    contrast: float = 1.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    black: float = 0.0

    def curve(self, channel: int) -> list[int]:
        """The level that each of the 256 levels of a channel becomes."""
        tones = ((level - 127.5) * self.contrast + 127.5 for level in range(256))
        coloured = (min(max(tone * self.gains[channel], 0.0), 255.0) for tone in tones)
        return [round(self.black + tone * (255.0 - self.black) / 255.0) for tone in coloured]


LOOKS: Mapping[str, Look] = {
    "warm": Look(gains=(1.12, 1.02, 0.84)),
    "cool": Look(gains=(0.86, 1.0, 1.12)),
    "faded": Look(saturation=0.6, contrast=0.8, black=40.0),
    "black-and-white": Look(saturation=0.0, contrast=1.15),
    "vivid": Look(saturation=1.6, contrast=1.15),
}
"""Looks by the names that people choose them by."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Give the photo one of a few ordinary looks."""

    look: str = setting("vivid", f"look of a filter: {', '.join(LOOKS)}")

    def __post_init__(self) -> None:
        if self.look not in LOOKS:
            raise ValueError(f"look is {self.look!r}: choose one of {', '.join(LOOKS)}")

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The filtered photo; a grey one stays grey, its alpha as it is, and nothing is random."""
        look = LOOKS[self.look]
        picture = to_pillow(photo.pixels)
        coloured = ImageEnhance.Color(picture.convert("RGB")).enhance(look.saturation)
        filtered = coloured.point([level for channel in range(3) for level in look.curve(channel)])
        return replace(photo, pixels=from_pillow(filtered.convert(picture.mode)))
