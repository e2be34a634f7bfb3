"""What a grade does to colours: against scipy's splines and tables, and what its limits promise to the eye."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline, RegularGridInterpolator
from torch import Tensor

from unseen.grid import LEVELS, quantise
from unseen.schemes.grade import GREY_SHARE, HEADROOM, Grade, GradeLimits, graded, identity, vivid

LIMITS = GradeLimits(tone=64 / 255, colour=56 / 255, slope=0.75)


def random_grade(knots: int, seed: int = 0) -> Tensor:
    return torch.rand(1, 3, knots, knots * knots, generator=torch.Generator().manual_seed(seed))


def wildest(knots: int, vividness: float, seed: int, limits: GradeLimits = LIMITS) -> Tensor:
    """The limited grade nearest to one whose knots move anywhere."""
    start = vivid(knots, vividness)
    wish = torch.randn(start.shape, generator=torch.Generator().manual_seed(seed))
    return start + limits.project(wish, start)


def random_photo(*shape: int) -> Tensor:
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(1)) / LEVELS


def ramps(length: int = 256) -> Tensor:
    """Straight ways through the cube, a row each: greys, one channel rising, and skies; (1, 3, rows, length)."""
    rising = torch.linspace(0, 1, length)
    still = torch.full_like(rising, 0.5)
    rows = [(rising, rising, rising), (rising, still, still), (still, rising, still), (still, still, rising)]
    rows += [(0.3 + 0.4 * rising, 0.5 + 0.3 * rising, 0.8 + 0.15 * rising), (rising, 0.8 * rising, 0.6 * rising)]
    return torch.stack([torch.stack(row) for row in rows], 1)[None]


@pytest.mark.parametrize("knots", [2, 3, 5, 8])
def test_the_identity_leaves_every_level_as_it_is(knots: int) -> None:
    images = random_photo(1, 3, 64, 64)
    torch.testing.assert_close(graded(identity(knots), images), images, rtol=0, atol=1e-6)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    assert np.array_equal(Grade(knots=identity(knots)[0])(pixels), pixels)
    torch.testing.assert_close(vivid(knots, 0), identity(knots))


@pytest.mark.parametrize("knots", [2, 3, 5, 9])
def test_between_knots_it_is_the_spline_of_scipy(knots: int) -> None:
    grade = random_grade(knots)
    line = torch.arange(17) / 16  # the points that are computed exactly
    greens = torch.stack([torch.zeros(17), line, torch.ones(17)])[None, :, None]
    along = grade[0].unflatten(2, (knots, knots))[:, 0, :, -1].double().numpy()
    beyond = np.pad(along, ((0, 0), (1, 1)), mode="reflect", reflect_type="odd")
    spline = BSpline(np.arange(-3, knots + 3), beyond.T, 3)
    expected = spline(line.double().numpy() * (knots - 1) - 1e-12).T
    assert graded(grade, greens)[0, :, 0].numpy() == pytest.approx(expected, abs=1e-5)


def test_a_grade_of_two_knots_is_scipys_table() -> None:
    grade, images = random_grade(2), random_photo(1, 3, 9, 11)
    values = grade[0].unflatten(2, (2, 2)).permute(1, 2, 3, 0).double().numpy()
    table = RegularGridInterpolator(([0, 1],) * 3, values)
    expected = table(images[0].permute(1, 2, 0).double().numpy())
    assert graded(grade, images)[0].permute(1, 2, 0).numpy() == pytest.approx(expected, abs=1e-5)


def test_each_photo_has_its_own_grade() -> None:
    grades, images = torch.cat([random_grade(4, seed) for seed in range(3)]), random_photo(3, 3, 8, 8)
    together = graded(grades, images)
    for index in range(3):
        torch.testing.assert_close(together[index], graded(grades[index, None], images[index, None])[0])


def test_the_gradient_is_that_of_small_differences() -> None:
    images = random_photo(1, 3, 3, 4).double()
    grade = random_grade(3).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda knots: graded(knots, images), (grade,))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(30, 40), (901, 1203)])
def test_pixels_of_any_size_get_what_images_get(size: tuple[int, int], channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, channels), dtype=np.uint8)
    original = pixels.copy()
    grade = random_grade(5)
    images = torch.from_numpy(pixels).permute(2, 0, 1)[None] / LEVELS
    expected = quantise(graded(grade, images))[0].mul(LEVELS).round().permute(1, 2, 0).numpy()
    assert np.array_equal(Grade(knots=grade[0])(pixels), expected)
    assert np.array_equal(pixels, original)


def test_grey_stays_one_channel() -> None:
    images = random_photo(1, 1, 5, 6)
    expected = graded(random_grade(4), images.expand(-1, 3, -1, -1)).mean(1, keepdim=True)
    torch.testing.assert_close(graded(random_grade(4), images), expected)


@pytest.mark.parametrize(("vividness", "slope"), [(0.0, 0.95), (0.2, 0.75), (0.5, 0.7)])
@pytest.mark.parametrize("knots", [3, 5, 7])
def test_no_gradient_turns_over_or_becomes_steep(knots: int, vividness: float, slope: float) -> None:
    way = ramps()
    rises, limits = way.diff(dim=3), replace(LIMITS, slope=slope)
    for seed in range(20):
        changed = graded(wildest(knots, vividness, seed, limits), way).diff(dim=3)
        fastest = rises.amax(1, keepdim=True)
        lightness = changed.mean(1) / fastest[:, 0]
        assert lightness[:, 0].min() > 0  # greys keep their order
        for row, channel in ((1, 0), (2, 1), (3, 2)):
            assert (changed[0, channel, row] / fastest[0, 0, row]).min() > 0
        assert (changed / fastest).max() < 2.4


def test_nothing_is_clipped_that_was_not() -> None:
    images = random_photo(1, 3, 100, 100).clamp(1 / 255, 254 / 255)
    for seed in range(20):
        changed = graded(wildest(5, 0, seed), images)
        assert (changed >= (1 - HEADROOM) * images - 1e-5).all()
        assert (1 - changed >= (1 - HEADROOM) * (1 - images) - 1e-5).all()


def test_black_and_white_stay() -> None:
    ends = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(1, 3, 1, 2)
    for seed in range(5):
        torch.testing.assert_close(graded(wildest(5, 0.5, seed), ends), ends, rtol=0, atol=1e-6)


def test_the_limits_hold_and_what_is_within_them_stays() -> None:
    start = vivid(5, 0.5)
    for seed in range(5):
        delta = LIMITS.within(torch.randn(start.shape, generator=torch.Generator().manual_seed(seed)))
        lightness = delta.mean(1, keepdim=True)
        assert lightness.abs().max() <= LIMITS.tone + LIMITS.colour / 3
        assert LIMITS.size(delta) <= LIMITS.tone + LIMITS.colour + 1e-6
        small = 0.01 * LIMITS.slope * identity(5).prod(1, keepdim=True) * (1 - identity(5).amax(1, keepdim=True))
        torch.testing.assert_close(LIMITS.within(small.expand_as(start)), small.expand_as(start))
        on_grid = LIMITS.project_on_grid(delta, quantise(start)) + quantise(start)
        torch.testing.assert_close(on_grid, quantise(on_grid))


def test_the_gentle_shift_is_the_nearest_one() -> None:
    """On a line of greys the best is known: of a single peak, half of what is too much goes to either side."""
    limits = GradeLimits(tone=1.0, colour=1.0, slope=0.2)
    peak = torch.zeros(1, 3, 5, 25)
    peak[:, :, 2, 12] = 0.25  # at middle grey; its neighbours are a quarter away
    softened = limits.within(peak).unflatten(3, (5, 5))
    too_much = 0.1 - 0.2 / 4  # the ends let middle grey move by 0.1, and neighbours differ by 0.05 at most
    assert softened[0, 0, 2, 2, 2].item() == pytest.approx(0.1 - too_much / 2, abs=1e-6)
    assert softened[0, 0, 2, 2, 3].item() == pytest.approx(too_much / 2, abs=1e-6)


def test_vivid_is_more_colourful_and_of_more_contrast() -> None:
    images = torch.tensor([[0.3, 0.4, 0.5], [0.7, 0.6, 0.6]]).T.reshape(1, 3, 1, 2)
    before, after = images, graded(vivid(5, 1.0), images)
    assert (after.amax(1) - after.amin(1) > before.amax(1) - before.amin(1)).all()
    assert after.mean(1).diff() > before.mean(1).diff()


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name in ("tone", "colour") for value in (0, -0.1, 1.1, float("nan"))]
    + [("slope", value) for value in (0, -0.1, float("nan"))],
)
def test_limits_that_make_no_sense_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        GradeLimits(**{"tone": 0.1, "colour": 0.1, "slope": 0.1} | {name: value})


def test_a_cast_on_grey_is_smaller_than_on_pure_colours() -> None:
    reddish = torch.zeros(1, 3, 7, 49)
    reddish[:, 0], reddish[:, 1:] = 1.0, -1.0
    moved = LIMITS.within(reddish)
    cast = (moved[0, 0] - moved[0, 1]).unflatten(1, (7, 7))
    assert cast[3, 3, 3].item() == pytest.approx(2 * GREY_SHARE * LIMITS.colour, abs=1e-6)
    assert cast[6, 0, 0].item() > 3 * cast[3, 3, 3].item()
