import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Generator

from unseen.types import Images, View
from unseen.views import CentreCrop, Diverse, RandomCrop, Resize, ResizeShortEdge, compose

SIDES = st.integers(1, 40)
RATIOS = st.floats(0.01, 1)


def pictures(count: int, height: int, width: int) -> Images:
    return torch.rand(count, 3, height, width, generator=Generator().manual_seed(count))


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


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


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_resizing_is_pillow_s(interpolation: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    resized = Resize(height=25, width=31, interpolation=interpolation)(
        torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, seeded()
    )
    expected = np.asarray(Image.fromarray(pixels).resize((31, 25), Image.Resampling[interpolation.upper()]))
    found = resized[0].permute(1, 2, 0).mul(255).round().numpy()
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize(
    ("size", "expected"), [((30, 40), (256, 341)), ((40, 30), (341, 256)), ((512, 512), (256, 256))]
)
def test_a_short_edge_keeps_the_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    images = 0.4 + 0.2 * pictures(1, *size)  # so that no overshoot is cut
    resized = ResizeShortEdge(edge=256)(images, seeded())
    assert resized.shape[-2:] == expected
    wanted = F.interpolate(images, expected, mode="bicubic", antialias=True, align_corners=False)
    torch.testing.assert_close(resized, wanted, rtol=0, atol=1e-5)


def test_views_one_after_the_other_share_the_generator() -> None:
    images, crop = pictures(2, 40, 60), RandomCrop(smallest=0.5, largest=0.9)
    generator = seeded(1)
    reduced = ResizeShortEdge(edge=32)(crop(crop(images, generator), generator), generator)
    expected = CentreCrop(ratio=0.875)(reduced, generator)
    view: View = compose(crop, crop, ResizeShortEdge(edge=32), CentreCrop(ratio=0.875))
    assert torch.equal(view(images, seeded(1)), expected)
    assert min(expected.shape[-2:]) == 28
    assert torch.equal(compose()(images, seeded()), images)


@pytest.mark.parametrize(
    "view",
    [
        CentreCrop(ratio=0.4),
        RandomCrop(smallest=0.2, largest=0.8),
        Resize(height=7, width=5),
        ResizeShortEdge(edge=6, interpolation="bilinear"),
        compose(RandomCrop(smallest=0.6, largest=0.9), ResizeShortEdge(edge=9)),
    ],
)
def test_gradients_are_those_of_finite_differences(view: View) -> None:
    images = (0.25 + 0.5 * pictures(2, 10, 13)).requires_grad_()
    weights = torch.randn(view(images, seeded()).shape, generator=seeded())
    (gradient,) = torch.autograd.grad((view(images, seeded()) * weights).sum(), images)
    direction = torch.randn(images.shape, generator=seeded(1))
    with torch.no_grad():
        there, back = (view(images + sign * 1e-2 * direction, seeded()) for sign in (1, -1))
        slope = ((there - back).double() * weights).sum() / 2e-2
    assert (gradient * direction).sum().item() == pytest.approx(slope.item(), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: CentreCrop(ratio=0), "^ratio is 0"),
        (lambda: CentreCrop(ratio=1.1), "^ratio is 1.1"),
        (lambda: CentreCrop(ratio=float("nan")), "^ratio is nan"),
        (lambda: RandomCrop(smallest=0, largest=1), "^smallest is 0"),
        (lambda: RandomCrop(smallest=0.5, largest=2), "^largest is 2"),
        (lambda: RandomCrop(smallest=0.6, largest=0.5), "^smallest is 0.6"),
        (lambda: Resize(height=0, width=3), "^height is 0"),
        (lambda: Resize(height=3, width=-1), "^width is -1"),
        (lambda: Resize(height=3, width=3, interpolation="nearest"), "^interpolation is 'nearest'"),
        (lambda: ResizeShortEdge(edge=0), "^edge is 0"),
        (lambda: ResizeShortEdge(edge=3, interpolation=""), "^interpolation is ''"),
    ],
)
def test_what_makes_no_sense_is_named(make, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make()


@pytest.mark.parametrize("seed", range(6))
def test_a_diverse_view_is_the_smaller_picture_on_grey(seed: int) -> None:
    white = Diverse(smallest=0.5)(torch.ones(2, 3, 40, 60), seeded(seed))
    assert white.shape == (2, 3, 40, 60)
    inside = (white - 1).abs() < 1e-6
    rows, columns = inside[0, 0].any(1), inside[0, 0].any(0)
    assert 20 <= rows.sum() <= 40
    assert abs(columns.sum() / 60 - rows.sum() / 40) <= 1 / 40
    assert torch.equal(inside, (rows[:, None] & columns).expand_as(inside))
    assert ((white - 0.5).abs() < 1e-6)[~inside].all()


def test_diverse_views_reach_every_border_and_every_size() -> None:
    spans = [(Diverse(smallest=0.5)(torch.ones(1, 1, 10, 10), seeded(seed))[0, 0] > 0.9) for seed in range(200)]
    assert {int(span.any(1).sum()) for span in spans} == {5, 6, 7, 8, 9, 10}
    assert any(span[0, 0] and not span[-1, -1] for span in spans)
    assert any(span[-1, -1] and not span[0, 0] for span in spans)


def test_a_diverse_view_passes_gradients_back_to_every_pixel() -> None:
    images = pictures(1, 30, 30).requires_grad_()
    Diverse(smallest=0.6)(images, seeded(1)).sum().backward()
    assert images.grad is not None
    assert (images.grad > 0).all()
