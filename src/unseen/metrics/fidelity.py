"""How much a photo changed: differences of pixels, PSNR and SSIM.

Each function takes (original, protected), both (B, C, H, W), both floats in [0, 1] or both uint8 in 0..255, and returns
(B,). Photos whose sizes differ, as after a crop, cannot be compared: NaN. Large photos are read in bands of rows, so
that no float copy of a whole photo is ever made.
"""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from unseen.types import Images, PerPhoto

BAND_VALUES = 1 << 19
"""Values of one image batch that are worked on at a time: a band and what is computed from it stay in the cache."""
SSIM_WINDOW = 11
SSIM_SIGMA = 1.5
SSIM_POSITIONS = 1_000_000
"""Windows above which SSIM is sampled."""


def mean_abs(original: Images, protected: Images) -> PerPhoto:
    """Mean absolute change of a colour value: (B,) in [0, 1], where 1 is the whole range."""
    return _mean(original, protected, Tensor.abs_) / _peak(original)


def max_abs(original: Images, protected: Images) -> PerPhoto:
    """Largest absolute change of a colour value: (B,) in [0, 1], where 1 is the whole range."""
    if not _comparable(original, protected):
        return _undefined(original)
    largest = [difference.abs_().amax(dim=(1, 2, 3)) for difference in _difference_bands(original, protected)]
    return torch.stack(largest).amax(dim=0) / _peak(original)


def psnr(original: Images, protected: Images) -> PerPhoto:
    """Peak signal-to-noise ratio, -10 log10(mean squared change): (B,) in dB; infinite where nothing changed."""
    squared = _mean(original, protected, Tensor.square_) / _peak(original) ** 2
    return -10.0 * squared.log10()


def ssim(original: Images, protected: Images) -> PerPhoto:
    """Structural similarity: (B,) at most 1, which means identical.

    Gaussian windows of 11 x 11 (sigma 1.5) that lie wholly inside the photo, K1 = 0.01, K2 = 0.03, the mean over
    windows and channels. A photo smaller than 11 pixels is seen through the largest odd window that fits; at 1 x 1 only
    the luminance is compared.

    Beyond `SSIM_POSITIONS` windows only every n-th row of windows is evaluated, at full resolution, so that the cost
    stays constant; n is odd, or all rows would sit at the same place within the 8 x 8 blocks of a JPEG.

    Source: Wang et al., Image quality assessment: from error visibility to structural similarity, 2004. With the sum
    s = x + y and the difference d = x - y in place of x and y, equation 13 reads
    (1 - 2 mean(d)^2 / (mean(s)^2 + mean(d)^2 + 2 C1)) (1 - 2 var(d) / (var(s) + var(d) + 2 C2)):
    four filtered maps for five, and nothing is lost to cancellation where a small change is what matters.
    """
    if not _comparable(original, protected):
        return _undefined(original)
    return _sampled_ssim(original, protected, _ssim_stride(original))


def _ssim_stride(images: Images) -> int:
    """The smallest odd distance between rows of windows that leaves about `SSIM_POSITIONS` windows a photo."""
    height, width = images.shape[-2:]
    return 2 * math.ceil((height * width / SSIM_POSITIONS - 1) / 2) + 1


def _sampled_ssim(original: Images, protected: Images, stride: int) -> PerPhoto:
    """SSIM from every `stride`-th row of windows, centred in the photo."""
    batch, channels, height, width = original.shape
    window = _largest_odd(min(SSIM_WINDOW, height, width))
    starts = range((height - window) % stride // 2, height - window + 1, stride)
    step = min(stride, window)
    starts_a_band = max(1, (BAND_VALUES // (batch * channels * width) - window) // step)
    total = torch.zeros(batch, dtype=torch.float64, device=original.device)
    for first in range(0, len(starts), starts_a_band):
        rows = sorted({start + row for start in starts[first : first + starts_a_band] for row in range(window)})
        index = torch.tensor(rows, device=original.device)
        band, changed = original.index_select(2, index), protected.index_select(2, index)
        similarity = _similarity(band, changed, _gaussian(window), step)
        total += similarity.sum(dim=(1, 2, 3), dtype=torch.float64)
    return (total / (channels * len(starts) * (width - window + 1))).float()


def _similarity(original: Images, protected: Images, weights: list[float], step: int) -> Images:
    """The similarity within each window that lies inside; windows start every `step` rows and every column."""
    total = original.float() + protected.float()
    difference = original.float() - protected.float()
    mean_total, mean_difference = (_filter(values, weights, step).square_() for values in (total, difference))
    var_total = _filter(total.square_(), weights, step).sub_(mean_total)
    var_difference = _filter(difference.square_(), weights, step).sub_(mean_difference)
    luminance_floor, contrast_floor = (2 * (k * _peak(original)) ** 2 for k in (0.01, 0.03))
    luminance = 1 - 2 * mean_difference / (mean_total + mean_difference + luminance_floor)
    structure = 1 - 2 * var_difference / (var_total + var_difference + contrast_floor)
    return luminance.mul_(structure)


def _filter(values: Images, weights: list[float], step: int) -> Images:
    """Weighted mean over square windows: shifted sums, many times faster on a CPU than a one-channel convolution."""
    rows = values.shape[2] - len(weights) + 1
    columns = values.shape[3] - len(weights) + 1
    tall = weights[0] * values[:, :, 0:rows:step]
    for shift, weight in enumerate(weights[1:], start=1):
        tall.add_(values[:, :, shift : shift + rows : step], alpha=weight)
    filtered = weights[0] * tall[..., :columns]
    for shift, weight in enumerate(weights[1:], start=1):
        filtered.add_(tall[..., shift : shift + columns], alpha=weight)
    return filtered


def _gaussian(window: int) -> list[float]:
    """The weights of a Gaussian over `window` places, summing to 1."""
    weights = [math.exp(-(((place - window // 2) / SSIM_SIGMA) ** 2) / 2) for place in range(window)]
    return [weight / sum(weights) for weight in weights]


def _largest_odd(limit: int) -> int:
    return limit - 1 + limit % 2


def _mean(original: Images, protected: Images, of: Callable[[Tensor], Tensor]) -> PerPhoto:
    """The mean over pixels and channels of a function of the difference; (B,)."""
    if not _comparable(original, protected):
        return _undefined(original)
    sums = [of(band).sum(dim=(1, 2, 3), dtype=torch.float64) for band in _difference_bands(original, protected)]
    return (torch.stack(sums).sum(dim=0) / original[0].numel()).float()


def _difference_bands(original: Images, protected: Images) -> Iterator[Images]:
    """original - protected, a band of rows at a time, in the unit of the pixels."""
    batch, channels, height, width = original.shape
    rows = max(1, BAND_VALUES // (batch * channels * width))
    for top in range(0, height, rows):
        yield original[:, :, top : top + rows].float() - protected[:, :, top : top + rows].float()


def _comparable(original: Images, protected: Images) -> bool:
    """Whether both have the same size in pixels; what can never be compared is an error."""
    if original.dtype != protected.dtype or original.shape[:2] != protected.shape[:2]:
        raise ValueError(
            f"cannot compare {original.dtype} {tuple(original.shape)} with {protected.dtype} "
            f"{tuple(protected.shape)}; give photos of one type, number and channel count"
        )
    return original.shape == protected.shape


def _undefined(images: Images) -> PerPhoto:
    return torch.full((len(images),), math.nan, device=images.device)


def _peak(images: Images) -> float:
    return 1.0 if images.is_floating_point() else 255.0
