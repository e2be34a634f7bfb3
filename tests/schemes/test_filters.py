from pathlib import Path

import numpy as np
import pytest

from unseen.photo import Photo
from unseen.schemes.filters import LOOKS, Filter

from .pictured import photo

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def filtered(look: str, pixels: np.ndarray) -> np.ndarray:
    return Filter(look=look)(Photo(path=Path("photo.png"), format="png", pixels=pixels)).pixels


def ramp(channels: int = 3) -> np.ndarray:
    return np.arange(256, dtype=np.uint8)[None, :, None].repeat(channels, 2)


@pytest.mark.parametrize("look", LOOKS)
def test_the_formula_in_floats(look: str) -> None:
    pixels = photo(60, 80).pixels
    settings = LOOKS[look]
    grey = (pixels @ LUMA)[..., None]
    tones = grey + settings.saturation * (pixels - grey)
    tones = (tones.clip(0, 255) - 127.5) * settings.contrast + 127.5
    tones = (tones * settings.gains).clip(0, 255)
    expected = settings.black + tones * (255 - settings.black) / 255
    # Pillow rounds between the two halves, and steep tones make more of that.
    steepest = settings.contrast * max(settings.gains)
    assert np.abs(filtered(look, pixels) - expected).max() <= 1.5 * steepest + 0.5


@pytest.mark.parametrize("look", LOOKS)
def test_brighter_stays_brighter_and_white_bright(look: str) -> None:
    steps = np.diff(filtered(look, ramp())[0].astype(int), axis=0)
    assert steps.min() >= 0
    assert steps.max() <= 2  # no posterised skies
    assert filtered(look, ramp())[0, 255].max() >= 230


@pytest.mark.parametrize("look", ["faded", "black-and-white", "vivid"])
def test_these_do_not_colour_greys(look: str) -> None:
    assert (np.ptp(filtered(look, ramp()).astype(int), axis=2) <= 1).all()


def test_what_their_names_say() -> None:
    pixels = photo(60, 80).pixels
    means = {look: filtered(look, pixels).astype(float).mean((0, 1)) for look in LOOKS}
    before = pixels.astype(float).mean((0, 1))
    tint = {look: (mean - before)[0] - (mean - before)[2] for look, mean in means.items()}
    spread = {look: np.ptp(filtered(look, pixels).astype(float), axis=2).mean() for look in LOOKS}
    unfiltered = np.ptp(pixels.astype(float), axis=2).mean()
    assert tint["warm"] > 20
    assert tint["cool"] < -20
    assert spread["black-and-white"] == 0
    assert spread["faded"] < 0.7 * unfiltered
    assert spread["vivid"] > 1.2 * unfiltered
    assert filtered("faded", ramp())[0, 0].min() >= 30


@pytest.mark.parametrize("look", LOOKS)
def test_a_grey_photo_stays_grey(look: str) -> None:
    original = photo(channels=1)
    result = Filter(look=look)(original).pixels
    assert result.shape == original.pixels.shape
    assert not np.array_equal(result, original.pixels)


@pytest.mark.parametrize("look", LOOKS)
def test_alpha_stays_and_so_does_the_original(look: str) -> None:
    original = photo(alpha=True)
    before = original.pixels.copy()
    result = Filter(look=look)(original, seed=3)
    assert result.alpha is original.alpha
    assert np.array_equal(original.pixels, before)
    assert result.pixels.flags.writeable


def test_a_look_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match=r"^look is 'sepia': choose one of warm, cool, faded"):
        Filter(look="sepia")
