from typing import Any

import numpy as np
import pytest
from PIL import Image

from unseen.photo import encode, read_photo_bytes
from unseen.pictures import PictureScheme
from unseen.schemes.crop import Crop

from .pictured import photo


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("ratio", "box"), [(0.5, (16, 12, 48, 36)), (0.7, (9, 7, 54, 41)), (1.0, (0, 0, 64, 48))])
def test_the_centre_is_what_pillow_cuts(ratio: float, box: tuple[int, ...], channels: int) -> None:
    original = photo(channels=channels)
    cropped = Crop(ratio=ratio)(original)
    image = Image.fromarray(original.pixels[..., 0] if channels == 1 else original.pixels)
    assert np.array_equal(cropped.pixels, np.asarray(image.crop(box)).reshape(box[3] - box[1], box[2] - box[0], -1))


def test_by_default_half_of_the_area_is_kept() -> None:
    cropped = Crop()(photo(200, 300))
    assert cropped.pixels[..., 0].size == pytest.approx(200 * 300 / 2, rel=0.03)


def test_a_random_part_is_somewhere_in_the_photo_and_alpha_goes_with_it() -> None:
    original = photo(alpha=True)
    everything = np.dstack([original.pixels, original.alpha])  # type: ignore[list-item]
    windows = np.lib.stride_tricks.sliding_window_view(everything, (24, 32), axis=(0, 1))
    places = set()
    for seed in range(8):
        part = Crop(ratio=0.5, place="random")(original, seed=seed)
        assert part.alpha is not None
        cut = np.dstack([part.pixels, part.alpha]).transpose(2, 0, 1)
        (found,) = np.argwhere((windows == cut).all((2, 3, 4)))
        places.add(tuple(found.tolist()))
    assert len(places) > 4


def test_seed_and_content_decide_the_place() -> None:
    crop = Crop(ratio=0.3, place="random")
    first, other = photo(), photo(seed=1)
    assert np.array_equal(crop(first, seed=2).pixels, crop(first, seed=2).pixels)
    assert not np.array_equal(crop(first, seed=2).pixels, crop(first, seed=3).pixels)
    corners = [np.argwhere((one.pixels == crop(one).pixels[0, 0]).all(2)).tolist() for one in (first, other)]
    assert corners[0] != corners[1]


@pytest.mark.parametrize("place", ["centre", "random"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 2)])
def test_a_tiny_photo_keeps_a_pixel(place: str, shape: tuple[int, int]) -> None:
    cropped = Crop(ratio=0.1, place=place)(photo(*shape))
    assert cropped.pixels.shape == (1, max(1, round(shape[1] * 0.1)), 3)


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("place", ["centre", "random"])
def test_it_can_be_saved_and_the_original_stays(place: str, alpha: bool) -> None:
    original = photo(alpha=alpha)
    before = original.pixels.copy()
    scheme: PictureScheme = Crop(place=place)
    cropped = scheme(original, seed=5)
    data = encode(cropped, cropped.pixels, format="png", encoding=cropped.encoding)
    again = read_photo_bytes(data, cropped.path)
    assert np.array_equal(again.pixels, cropped.pixels)
    assert alpha == (again.alpha is not None)
    assert np.array_equal(original.pixels, before)
    assert original.pixels.shape[:2] == (48, 64)


@pytest.mark.parametrize(
    ("name", "value"), [*[("ratio", value) for value in (0, -1, 1.01, float("nan"))], ("place", "corner")]
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        Crop(**{name: value})
