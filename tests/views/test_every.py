import math

import pytest
import torch

from unseen.types import View
from unseen.views import (
    Blur,
    CentreCrop,
    Diverse,
    Jpeg,
    RandomCrop,
    RandomResize,
    Resize,
    ResizeShortEdge,
    Sharing,
    Sometimes,
    compose,
)

from .drawn import pictures, seeded


@pytest.mark.parametrize(
    "view",
    [
        RandomCrop(smallest=0.3, largest=0.9),
        RandomResize(smallest=0.3),
        Diverse(smallest=0.3),
        Blur(sigma_low=0.2, sigma_high=3.0),
        Jpeg(quality_low=1, quality_high=100),
        Sharing(share=0.9),
    ],
)
def test_a_generator_decides_all_of_a_view(view: View) -> None:
    images = pictures(2, 20, 30)
    state = torch.get_rng_state()
    first = [view(images, seeded(seed)) for seed in range(8)]
    torch.manual_seed(1)
    again = [view(images, seeded(seed)) for seed in range(8)]
    torch.set_rng_state(state)
    assert all(torch.equal(*pair) for pair in zip(first, again, strict=True))
    assert any(first[0].shape != other.shape or not torch.equal(first[0], other) for other in first[1:])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (17, 8), (33, 50)])
def test_pictures_of_any_size_are_handed_on_in_their_own(size: tuple[int, int], channels: int) -> None:
    images = pictures(2, *size)[:, :channels]
    for view in (Blur(sigma_low=1, sigma_high=2), Jpeg(quality_low=30, quality_high=90), Sharing(share=1, kept=0.5)):
        found = view(images, seeded(2))
        assert found.shape == images.shape
        assert found.dtype == images.dtype
        assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize(
    "view",
    [
        CentreCrop(ratio=0.4),
        RandomCrop(smallest=0.2, largest=0.8),
        Resize(height=7, width=5),
        ResizeShortEdge(edge=6, interpolation="bilinear"),
        RandomResize(smallest=0.5),
        Blur(sigma_low=0.5, sigma_high=1.5),
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
        (lambda: RandomResize(smallest=0), "^smallest is 0"),
        (lambda: RandomResize(smallest=0.6, largest=0.5), "^smallest is 0.6"),
        (lambda: RandomResize(smallest=0.6, interpolation="x"), "^interpolation is 'x'"),
        (lambda: Diverse(smallest=0), "^smallest is 0"),
        (lambda: Sometimes(view=CentreCrop(ratio=1), share=1.1), "^share is 1.1"),
        (lambda: Blur(sigma_low=-1, sigma_high=1), "^sigma_low is -1"),
        (lambda: Blur(sigma_low=2, sigma_high=1), "^sigma_low is 2 and sigma_high 1"),
        (lambda: Blur(sigma_low=0, sigma_high=math.inf), "sigma_high inf"),
        (lambda: Blur(sigma_low=math.nan, sigma_high=1), "^sigma_low is nan"),
        (lambda: Jpeg(quality_low=0, quality_high=75), "^quality_low is 0"),
        (lambda: Jpeg(quality_low=50, quality_high=101), "^quality_high is 101"),
        (lambda: Jpeg(quality_low=80, quality_high=75), "^quality_low is 80"),
        (lambda: Jpeg(quality_low=80, quality_high=85, reach=0), "^reach is 0"),
        (lambda: Sharing(share=-0.1), "^share is -0.1"),
        (lambda: Sharing(share=0.5, blurred=2), "^blurred is 2"),
        (lambda: Sharing(share=0.5, smallest=0), "^smallest is 0"),
        (lambda: Sharing(share=0.5, quality_low=96), "^quality_low is 96"),
    ],
)
def test_what_makes_no_sense_is_named(make, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make()
