"""Photos at hand for schemes that work on their pixels."""

from pathlib import Path

import numpy as np

from unseen.photo import Photo


def photo(height: int = 48, width: int = 64, channels: int = 3, *, alpha: bool = False, seed: int = 0) -> Photo:
    """Soft shapes with some grain, as a PNG of that size would be read."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    waves = [np.sin(rows / (5 + channel) + columns / (9 - channel) + channel) for channel in range(channels)]
    pixels = 128 + 90 * np.stack(waves, -1) + random.integers(-9, 10, (height, width, channels))
    transparency = random.integers(0, 256, (height, width), dtype=np.uint8) if alpha else None
    return Photo(path=Path("photo.png"), format="png", pixels=pixels.clip(0, 255).astype(np.uint8), alpha=transparency)
