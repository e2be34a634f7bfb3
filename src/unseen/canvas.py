"""The working copy that noise is computed on, and how the noise is laid on the photo itself.

Networks read a few hundred pixels, so the noise is computed on a canvas of at most `EDGE` pixels a side and then
enlarged: a 12-megapixel photo costs what a small one costs. A photo that fits is its own canvas.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from unseen.grid import LEVELS
from unseen.photo.photo import Pixels
from unseen.types import Images

EDGE = 384
"""Pixels a side of the square canvas; larger than the input of common networks, small enough to be cheap."""

_GRANULE = 32


def canvas_shape(height: int, width: int, *, keeps_aspect: bool) -> tuple[int, int]:
    """Height and width of a photo's canvas.

    Args:
        keeps_aspect: whether a network crops, so that the shape decides what it sees; otherwise all large photos
            share one square canvas and with it the lanes of a batch.
    """
    if not keeps_aspect or max(height, width) <= EDGE:
        return min(height, EDGE), min(width, EDGE)
    scale = min(1, EDGE / min(height, width))
    # Steps of 32 pixels make photos of nearly the same shape share a batch.
    rounded = (max(_GRANULE, round(side * scale / _GRANULE) * _GRANULE) for side in (height, width))
    tall, wide = (min(side, 2 * EDGE, limit) for side, limit in zip(rounded, (height, width), strict=True))
    return tall, wide


def working_copy(pixels: Pixels, shape: tuple[int, int]) -> Images:
    """The photo (H, W, C) uint8 on its canvas: (1, C, h, w) in [0, 1], on the k/255 grid."""
    if pixels.shape[:2] != shape:
        tall, wide = shape
        channels = [Image.fromarray(pixels[..., channel]) for channel in range(pixels.shape[2])]
        resized = [np.asarray(image.resize((wide, tall), Image.Resampling.BICUBIC)) for image in channels]
        pixels = np.stack(resized, -1)
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / LEVELS


def lay(noise: Tensor, pixels: Pixels) -> Pixels:
    """The photo (H, W, C) uint8 with the canvas' noise (C, h, w) in [0, 1] on it, rounded.

    Bilinear enlargement cannot exceed the noise's own limit.
    """
    protected = np.empty_like(pixels)
    for channel in range(pixels.shape[2]):  # one at a time, for memory
        plane = noise[None, None, channel] * LEVELS
        enlarged = F.interpolate(plane, pixels.shape[:2], mode="bilinear", align_corners=False)[0, 0]
        changed = enlarged.add_(torch.from_numpy(pixels[..., channel].copy())).round_().clamp_(0, LEVELS)
        protected[..., channel] = changed.to(torch.uint8).numpy()
    return protected
