"""The picture a little out of focus."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from unseen.models.resample import BLOCK, Block, banded_product
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
        planes = images.flatten(0, 1)
        planes = banded_product(planes, _bells(sigma, radius, planes, -2), planes.shape[-2])
        planes = banded_product(planes.mT, _bells(sigma, radius, planes, -1), planes.shape[-1]).mT
        return planes.reshape(images.shape)


def _bells(sigma: float, radius: int, planes: Tensor, side: int) -> tuple[Block, ...]:
    """The blocks along the band of the matrix that blurs one side, with what is beyond a border on its last pixel."""
    length = planes.shape[side]
    reached = torch.arange(-radius, radius + 1)
    heights = torch.exp(-((reached.double() / sigma) ** 2) / 2)
    places = (torch.arange(length)[:, None] + reached).clamp(0, length - 1)
    matrix = torch.zeros(length, length, dtype=torch.float64)
    matrix.scatter_add_(1, places, (heights / heights.sum()).expand(length, -1))
    matrix = matrix.to(planes)
    parts = [(at, min(at + BLOCK, length)) for at in range(0, length, BLOCK)]
    spans = [(slice(at, end), slice(max(at - radius, 0), min(end + radius, length))) for at, end in parts]
    return tuple(
        Block(targets=targets, sources=sources, weights=matrix[targets, sources]) for targets, sources in spans
    )
