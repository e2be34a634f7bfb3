"""Non-local means: a classical denoiser that knows nothing of networks (Buades, Coll and Morel 2005)."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from unseen.photo.photo import Pixels
from unseen.pictures import from_pillow
from unseen.threats.handlings import looked_at


@dataclass(frozen=True, kw_only=True)
class Denoised:
    """Every pixel becomes a mean of those around it whose neighbourhoods look alike.

    Attributes:
        strength: the difference of neighbourhoods, in 8-bit levels, from which on pixels hardly count.
        patch: pixels a side of a neighbourhood; odd.
        reach: how far away alike pixels are looked for, in pixels to each side.
    """

    strength: float
    patch: int
    reach: int

    def __call__(self, pixels: Pixels) -> Pixels:
        image = torch.from_numpy(from_pillow(looked_at(pixels))).permute(2, 0, 1)
        cleaned = non_local_means(image.float(), strength=self.strength, patch=self.patch, reach=self.reach)
        return cleaned.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def non_local_means(image: Tensor, *, strength: float, patch: int, reach: int) -> Tensor:
    """The denoised image, (C, H, W) as the given one; borders are continued by their last pixels.

    The weight of a pixel is exp(-d / strength²), d the mean squared difference of the two neighbourhoods.
    """
    height, width = image.shape[-2:]
    margin = patch // 2
    around = F.pad(image[None], (reach + margin,) * 4, mode="replicate")[0]
    total, weights = torch.zeros_like(image), torch.zeros(height, width)
    own = _window(around, reach, reach, height + 2 * margin, width + 2 * margin)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            other = _window(around, down, right, height + 2 * margin, width + 2 * margin)
            squared = (other - own).square_().mean(0, keepdim=True)
            weight = F.avg_pool2d(squared, patch, stride=1)[0].mul_(-1 / strength**2).exp_()
            total.addcmul_(other[:, margin : margin + height, margin : margin + width], weight)
            weights += weight
    return total / weights


def _window(image: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    return image[:, top : top + height, left : left + width]
