import numpy as np
import pytest

from unseen.schemes.pixelate import Pixelate

from .pictured import photo


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("shape", "squares", "side"), [((48, 64), 8, 6), ((50, 61), 7, 7), ((30, 90), 4, 8)])
def test_every_square_has_its_mean(shape: tuple[int, int], squares: int, side: int, channels: int) -> None:
    original = photo(*shape, channels).pixels
    mosaic = Pixelate(squares=squares)(photo(*shape, channels)).pixels
    assert mosaic.shape == original.shape
    for top in range(0, shape[0], side):
        for left in range(0, shape[1], side):
            square = np.s_[top : top + side, left : left + side]
            mean = original[square].astype(float).mean((0, 1))
            assert (mosaic[square] == mosaic[top, left]).all()
            assert np.abs(mosaic[top, left] - mean).max() <= 0.6  # Pillow's integers


def test_as_many_squares_as_were_asked_for() -> None:
    mosaic = Pixelate(squares=16)(photo(480, 640)).pixels
    borders = np.flatnonzero((mosaic[1:] != mosaic[:-1]).any((1, 2))) + 1
    assert borders.tolist() == list(range(30, 480, 30))


def test_more_squares_than_pixels_change_nothing() -> None:
    original = photo(10, 12)
    assert np.array_equal(Pixelate(squares=48)(original).pixels, original.pixels)


def test_one_square_is_one_colour_on_a_square_photo() -> None:
    assert len(np.unique(Pixelate(squares=1)(photo(20, 20)).pixels.reshape(-1, 3), axis=0)) == 1


def test_alpha_stays_and_so_does_the_original() -> None:
    original = photo(alpha=True)
    before = original.pixels.copy()
    mosaic = Pixelate(squares=4)(original, seed=3)
    assert mosaic.alpha is original.alpha
    assert np.array_equal(original.pixels, before)
    assert mosaic.pixels.flags.writeable


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2)])
def test_a_tiny_photo_stays_one(shape: tuple[int, int]) -> None:
    assert Pixelate(squares=1)(photo(*shape)).pixels.shape == (*shape, 3)


@pytest.mark.parametrize("squares", [0, -1])
def test_a_number_that_makes_no_sense_is_named(squares: int) -> None:
    with pytest.raises(ValueError, match=f"^squares is {squares!r}"):
        Pixelate(squares=squares)
