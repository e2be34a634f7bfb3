import io

import numpy as np
import pytest
from PIL import Image

from unseen.report import amplified_change, preview, preview_jpeg


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("shape", "size", "mode"),
    [
        ((600, 1200, 3), (640, 320), "RGB"),
        ((1200, 600, 1), (320, 640), "L"),
        ((10, 20, 3), (20, 10), "RGB"),
        ((1, 1, 3), (1, 1), "RGB"),
        ((1, 5000, 3), (640, 1), "RGB"),
    ],
)
def test_previews_fit(shape: tuple[int, int, int], size: tuple[int, int], mode: str) -> None:
    picture = opened(preview_jpeg(np.full(shape, 77, dtype=np.uint8)))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", size, mode)
    assert abs(np.asarray(picture).astype(int) - 77).max() <= 2
    assert not picture.getexif()


def test_noise_can_be_previewed() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    assert opened(preview_jpeg(noise)).size == (640, 498)


def test_amplified_change() -> None:
    original = np.array([100, 100, 100, 0, 255, 100], dtype=np.uint8).reshape(1, 6, 1)
    protected = np.array([100, 104, 96, 255, 0, 101], dtype=np.uint8).reshape(1, 6, 1)
    assert amplified_change(original, protected, 10).ravel().tolist() == [128, 168, 88, 255, 0, 138]
    assert amplified_change(original, protected, 1).ravel().tolist() == [128, 132, 124, 255, 0, 129]
    assert amplified_change(original, protected, 200).ravel().tolist() == [128, 255, 0, 255, 0, 255]


def test_the_largest_change_fills_the_range() -> None:
    original = np.full((16, 16, 3), 100, dtype=np.uint8)
    pictures = preview(original, original - 4)
    assert pictures.amplification == 32
    assert pictures.noise
    assert np.asarray(opened(pictures.noise)).max() <= 2


def test_nothing_changed_is_grey() -> None:
    original = np.full((16, 16, 1), 100, dtype=np.uint8)
    assert np.asarray(opened(preview(original, original).noise or b"")).mean() == pytest.approx(128, abs=1)


def test_pictures_of_different_sizes_have_no_difference() -> None:
    pictures = preview(np.zeros((8, 9, 3), dtype=np.uint8), np.zeros((8, 8, 3), dtype=np.uint8))
    assert (pictures.noise, pictures.amplification) == (None, None)
