"""The grid of values that an 8-bit file can hold: k/255."""

import torch
from torch import Tensor

LEVELS = 255
"""The largest value of an 8-bit channel; 1 in [0, 1] is this many levels."""


def quantise(images: Tensor) -> Tensor:
    """The nearest k/255 (rounded, never truncated), within [0, 1]."""
    return images.mul(LEVELS).round_().clamp_(0, LEVELS).div_(LEVELS)


def on_grid(images: Tensor) -> Tensor:
    """Images (B, C, H, W) rounded to k/255.

    Raises:
        ValueError: something else than a batch of photos in [0, 1].
    """
    if images.ndim != 4 or images.shape[1] not in (1, 3) or 0 in images.shape:
        raise ValueError(f"images have shape {tuple(images.shape)}: give (B, C, H, W), not empty, with C 1 or 3")
    if not images.is_floating_point() or not bool(((images >= 0) & (images <= 1)).all()):
        raise ValueError(f"images are {images.dtype} beyond [0, 1] or not floats: divide 8-bit values by 255")
    return quantise(images.to(torch.float32))
