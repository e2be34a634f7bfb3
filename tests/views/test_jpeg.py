import io

import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from unseen.grid import quantise
from unseen.types import Images, View
from unseen.views import Jpeg, compose
from unseen.views.jpeg import _COLOUR, _LIGHT, _Rounded, steps_of

from ..schemes.photos import real_photos
from .drawn import compressed, pictures, seeded

EPSILON = 8 / 255


@pytest.fixture(scope="module")
def photos() -> Images:
    return real_photos(160)


def jpeg(quality: int, **settings: float) -> Jpeg:
    return Jpeg(quality_low=quality, quality_high=quality, **settings)


@pytest.mark.parametrize("quality", [1, 10, 49, 50, 75, 90, 100])
def test_steps_are_those_of_pillow(quality: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)
    tables = Image.open(file).quantization
    assert steps_of(_LIGHT, quality) == list(tables[0])
    assert steps_of(_COLOUR, quality) == list(tables[1])


@pytest.mark.parametrize("quality", [20, 50, 75, 90])
@pytest.mark.parametrize("size", [(160, 160), (101, 77)])
def test_it_is_pillow_s_encoder(photos: Images, quality: int, size: tuple[int, int]) -> None:
    images = photos[..., : size[0], : size[1]]
    expected = compressed(images, quality)
    found = quantise(jpeg(quality)(images, seeded()))
    wrong = (found - expected).abs().mul(255).mean()
    assert wrong < 0.75
    assert wrong < (images - expected).abs().mul(255).mean() / 3


@pytest.mark.parametrize("quality", [50, 90])
def test_grey_pictures_stay_grey(photos: Images, quality: int) -> None:
    images = quantise(photos.mean(1, keepdim=True))
    wrong = (quantise(jpeg(quality)(images, seeded())) - compressed(images, quality)).abs().mul(255)
    assert wrong.mean() < 0.25


def test_qualities_are_spread_over_the_limits(photos: Images) -> None:
    image, view = photos[:1, :, :48, :48], Jpeg(quality_low=70, quality_high=73)
    named = {quality: jpeg(quality)(image, seeded()) for quality in range(68, 76)}
    found = [
        next(quality for quality, picture in named.items() if torch.equal(picture, view(image, seeded(seed))))
        for seed in range(60)
    ]
    assert set(found) == {70, 71, 72, 73}


def test_a_slope_is_that_between_a_reach_below_and_a_reach_above() -> None:
    values = (8 * torch.rand(500, generator=seeded(), dtype=torch.float64) - 4).requires_grad_()
    for reach in (0.05, 0.3, 0.5, 1.7, 40.25):
        counted: Tensor = _Rounded.apply(values, torch.tensor(reach, dtype=torch.float64))
        assert torch.equal(counted, values.round())
        (slopes,) = torch.autograd.grad(counted.sum(), values)
        torch.testing.assert_close(slopes, ((values + reach).round() - (values - reach).round()) / (2 * reach))
        assert slopes.mean().item() == pytest.approx(1, abs=0.15)  # what rounding gains on the whole


def test_gradients_are_those_of_finite_differences_where_steps_are_fine() -> None:
    """At quality 100 the steps are those of bytes, so a wide difference sees a smooth function."""
    images = (0.35 + 0.3 * pictures(1, 21, 26).double()).requires_grad_()
    weights = torch.randn(images.shape, generator=seeded(), dtype=torch.float64)
    (gradient,) = torch.autograd.grad((jpeg(100)(images, seeded()) * weights).sum(), images)
    for seed in range(4):
        direction = torch.randn(images.shape, generator=seeded(seed), dtype=torch.float64)
        with torch.no_grad():
            there, back = (jpeg(100)(images + sign * 0.05 * direction, seeded()) for sign in (1, -1))
        slope = ((there - back) * weights).sum() / 0.1
        scale = gradient.norm() * direction.norm() / images.numel() ** 0.5
        assert abs((gradient * direction).sum() - slope) < 0.05 * scale


def test_what_compression_removes_gets_no_gradient(photos: Images) -> None:
    images = photos[:, :, :64, :64].clone().requires_grad_()
    places = torch.arange(64)
    finest = ((places[:, None] + places) % 2 * 2 - 1).expand_as(images) / 1.0
    broad = torch.ones_like(finest)
    for pattern, least, most in ((finest, 0.0, 0.2), (broad, 0.8, 1.2)):
        (gradient,) = torch.autograd.grad((jpeg(50)(images, seeded()) * pattern).sum(), images)
        assert least <= (gradient * pattern).mean() <= most


def test_changes_made_through_it_survive_real_files(photos: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = broad_noise(photos.shape[-1])
    aware, unaware, straight = (ascended(photos, weights, view) for view in (drawn(), compose(), drawn(reach=1.0)))
    monkeypatch.setattr("unseen.views.jpeg._Rounded", Cubic)
    cubic = ascended(photos, weights, drawn())
    for quality, gain, lead in ((50, 1.2, 1.03), (75, 1.2, 1.03), (90, 1.08, 0.97)):
        kept = survived(photos, weights, aware, quality)
        assert kept > gain * survived(photos, weights, unaware, quality)
        assert kept > lead * survived(photos, weights, straight, quality)
        assert kept > 1.03 * survived(photos, weights, cubic, quality)


def broad_noise(side: int) -> Tensor:
    """What a linear network looks for, no finer than networks that make photos smaller."""
    return functional.interpolate(
        torch.randn(4, 3, side // 2, side // 2, generator=seeded(7)), (side, side), mode="bilinear"
    )


class Cubic:
    """Rounding with the gradient of Shin and Song 2017."""

    @staticmethod
    def apply(values: Tensor, reach: Tensor | None) -> Tensor:
        near = values.detach().round()
        smooth = values if reach is None else near + (values - near) ** 3
        return smooth + (near - smooth.detach())


def drawn(**settings: float) -> Jpeg:
    return Jpeg(quality_low=50, quality_high=95, **settings)


def ascended(images: Images, weights: Tensor, view: View) -> Images:
    """Ten signed steps up a linear answer to a view, within the limit."""
    generator, delta = seeded(), torch.zeros_like(images)
    for _ in range(10):
        seen = quantise(images + delta).requires_grad_()
        (gradient,) = torch.autograd.grad((view(seen, generator) * weights).sum(), seen)
        delta = (delta + 0.16 * EPSILON * gradient.sign()).clamp(-EPSILON, EPSILON)
    return quantise(images + delta)


def survived(images: Images, weights: Tensor, changed: Images, quality: int) -> Tensor:
    """How far the linear answer rises in real files."""
    return ((compressed(changed, quality) - compressed(images, quality)) * weights).sum()
