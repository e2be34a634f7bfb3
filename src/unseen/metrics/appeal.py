"""How a picture looks, without a reference: spread of votes, colourfulness, contrast, sharpness.

Each measure takes pictures (B, C, H, W), floats in [0, 1] or uint8, and returns (B,); none is a judgement of beauty.
Colourfulness, contrast and sharpness are computed with moments over bands of rows, so that no float copy of a large
photo is made. What people would vote is asked of a network, `unseen.models.nima`.
"""

from collections.abc import Callable, Iterator, Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from unseen.types import Images, PerPhoto

BAND_VALUES = 1 << 20
"""Values of one image batch that are worked on at a time."""
_LUMA = (0.299, 0.587, 0.114)


def mean_and_spread(votes: Float[Tensor, "batch scores"]) -> tuple[PerPhoto, PerPhoto]:
    """Mean and standard deviation of scores 1, 2, ... with the given shares; each (B,).

    Args:
        votes: (B, S), shares that add up to 1; NIMA has S = 10.

    Source: Talebi and Milanfar, NIMA: neural image assessment, 2018, section III-A.
    """
    scores = torch.arange(1, votes.shape[1] + 1, dtype=votes.dtype, device=votes.device)
    mean = votes @ scores
    variance = (votes * (scores - mean[:, None]).square()).sum(1)
    return mean, variance.sqrt()


def colourfulness(images: Images) -> PerPhoto:
    """Hasler and Süsstrunk's colourfulness, in levels: 0 is grey, 33 "moderately", 82 "highly" colourful.

    sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)² + mean(yb)²) with rg = R - G and yb = (R + G) / 2 - B.

    Source: Hasler and Süsstrunk, Measuring colourfulness in natural images, 2003, section 7 (the metric M̂(3)).
    """

    def opponents(band: Images) -> Images:
        red, green, blue = band.expand(-1, 3, -1, -1).unbind(1)
        return torch.stack([red - green, (red + green) / 2 - blue], 1)

    mean, variance = _moments(opponents(band) for band in _bands(images))
    return variance.sum(1).sqrt() + 0.3 * mean.square().sum(1).sqrt()


def contrast(images: Images) -> PerPhoto:
    """Root-mean-square contrast: the standard deviation of luma (ITU-R BT.601), in levels.

    Source: Peli, Contrast in complex images, 1990, equation 1.
    """
    _, variance = _moments(_luma(band) for band in _bands(images))
    return variance[:, 0].sqrt()


def sharpness(images: Images) -> PerPhoto:
    """The standard deviation of the Laplacian of luma, in levels; it grows with fine detail, noise included.

    The Laplacian is the sum of the four neighbours less four times the pixel, where all four are inside the picture;
    smaller pictures than 3 x 3 have none: NaN. Photos are to be compared at the same size only.

    Source: the square root of what Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, 2000, call LAPV.
    """

    def laplacian(band: Images) -> Images:
        luma = _luma(band)
        middle = luma[..., 1:-1, 1:-1]
        beside = luma[..., 1:-1, :-2] + luma[..., 1:-1, 2:]
        return beside + luma[..., :-2, 1:-1] + luma[..., 2:, 1:-1] - 4 * middle

    if min(images.shape[-2:]) < 3:
        return torch.full((len(images),), torch.nan, device=images.device)
    _, variance = _moments(laplacian(band) for band in _bands(images, overlap=2))
    return variance[:, 0].sqrt()


APPEAL: Mapping[str, Callable[[Images], PerPhoto]] = {
    "colourfulness": colourfulness,
    "contrast": contrast,
    "sharpness": sharpness,
}
"""Measures of one picture that need no weights, by the names they have in reports."""


def _luma(band: Images) -> Images:
    """(B, C, H, W) -> (B, 1, H, W)."""
    return (band.expand(-1, 3, -1, -1) * band.new_tensor(_LUMA).view(3, 1, 1)).sum(1, keepdim=True)


def _bands(images: Images, *, overlap: int = 0) -> Iterator[Images]:
    """Bands of rows as floats in levels; each begins `overlap` rows before the end of the one above."""
    batch, channels, height, width = images.shape
    rows = max(1, BAND_VALUES // (batch * channels * width))
    scale = 255.0 if images.is_floating_point() else 1.0
    for top in range(0, height - overlap, rows):
        yield images[:, :, top : top + rows + overlap].float() * scale


def _moments(bands: Iterator[Images]) -> tuple[Tensor, Tensor]:
    """Mean and variance over the pixels of all bands (B, N, h, w); each (B, N)."""
    count, total, squares = 0, torch.zeros(()), torch.zeros(())
    for band in bands:
        values = band.flatten(2).double()
        count += values.shape[2]
        total = total + values.sum(2)
        squares = squares + values.square().sum(2)
    mean = total / count
    return mean.float(), (squares / count - mean.square()).clamp_min(0).float()
