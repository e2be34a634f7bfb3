"""Gaussian blur: what people know, for comparison. It takes from everybody what it takes from a network."""

from dataclasses import dataclass, replace

from PIL import ImageFilter

from unseen.photo import Photo
from unseen.pictures import from_pillow, to_pillow
from unseen.schemes.settings import require_positive, setting


@dataclass(frozen=True, kw_only=True)
class Blur:
    """Blur the whole photo as photo editors do, as much of a large one as of a small one."""

    radius: float = setting(2.0, "standard deviation of a blur, in percent of the photo's shorter side")

    def __post_init__(self) -> None:
        require_positive("radius", self.radius)

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The blurred photo; its alpha stays as it is, and nothing is random."""
        sigma = self.radius / 100 * min(photo.pixels.shape[:2])
        blurred = to_pillow(photo.pixels).filter(ImageFilter.GaussianBlur(sigma))
        return replace(photo, pixels=from_pillow(blurred))
