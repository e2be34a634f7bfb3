"""Schemes that make another picture of a photo: a crop, a blur, a filter, a style.

Noise is computed on a small canvas against networks and laid on the photo. These schemes look at no network: they work
on the photo's own pixels at their full size, and what they give back may have another size. So they come first: noise
is laid on their picture, and a picture scheme alone is a protection as well.
"""

from typing import Protocol

import numpy as np
from PIL import Image

from unseen.photo import Photo
from unseen.photo.photo import Pixels


class PictureScheme(Protocol):
    """A way to protect that changes the picture as a whole: frozen settings and one call."""

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The photo with other pixels, and with alpha of their size; the given one stays as it is.

        Args:
            photo: of any size, grey or in colours.
            seed: with the photo's content it decides every random choice.

        Returns:
            as many channels as before; height, width and colour profile may differ, the rest is the photo's.
        """
        ...


def to_pillow(pixels: Pixels) -> Image.Image:
    """Pixels (H, W, C) uint8 as a picture of mode L or RGB."""
    return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))


def from_pillow(picture: Image.Image) -> Pixels:
    """A picture of mode L or RGB as pixels (H, W, C) uint8."""
    return np.array(picture).reshape(picture.height, picture.width, -1)
