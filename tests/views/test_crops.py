import torch
from hypothesis import given
from hypothesis import strategies as st

from unseen.views import CentreCrop, RandomCrop

from .drawn import pictures, seeded

SIDES = st.integers(1, 40)
RATIOS = st.floats(0.01, 1)


@given(SIDES, SIDES, RATIOS)
def test_a_centre_crop_leaves_equal_margins_and_the_wanted_share(height: int, width: int, ratio: float) -> None:
    places = torch.arange(height * width, dtype=torch.float32).reshape(1, 1, height, width)
    part = CentreCrop(ratio=ratio)(places, seeded())
    tall, wide = part.shape[-2:]
    top, left = divmod(int(part[0, 0, 0, 0]), width)
    assert abs(tall - ratio * height) <= 0.5 + 1e-9 or tall == 1
    assert abs(wide - ratio * width) <= 0.5 + 1e-9 or wide == 1
    assert 0 <= (height - tall) - 2 * top <= 1
    assert 0 <= (width - wide) - 2 * left <= 1
    assert torch.equal(part, places[..., top : top + tall, left : left + wide])


@given(SIDES, SIDES, st.tuples(RATIOS, RATIOS).map(sorted), st.integers(0, 99))
def test_a_random_crop_lies_in_the_picture_and_in_its_limits(
    height: int, width: int, limits: list[float], seed: int
) -> None:
    places = torch.arange(height * width, dtype=torch.float32).reshape(1, 1, height, width).repeat(3, 1, 1, 1)
    parts = RandomCrop(smallest=limits[0], largest=limits[1])(places, seeded(seed))
    tall, wide = parts.shape[-2:]
    for length, side in ((tall, height), (wide, width)):
        assert max(1, round(limits[0] * side)) <= length <= max(1, round(limits[1] * side))
    for part in parts:
        top, left = divmod(int(part[0, 0, 0]), width)
        assert torch.equal(part, places[0, :, top : top + tall, left : left + wide])


def test_random_places_are_all_possible_ones_and_each_picture_has_its_own() -> None:
    places = torch.arange(36.0).reshape(1, 1, 6, 6).repeat(400, 1, 1, 1)
    corners = RandomCrop(smallest=0.5, largest=0.5)(places, seeded())[:, 0, 0, 0]
    found = corners.long().bincount(minlength=36).reshape(6, 6)
    assert (found[:4, :4] > 0).all()  # of a 3 x 3 window in 6 x 6
    assert found[:4, :4].sum() == 400


def test_sizes_are_spread_over_the_limits() -> None:
    view = RandomCrop(smallest=0.5, largest=1.0)
    sizes = {view(torch.zeros(1, 1, 10, 10), seeded(seed)).shape[-1] for seed in range(60)}
    assert sizes == {5, 6, 7, 8, 9, 10}


def test_the_same_generator_gives_the_same_view() -> None:
    images, view = pictures(4, 20, 30), RandomCrop(smallest=0.3, largest=0.9)
    assert torch.equal(view(images, seeded(3)), view(images, seeded(3)))
    assert view(images, seeded(3)).shape != view(images, seeded(4)).shape
