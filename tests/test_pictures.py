import numpy as np
import pytest
from PIL import Image

from unseen.pictures import from_pillow, to_pillow


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_there_and_back(channels: int, mode: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), dtype=np.uint8)
    picture = to_pillow(pixels)
    assert (picture.mode, picture.size) == (mode, (7, 5))
    again = from_pillow(picture)
    assert np.array_equal(again, pixels)
    assert again.flags.writeable


def test_a_part_of_an_array_is_a_picture_too() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(to_pillow(pixels[2:8:2, 1:6])), pixels[2:8:2, 1:6])
    assert to_pillow(pixels[..., :1][::2]).getpixel((3, 1)) == pixels[2, 3, 0]
    assert isinstance(to_pillow(pixels), Image.Image)
