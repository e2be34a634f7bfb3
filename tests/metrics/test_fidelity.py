import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from skimage.transform import resize
from torch import Tensor

from unseen.metrics import FIDELITY, Metric, fidelity, max_abs, mean_abs, psnr, ssim

parametrize_metrics = pytest.mark.parametrize("metric", FIDELITY, ids=lambda metric: metric.name)


def noisy_pair(height: int, width: int, *, channels: int = 3, levels: int = 12) -> tuple[Tensor, Tensor]:
    """A real photo and a noisy copy, uint8 (1, C, H, W)."""
    photo = (255 * resize(data.rocket(), (height, width))).round().astype(np.int16)
    noise = np.random.default_rng(0).integers(-levels, levels + 1, photo.shape)
    pair = (photo, np.clip(photo + noise, 0, 255))
    first, second = (torch.from_numpy(pixels.astype(np.uint8)).permute(2, 0, 1)[None] for pixels in pair)
    return first[:, :channels], second[:, :channels]


def reference_ssim(original: Tensor, protected: Tensor) -> float:
    first, second = (images[0].permute(1, 2, 0).numpy() for images in (original, protected))
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return float(structural_similarity(first, second, channel_axis=-1, data_range=255, **settings))


@parametrize_metrics
def test_nothing_changed(metric: Metric) -> None:
    original, _ = noisy_pair(40, 50)
    expected = {"mean_abs": 0.0, "max_abs": 0.0, "psnr": math.inf, "ssim": 1.0}
    assert metric.function(original, original.clone()).tolist() == [expected[metric.name]]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_a_constant_shift_follows_the_closed_forms(dtype: torch.dtype) -> None:
    scale = 1 if dtype == torch.uint8 else 255
    original = torch.full((1, 3, 20, 30), 100, dtype=torch.uint8).to(dtype) / scale
    protected = torch.full((1, 3, 20, 30), 110, dtype=torch.uint8).to(dtype) / scale
    original, protected = original.to(dtype), protected.to(dtype)
    x, y, c1 = 100 / 255, 110 / 255, 0.01**2
    torch.testing.assert_close(mean_abs(original, protected), torch.tensor([10 / 255]))
    torch.testing.assert_close(max_abs(original, protected), torch.tensor([10 / 255]))
    torch.testing.assert_close(psnr(original, protected), torch.tensor([20 * math.log10(25.5)]))
    torch.testing.assert_close(ssim(original, protected), torch.tensor([(2 * x * y + c1) / (x * x + y * y + c1)]))


def test_agrees_with_numpy_and_scikit_image_through_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fidelity, "BAND_VALUES", 5_000)
    original, protected = noisy_pair(123, 201)
    difference = (original.double() - protected.double()).abs() / 255
    expected_psnr = peak_signal_noise_ratio(original.numpy(), protected.numpy(), data_range=255)
    assert mean_abs(original, protected).item() == pytest.approx(difference.mean().item(), rel=1e-6)
    assert max_abs(original, protected).item() == pytest.approx(difference.max().item(), rel=1e-6)
    assert psnr(original, protected).item() == pytest.approx(expected_psnr, rel=1e-6)
    assert ssim(original, protected).item() == pytest.approx(reference_ssim(original, protected), abs=1e-6)


@pytest.mark.parametrize("size", [(11, 11), (11, 300), (300, 11), (64, 65), (427, 640)])
@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_agrees_with_scikit_image(size: tuple[int, int], channels: int) -> None:
    original, protected = noisy_pair(*size, channels=channels)
    assert ssim(original, protected).item() == pytest.approx(reference_ssim(original, protected), abs=1e-6)


def test_ssim_tells_a_tiny_change_from_none() -> None:
    original, _ = noisy_pair(64, 64)
    protected = original.clone()
    protected[0, 0, 30, 30] ^= 1
    assert ssim(original, protected).item() == pytest.approx(reference_ssim(original, protected), abs=1e-7)
    assert ssim(original, protected).item() < 1.0


