"""The published CartoonGAN weights on a real photo; skipped where they are not at hand."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from unseen.styles import Style, style_named
from unseen.styles.instance_norm import with_statistics_of
from unseen.styles.stylise import stylised

from .pictures import Pixels, pixels_of, tensor_of


@pytest.fixture(scope="module")
def hayao(shared: Path) -> Style:
    return style_named(f"style:hayao?weights={shared}/weights/cartoongan_hayao.safetensors")


@pytest.fixture(scope="module")
def cat() -> Pixels:
    picture = Image.fromarray(data.chelsea()[:, 75:375])
    return np.asarray(picture.resize((144, 144), Image.Resampling.BICUBIC))


def test_no_coloured_bands_along_the_borders(hayao: Style, cat: Pixels) -> None:
    """In the middle of its own reflection a photo has no border, so that shows what borders should look like."""
    far = 96
    wide = tensor_of(np.pad(cat, ((far, far), (far, far), (0, 0)), mode="reflect"))
    fixed = with_statistics_of(hayao.generator, wide)
    expected = pixels_of(fixed(wide))[far:-far, far:-far].astype(int)
    bands = np.abs(pixels_of(fixed(tensor_of(cat))) - expected)
    assert bands[:4].mean() > 10
    assert bands[:, -4:].mean() > 5
    assert np.abs(stylised(cat, fixed) - expected).max() <= 3
