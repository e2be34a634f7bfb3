"""A mosaic of squares: what people know, for comparison. It takes from everybody what it takes from a network."""

from dataclasses import dataclass, replace

from unseen.photo import Photo
from unseen.pictures import from_pillow, to_pillow
from unseen.schemes.settings import require_at_least, setting


@dataclass(frozen=True, kw_only=True)
class Pixelate:
    """Replace every square of the photo by its mean colour; those at the right and lower border may be cut."""

    squares: int = setting(48, "squares of a mosaic along the photo's shorter side")

    def __post_init__(self) -> None:
        require_at_least("squares", self.squares, 1)

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The pixelated photo; its alpha stays as it is, and nothing is random."""
        height, width = photo.pixels.shape[:2]
        side = max(1, round(min(height, width) / self.squares))
        means = from_pillow(to_pillow(photo.pixels).reduce(side))
        return replace(photo, pixels=means.repeat(side, 0).repeat(side, 1)[:height, :width])
