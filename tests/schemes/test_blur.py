import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from unseen.schemes.blur import Blur

from .pictured import photo


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("radius", [1.0, 2.0, 5.0])
def test_it_is_a_gaussian(radius: float, channels: int) -> None:
    original = photo(200, 260, channels)
    blurred = Blur(radius=radius)(original).pixels
    sigma = radius / 100 * 200
    expected = gaussian_filter(original.pixels.astype(float), (sigma, sigma, 0), mode="nearest", truncate=6)
    assert blurred.shape == original.pixels.shape
    difference = np.abs(blurred - expected)
    inside = difference[30:-30, 30:-30]  # Pillow's is made of three boxes, each with a border of its own
    assert difference.mean() < 2
    assert inside.mean() < 1.4
    assert inside.max() <= 3


def test_a_point_becomes_as_wide_as_was_asked() -> None:
    point = photo(201, 201, 1)
    point.pixels[:] = 0
    point.pixels[60:141, 60:141] = 255
    blurred = Blur(radius=3.0)(point).pixels[100, :, 0].astype(float)
    slope = np.diff(blurred[:100])
    mean = (slope * np.arange(99)).sum() / slope.sum()
    deviation = np.sqrt((slope * (np.arange(99) - mean) ** 2).sum() / slope.sum())
    assert deviation == pytest.approx(6.03, rel=0.05)  # an edge blurred has the Gaussian as its slope


def test_large_and_small_copies_of_a_photo_look_alike() -> None:
    small = photo(60, 60)
    large = photo(240, 240)
    large.pixels[:] = small.pixels.repeat(4, 0).repeat(4, 1)
    shrunk = Blur(radius=5.0)(large).pixels.reshape(60, 4, 60, 4, 3).mean((1, 3))
    assert np.abs(shrunk - Blur(radius=5.0)(small).pixels)[5:-5, 5:-5].mean() < 2


def test_alpha_stays_and_so_does_the_original() -> None:
    original = photo(alpha=True)
    before = original.pixels.copy()
    blurred = Blur()(original, seed=3)
    assert blurred.alpha is original.alpha
    assert np.array_equal(original.pixels, before)
    assert blurred.pixels.flags.writeable
    assert np.array_equal(blurred.pixels, Blur()(original).pixels)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2)])
def test_a_tiny_photo_stays_one(shape: tuple[int, int]) -> None:
    assert Blur()(photo(*shape)).pixels.shape == (*shape, 3)


@pytest.mark.parametrize("radius", [0, -1, float("nan")])
def test_a_radius_that_makes_no_sense_is_named(radius: float) -> None:
    with pytest.raises(ValueError, match=f"^radius is {radius!r}"):
        Blur(radius=radius)