@pytest.mark.parametrize("size", [(3, 3), (4, 9), (7, 7), (10, 40)])
def test_a_small_photo_is_seen_through_the_largest_odd_window(size: tuple[int, int]) -> None:
    original, protected = noisy_pair(*size, channels=1)
    x, y = original[0, 0].double().numpy() / 255, protected[0, 0].double().numpy() / 255
    window = {3: 3, 4: 3, 7: 7, 10: 9}[size[0]]
    offsets = np.arange(window) - window // 2
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    weights /= weights.sum()
    scores = [
        _wang(x[top : top + window, left : left + window], y[top : top + window, left : left + window], weights)
        for top in range(size[0] - window + 1)
        for left in range(size[1] - window + 1)
    ]
    assert ssim(original, protected).item() == pytest.approx(np.mean(scores), abs=1e-6)


def _wang(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """SSIM of one window as Wang et al. write it."""
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    var_x, var_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
    covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
    c1, c2 = 0.01**2, 0.03**2
    numerator = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float(numerator / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)))


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (2, 2)])
def test_ssim_of_a_line_compares_the_luminance(size: tuple[int, int]) -> None:
    original, protected = noisy_pair(*size)
    x, y = original.double() / 255, protected.double() / 255
    expected = ((2 * x * y + 1e-4) / (x * x + y * y + 1e-4)).mean().item()
    assert ssim(original, protected).item() == pytest.approx(expected, abs=1e-6)


def test_large_photos_are_sampled_to_within_a_thousandth() -> None:
    original, protected = noisy_pair(1500, 2000)
    assert ssim(original, protected).item() == pytest.approx(reference_ssim(original, protected), abs=1e-3)


@pytest.mark.parametrize("levels", [2, 8, 30])
def test_a_thirteenth_of_the_rows_tells_the_same(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    original, protected = noisy_pair(427, 640, levels=levels)
    everywhere = ssim(original, protected).item()
    monkeypatch.setattr(fidelity, "SSIM_POSITIONS", 427 * 640 / 12)
    assert ssim(original, protected).item() == pytest.approx(everywhere, abs=3e-3)


def test_sampling_sees_every_phase_of_a_jpeg_block(monkeypatch: pytest.MonkeyPatch) -> None:
    original = torch.full((1, 1, 4000, 32), 128, dtype=torch.uint8)
    protected = original.clone()
    protected[:, :, ::8] += 40
    everywhere = ssim(original, protected).item()
    monkeypatch.setattr(fidelity, "SSIM_POSITIONS", 4000 * 32 / 7.5)
    assert ssim(original, protected).item() == pytest.approx(everywhere, abs=2e-3)


@parametrize_metrics
def test_uint8_floats_and_memory_layouts_agree(metric: Metric) -> None:
    original, protected = noisy_pair(70, 90)
    expected = metric.function(original, protected)
    torch.testing.assert_close(metric.function(original / 255, protected / 255), expected, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(metric.function(original.contiguous(), protected), expected)


@parametrize_metrics
def test_photos_of_a_batch_do_not_mix(metric: Metric) -> None:
    original, protected = noisy_pair(30, 40)
    batch = metric.function(torch.cat([original, original]), torch.cat([original, protected]))
    alone = [metric.function(original, other).item() for other in (original, protected)]
    assert batch.tolist() == pytest.approx(alone)


@parametrize_metrics
def test_not_defined_after_a_crop(metric: Metric) -> None:
    original, _ = noisy_pair(30, 40)
    assert metric.function(original, original[..., 1:]).isnan().tolist() == [True]


@parametrize_metrics
def test_different_kinds_of_photos_are_refused(metric: Metric) -> None:
    original, _ = noisy_pair(30, 40)
    with pytest.raises(ValueError, match="cannot compare"):
        metric.function(original, original / 255)


def test_twelve_megapixels_need_little_memory() -> None:
    resource = pytest.importorskip("resource", reason="this system does not tell the peak memory")
    program = """
import resource, torch
from unseen.metrics import FIDELITY
torch.set_num_threads(1)
photo = torch.randint(0, 256, (1, 3, 3000, 4000), dtype=torch.uint8)
other = photo ^ 1
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for metric in FIDELITY:
    metric.function(photo, other)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    assert resource
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert int(output) / (1024 * 1024 if sys.platform == "darwin" else 1024) < 150
