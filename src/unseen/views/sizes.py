"""The whole picture in another size, antialiased as Pillow does it."""

from dataclasses import dataclass

import torch
from torch import Generator
from torch.nn import functional

from unseen.models.resample import INTERPOLATIONS, Window, resample
from unseen.types import Images
from unseen.views.ranges import between, require_pixels, require_ratio, require_ratios, share_of

_GREY = 0.5


@dataclass(frozen=True, kw_only=True)
class Resize:
    """The picture squashed to a size."""

    height: int
    width: int
    interpolation: str = "bicubic"

    def __post_init__(self) -> None:
        require_pixels("height", self.height)
        require_pixels("width", self.width)
        _require_interpolation(self.interpolation)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        return _resized(images, self.height, self.width, self.interpolation)


@dataclass(frozen=True, kw_only=True)
class ResizeShortEdge:
    """The picture in its own shape with a shorter side of `edge` pixels; the longer side is rounded down."""

    edge: int
    interpolation: str = "bicubic"

    def __post_init__(self) -> None:
        require_pixels("edge", self.edge)
        _require_interpolation(self.interpolation)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        short = min(images.shape[-2:])
        tall, wide = (self.edge * side // short for side in images.shape[-2:])
        return _resized(images, tall, wide, self.interpolation)


@dataclass(frozen=True, kw_only=True)
class RandomResize:
    """The picture in its own shape, made smaller by a ratio drawn once for the whole batch, and left so.

    Attributes:
        smallest, largest: limits of the share of the height and of the width that the picture keeps, in (0, 1].
    """

    smallest: float
    largest: float = 1.0
    interpolation: str = "bicubic"

    def __post_init__(self) -> None:
        require_ratios(self.smallest, self.largest)
        _require_interpolation(self.interpolation)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        ratio = between(self.smallest, self.largest, generator)
        tall, wide = (share_of(side, ratio) for side in images.shape[-2:])
        return _resized(images, tall, wide, self.interpolation)


@dataclass(frozen=True, kw_only=True)
class Diverse:
    """The picture made smaller and put at a random place on grey of its own size (DIM, Xie et al. 2019).

    Size and place are drawn once for the whole batch.

    Attributes:
        smallest: limit of the share of the height and of the width that the picture keeps, in (0, 1].
    """

    smallest: float

    def __post_init__(self) -> None:
        require_ratio("smallest", self.smallest)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        drawn = torch.rand(3, generator=generator, dtype=torch.float64).tolist()
        ratio = self.smallest + (1 - self.smallest) * drawn[0]
        height, width = images.shape[-2:]
        tall, wide = share_of(height, ratio), share_of(width, ratio)
        top, left = int(drawn[1] * (height - tall + 1)), int(drawn[2] * (width - wide + 1))
        smaller = _resized(images, tall, wide, "bilinear")
        margins = (left, width - wide - left, top, height - tall - top)
        return functional.pad(smaller - _GREY, margins) + _GREY


def _resized(images: Images, height: int, width: int, interpolation: str) -> Images:
    whole = Window(resized_height=height, resized_width=width, top=0, left=0, height=height, width=width)
    return resample(images, whole, interpolation)


def _require_interpolation(name: str) -> None:
    if name not in INTERPOLATIONS:
        raise ValueError(f"interpolation is {name!r}: choose {' or '.join(INTERPOLATIONS)}")
