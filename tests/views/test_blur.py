import numpy as np
import pytest
import torch
from scipy import ndimage

from unseen.views import Blur

from .drawn import pictures, seeded


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.3])
def test_a_blur_is_scipy_s(sigma: float) -> None:
    images = pictures(2, 21, 34).double()
    expected = ndimage.gaussian_filter(images.numpy(), (0, 0, sigma, sigma), mode="nearest")
    found = Blur(sigma_low=sigma, sigma_high=sigma)(images, seeded())
    np.testing.assert_allclose(found.numpy(), expected, rtol=0, atol=1e-12)


def test_strengths_are_spread_over_the_limits() -> None:
    spike = torch.zeros(1, 1, 41, 41, dtype=torch.float64)
    spike[..., 20, 20] = 1
    peaks = [Blur(sigma_low=1.0, sigma_high=2.0)(spike, seeded(seed)).max().item() for seed in range(200)]
    sigmas = sorted(np.sqrt(1 / (2 * np.pi * np.array(peaks))))  # of a wide bell, the peak is 1 / (2 pi sigma^2)
    np.testing.assert_allclose(sigmas, np.linspace(1, 2, 200), atol=0.1)


def test_no_blur_is_the_picture_itself() -> None:
    images = pictures(1, 9, 9)
    assert torch.equal(Blur(sigma_low=0.0, sigma_high=0.0)(images, seeded()), images)


def test_gradients_are_right() -> None:
    images = pictures(1, 6, 7).double().requires_grad_()
    view = Blur(sigma_low=0.7, sigma_high=0.9)
    assert torch.autograd.gradcheck(lambda pictures: view(pictures, seeded()), (images,))
