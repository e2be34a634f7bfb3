"""The grid of values that an 8-bit file can hold: k/255."""

from torch import Tensor

LEVELS = 255
"""The largest value of an 8-bit channel; 1 in [0, 1] is this many levels."""


def quantise(images: Tensor) -> Tensor:
    """The nearest k/255 (rounded, never truncated), within [0, 1]."""
    return images.mul(LEVELS).round_().clamp_(0, LEVELS).div_(LEVELS)
