"""Views: what becomes of a picture on its way to a network, differentiable, so that noise can be made against it.

Each has the protocol `unseen.types.View`: images (B, C, H, W) in [0, 1] and a generator -> images of the size that the
view gives them. A call draws from the generator only what is random in it.
"""

from dataclasses import dataclass

import torch
from torch import Generator
from torch.nn import functional

from unseen.models.resample import INTERPOLATIONS, Window, resample
from unseen.types import Images, View

_GREY = 0.5


@dataclass(frozen=True, kw_only=True)
class CentreCrop:
    """The middle of the picture: `ratio` of its height and of its width. Only slices, so bytes may go in as well."""

    ratio: float

    def __post_init__(self) -> None:
        _require_ratio("ratio", self.ratio)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        tall, wide = (_cropped(side, self.ratio) for side in images.shape[-2:])
        top, left = (images.shape[-2] - tall) // 2, (images.shape[-1] - wide) // 2
        return images[..., top : top + tall, left : left + wide]


@dataclass(frozen=True, kw_only=True)
class RandomCrop:
    """A part of each picture at a random place of its own, as large as a ratio drawn once for the whole batch.

    Only slices, so bytes may go in as well.

    Attributes:
        smallest, largest: limits of the share of the height and of the width that is kept, in (0, 1].
    """

    smallest: float
    largest: float

    def __post_init__(self) -> None:
        _require_ratio("smallest", self.smallest)
        _require_ratio("largest", self.largest)
        if self.smallest > self.largest:
            raise ValueError(f"smallest is {self.smallest}: give at most the largest ratio, {self.largest}")

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        drawn = torch.rand((), generator=generator, dtype=torch.float64).item()
        ratio = self.smallest + (self.largest - self.smallest) * drawn
        tall, wide = (_cropped(side, ratio) for side in images.shape[-2:])
        tops = torch.randint(images.shape[-2] - tall + 1, (len(images),), generator=generator).tolist()
        lefts = torch.randint(images.shape[-1] - wide + 1, (len(images),), generator=generator).tolist()
        parts = zip(images, tops, lefts, strict=True)
        return torch.stack([image[:, top : top + tall, left : left + wide] for image, top, left in parts])


@dataclass(frozen=True, kw_only=True)
class Resize:
    """The picture squashed to a size, antialiased as Pillow does it."""

    height: int
    width: int
    interpolation: str = "bicubic"

    def __post_init__(self) -> None:
        _require_pixels("height", self.height)
        _require_pixels("width", self.width)
        _require_interpolation(self.interpolation)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        return _resized(images, self.height, self.width, self.interpolation)


@dataclass(frozen=True, kw_only=True)
class ResizeShortEdge:
    """The picture in its own shape with a shorter side of `edge` pixels; the longer side is rounded down."""

    edge: int
    interpolation: str = "bicubic"

    def __post_init__(self) -> None:
        _require_pixels("edge", self.edge)
        _require_interpolation(self.interpolation)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        short = min(images.shape[-2:])
        tall, wide = (self.edge * side // short for side in images.shape[-2:])
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
        _require_ratio("smallest", self.smallest)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        drawn = torch.rand(3, generator=generator, dtype=torch.float64).tolist()
        ratio = self.smallest + (1 - self.smallest) * drawn[0]
        height, width = images.shape[-2:]
        tall, wide = _cropped(height, ratio), _cropped(width, ratio)
        top, left = int(drawn[1] * (height - tall + 1)), int(drawn[2] * (width - wide + 1))
        smaller = _resized(images, tall, wide, "bilinear")
        margins = (left, width - wide - left, top, height - tall - top)
        return functional.pad(smaller - _GREY, margins) + _GREY


def compose(*views: View) -> View:
    """One view after the other, with the same generator; of no view, the picture itself."""

    def composed(images: Images, generator: Generator, /) -> Images:
        for view in views:
            images = view(images, generator)
        return images

    return composed


def _cropped(length: int, ratio: float) -> int:
    """How many of `length` pixels a crop keeps."""
    return max(1, round(ratio * length))


def _resized(images: Images, height: int, width: int, interpolation: str) -> Images:
    whole = Window(resized_height=height, resized_width=width, top=0, left=0, height=height, width=width)
    return resample(images, whole, interpolation)


def _require_ratio(name: str, value: float) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{name} is {value}: give a number above 0 and at most 1")


def _require_pixels(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name} is {value}: give at least 1 pixel")


def _require_interpolation(name: str) -> None:
    if name not in INTERPOLATIONS:
        raise ValueError(f"interpolation is {name!r}: choose {' or '.join(INTERPOLATIONS)}")
