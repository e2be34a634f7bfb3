"""A colour grade on photos: at full size, in files, and before noise."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from unseen.protect import Protection, settings_of
from unseen.schemes import Away, Chain, Enhance

ENHANCE = Enhance(max_iterations=20)


def shades(pixels: np.ndarray) -> np.ndarray:
    """Every colour as one number."""
    return pixels.astype(np.int64) @ np.array([65536, 256, 1])


def read(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("size", [(64, 48), (900, 700)])
def test_the_same_colour_becomes_the_same_colour_everywhere(draw, protect, protection: Protection, size) -> None:
    source = draw("a.png", size=size)
    (row,) = protect(source, by=replace(protection, scheme=ENHANCE))
    before, after = shades(read(source)).ravel(), shades(read(row.output)).ravel()
    assert row.error is None
    order = np.argsort(before, kind="stable")
    same = before[order][1:] == before[order][:-1]
    assert same.any()
    assert (after[order][1:] == after[order][:-1])[same].all()
    assert (before != after).any()


def test_noise_comes_on_top_of_the_grade(draw, protect, protection: Protection, tmp_path) -> None:
    source = draw("a.png", size=(640, 480))
    chain = Chain(schemes=(ENHANCE, Away(epsilon=8 / 255)))
    (row,) = protect(source, by=replace(protection, scheme=chain))
    (graded,) = protect(source, by=replace(protection, scheme=ENHANCE), output=tmp_path / "graded")
    assert row.status == "protected"
    assert np.abs(read(row.output).astype(int) - read(graded.output)).max() <= 8
    told = settings_of(replace(protection, scheme=chain))
    assert [part["scheme"] for part in told["schemes"]] == ["Enhance", "Away"]
    assert (told["schemes"][1]["epsilon"], told["schemes"][1]["epsilon_levels"]) == (8 / 255, 8)
    assert told["lanes"] == 4


def test_a_grey_photo_stays_grey(draw, protect, protection: Protection) -> None:
    (row,) = protect(draw("grey.png", mode="L"), by=replace(protection, scheme=ENHANCE))
    with Image.open(row.output) as image:
        assert image.mode == "L"
