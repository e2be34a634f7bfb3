import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from unseen.models.resample import Window, resample


def window(resized: tuple[int, int], part: tuple[int, int, int, int] | None = None) -> Window:
    top, left, height, width = part or (0, 0, *resized)
    return Window(resized_height=resized[0], resized_width=resized[1], top=top, left=left, height=height, width=width)


def smooth(*shape: int) -> Tensor:
    """Pictures whose interpolation never leaves [0, 1], so that nothing is cut."""
    return 0.3 + 0.4 * torch.rand(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("resized", [(50, 40), (130, 97), (31, 140), (60, 20), (60, 45)])
def test_values_and_gradients_are_those_of_torch(resized: tuple[int, int], interpolation: str) -> None:
    images = smooth(2, 3, 60, 45).requires_grad_()
    expected = F.interpolate(images, resized, mode=interpolation, antialias=True)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(1))
    (expected_gradient,) = torch.autograd.grad(expected, images, weights)
    found = resample(images, window(resized), interpolation)
    (gradient,) = torch.autograd.grad(found, images, weights)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)  # torch places its weights in single precision
    torch.testing.assert_close(gradient, expected_gradient, atol=1e-3, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.uint8])
@pytest.mark.parametrize("size", [(60, 45), (11, 7)])
def test_a_window_is_cut_from_the_whole(size: tuple[int, int], dtype: torch.dtype) -> None:
    images = (torch.rand(1, 3, *size) * 255).to(dtype) if dtype == torch.uint8 else torch.rand(1, 3, *size)
    whole = resample(images, window((50, 40)), "bicubic")
    part = resample(images, window((50, 40), (13, 5, 20, 30)), "bicubic")
    torch.testing.assert_close(part, whole[..., 13:33, 5:35])
    assert part.dtype == dtype


@pytest.mark.parametrize("resized", [(45, 60), (64, 90), (300, 400)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_bytes_are_rounded_after_each_pass_as_in_pillow(resized: tuple[int, int], interpolation: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 2, (90, 120, 3), dtype=np.uint8) * 255  # much overshoot
    mode = Image.Resampling[interpolation.upper()]
    across = Image.fromarray(pixels).resize((resized[1], 90), mode)
    expected = np.asarray(across.resize((resized[1], resized[0]), mode))
    found = resample(torch.from_numpy(pixels).permute(2, 0, 1)[None], window(resized), interpolation)
    difference = np.abs(found[0].permute(1, 2, 0).numpy().astype(int) - expected)
    assert difference.max() <= 1
    assert difference.mean() < 0.02


def test_the_same_size_is_passed_through() -> None:
    images = torch.rand(1, 3, 8, 9) * 1.5  # beyond a picture's range, which a resize would cut
    assert torch.equal(resample(images, window((8, 9)), "bicubic"), images)
    assert torch.equal(resample(images, window((8, 9), (1, 2, 3, 4)), "bicubic"), images[..., 1:4, 2:6])


def test_overshoot_is_cut_like_the_bytes_of_a_crawler() -> None:
    step = torch.cat([torch.zeros(1, 1, 16, 8), torch.ones(1, 1, 16, 8)], 3)
    enlarged = resample(step, window((64, 64)), "bicubic")
    assert enlarged.min() == 0.0
    assert enlarged.max() == 1.0


def test_what_is_kept_between_calls_serves_gradients_too() -> None:
    size = window((37, 41))  # asked for by no other test, so that inference is first
    with torch.inference_mode():
        resample(smooth(1, 3, 50, 50), size, "bicubic")
    images = smooth(1, 3, 50, 50).requires_grad_()
    resample(images, size, "bicubic").sum().backward()
    assert images.grad is not None


def test_a_window_may_reach_over_the_borders() -> None:
    reaching = window((10, 8), (-3, 2, 20, 4))
    assert reaching.inside() == window((10, 8), (0, 2, 10, 4))
    assert reaching.margins() == (0, 0, 3, 7)
