"""Random noise of a protection's size: what the same change is worth when it is aimed at nothing."""

import numpy as np
import torch

from unseen.photo.photo import Pixels
from unseen.randomness import generator_for


def sign_noise(original: Pixels, protected: Pixels, *, seed: int) -> Pixels:
    """The original with as large a change as the copy's, up or down by chance at every colour value.

    Both changes have the same mean square, so the same PSNR, up to values that end at black or white. As pixels have
    whole levels, a change of 7.4 is one of 7 at some values and of 8 at others.

    Args:
        original, protected: (H, W, C) uint8, of one shape.
        seed: with the photo's content it decides the signs.
    """
    square = float(np.square(protected.astype(np.float32) - original).mean())
    lower = int(square**0.5)
    share = (square - lower**2) / (2 * lower + 1)  # of the values that change by one level more
    image = torch.from_numpy(original).permute(2, 0, 1) / 255
    random = np.random.default_rng(generator_for(image, seed).initial_seed())
    change = lower + (random.random(original.shape, np.float32) < share).astype(np.int16)
    np.negative(change, out=change, where=random.random(original.shape, np.float32) < 0.5)
    return np.clip(original + change, 0, 255).astype(np.uint8)
