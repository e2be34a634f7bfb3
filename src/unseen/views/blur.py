"""The picture a little out of focus."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from unseen.types import Images
from unseen.views.ranges import between

_REACH = 4
"""Standard deviations after which the bell is cut."""


@dataclass(frozen=True, kw_only=True)
class Blur:
    """A Gaussian blur; beyond its borders a picture goes on as it ends. Drawn once for the whole batch.

    Attributes:
        sigma_low, sigma_high: limits of the standard deviation in pixels, 0 or more; 0 is the picture itself.
    """

    sigma_low: float
    sigma_high: float

    def __post_init__(self) -> None:
        if not 0 <= self.sigma_low <= self.sigma_high < float("inf"):
            raise ValueError(
                f"sigma_low is {self.sigma_low} and sigma_high {self.sigma_high}: give 0 or more, the higher one last"
            )

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        sigma = between(self.sigma_low, self.sigma_high, generator)
        radius = round(_REACH * sigma)
        if radius == 0:
            return images
        bell = _bell(sigma, radius).to(images)
        planes = images.reshape(-1, 1, *images.shape[-2:])
        planes = functional.pad(planes, (radius, radius, radius, radius), mode="replicate")
        planes = functional.conv2d(functional.conv2d(planes, bell[None, None, None]), bell[None, None, :, None])
        return planes.reshape(images.shape)


def _bell(sigma: float, radius: int) -> Tensor:
    places = torch.arange(-radius, radius + 1, dtype=torch.float64)
    heights = torch.exp(-((places / sigma) ** 2) / 2)
    return heights / heights.sum()
