"""Antialiased resampling of a window of a resized picture, as Pillow and torch do it.

Resizing is linear and separable: along each side it is one banded matrix. As products of the blocks along the band,
forward and backward take half the time of `F.interpolate` on a CPU, repeat exactly on a GPU, and compute only the
rows and columns that a crop keeps.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

INTERPOLATIONS = ("bilinear", "bicubic")
_RADIUS = {"bilinear": 1.0, "bicubic": 2.0}
BLOCK = 16
"""Target pixels in a block: fewer mean less arithmetic on zeros, more mean fewer calls."""
_FAR_LARGER = 4
"""From this ratio of resized to original pixels, only the window is computed and not the whole resized picture."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part (top, left, height, width) of a picture resized to (resized_height, resized_width).

    It may reach over the borders of the resized picture.
    """

    resized_height: int
    resized_width: int
    top: int
    left: int
    height: int
    width: int

    def inside(self) -> "Window":
        """The part of this window that lies on the resized picture."""
        top, left = max(self.top, 0), max(self.left, 0)
        bottom = min(self.top + self.height, self.resized_height)
        right = min(self.left + self.width, self.resized_width)
        return Window(
            resized_height=self.resized_height,
            resized_width=self.resized_width,
            top=top,
            left=left,
            height=bottom - top,
            width=right - left,
        )

    def margins(self) -> tuple[int, int, int, int]:
        """What the window has outside the resized picture: left, right, top, bottom."""
        inside = self.inside()
        left, top = inside.left - self.left, inside.top - self.top
        return left, self.width - inside.width - left, top, self.height - inside.height - top


def resample(images: Tensor, window: Window, interpolation: str) -> Tensor:
    """The window of the resized pictures: float in, float out in [0, 1]; uint8 in, uint8 out as Pillow rounds.

    Args:
        images: (B, C, H, W) float in [0, 1], differentiable, or uint8.
        window: must lie inside the resized picture.
        interpolation: "bilinear" or "bicubic", both antialiased.
    """
    if images.dtype != torch.uint8:
        return _by_matrices(images, window, interpolation, largest=1.0, rounded=False)
    enlarged = window.resized_height * window.resized_width >= _FAR_LARGER * images.shape[-2] * images.shape[-1]
    if enlarged or images.device.type != "cpu":  # torch resizes bytes only on a CPU, and always the whole picture
        return _by_matrices(images, window, interpolation, largest=255.0, rounded=True).to(torch.uint8)
    size = (window.resized_height, window.resized_width)
    if size != tuple(images.shape[-2:]):
        images = F.interpolate(images, size, mode=interpolation, antialias=True)
    return images[..., window.top : window.top + window.height, window.left : window.left + window.width]


def _by_matrices(images: Tensor, window: Window, interpolation: str, *, largest: float, rounded: bool) -> Tensor:
    """First along the rows, then along the columns, and after each what lies outside a picture's range is cut.

    Pillow has the same order, but for pictures that shrink far more in height than in width since its version 13.
    """
    batch, channels, height, width = images.shape
    device = images.device
    down = _stretch(height, window.resized_height, window.top, window.height, interpolation, device)
    across = _stretch(width, window.resized_width, window.left, window.width, interpolation, device)
    picture = images[..., down.first : down.stop, across.first : across.stop].float().flatten(0, 1)
    if across.blocks:
        picture = banded_product(picture.mT, across.blocks, window.width).mT
        picture = _as_stored(picture, interpolation, largest, rounded)
    if down.blocks:
        picture = banded_product(picture, down.blocks, window.height)
        picture = _as_stored(picture, interpolation, largest, rounded)
    return picture.unflatten(0, (batch, channels))


def _as_stored(picture: Tensor, interpolation: str, largest: float, rounded: bool) -> Tensor:
    """What is left after a pass when the result is stored as bytes: bicubic overshoot is cut, fractions are rounded."""
    if rounded:
        picture = (picture + 0.5).floor()
    return picture.clamp(0.0, largest) if interpolation == "bicubic" else picture


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Neighbouring target pixels as weighted sums of neighbouring source pixels; weights is (targets, sources)."""

    targets: slice
    sources: slice
    weights: Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class _Stretch:
    """What becomes of the source pixels first..stop along one side; without blocks they stay as they are."""

    first: int
    stop: int
    blocks: tuple[Block, ...]


def banded_product(pictures: Tensor, blocks: tuple[Block, ...], length: int) -> Tensor:
    """The matrix of `length` rows that has these blocks times each of (N, sources, M) -> (N, length, M)."""
    product: Tensor = _BandedProduct.apply(pictures, blocks, length)  # type: ignore[no-untyped-call]
    return product


class _BandedProduct(torch.autograd.Function):
    """A banded matrix times each of (N, sources, M) -> (N, targets, M), in memory as the input lies."""

    @staticmethod
    def forward(ctx: Any, pictures: Tensor, blocks: tuple[Block, ...], length: int) -> Tensor:
        ctx.blocks, ctx.sources = blocks, pictures.shape[1]
        product = _empty_like(pictures, length)
        for block in blocks:
            weights = block.weights.expand(len(pictures), -1, -1)
            product[:, block.targets].baddbmm_(weights, pictures[:, block.sources], beta=0)
        return product

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = gradients
        product = _empty_like(gradient, ctx.sources).zero_()
        for block in ctx.blocks:
            weights = block.weights.mT.expand(len(gradient), -1, -1)
            product[:, block.sources].baddbmm_(weights, gradient[:, block.targets])
        return product, None, None


def _empty_like(pictures: Tensor, length: int) -> Tensor:
    """Room for (N, length, M), columns first in memory where `pictures` has them so."""
    count, _, others = pictures.shape
    if pictures.stride(-1) == 1:
        return pictures.new_empty(count, length, others)
    return pictures.new_empty(count, others, length).mT


# A larger one would fill with the random sizes of views, half a megabyte each; between two looks at a batch of these a
# network's own size is still in it.
@lru_cache(maxsize=32)
@torch.inference_mode(False)  # kept between calls, some of which need gradients
def _stretch(source: int, target: int, start: int, length: int, interpolation: str, device: torch.device) -> _Stretch:
    """How `source` pixels become the pixels start..start + length of `target` ones."""
    if source == target:
        return _Stretch(first=start, stop=start + length, blocks=())
    parts = [(at, min(BLOCK, start + length - at)) for at in range(start, start + length, BLOCK)]
    bands = [_band(source, target, at, count, interpolation) for at, count in parts]
    lowest = bands[0][0]
    blocks = tuple(
        Block(
            targets=slice(at - start, at - start + count),
            sources=slice(first - lowest, first - lowest + weights.shape[1]),
            weights=weights.to(device, torch.float32),
        )
        for (at, count), (first, weights) in zip(parts, bands, strict=True)
    )
    return _Stretch(first=lowest, stop=lowest + blocks[-1].sources.stop, blocks=blocks)


def _band(source: int, target: int, start: int, length: int, interpolation: str) -> tuple[int, Tensor]:
    """The first source pixel that matters, and Pillow's weights from there on (Resample.c, precompute_coeffs)."""
    scale = source / target
    reach = max(scale, 1.0)
    support = _RADIUS[interpolation] * reach
    centres = (torch.arange(start, start + length, dtype=torch.float64) + 0.5) * scale
    first = max(int(centres[0].item() - support + 0.5), 0)
    stop = min(int(centres[-1].item() + support + 0.5), source)
    pixels = torch.arange(first, stop, dtype=torch.float64) + 0.5
    weights = _kernel((pixels - centres[:, None]).abs() / reach, interpolation)
    return first, weights / weights.sum(1, keepdim=True)


def _kernel(distance: Tensor, interpolation: str) -> Tensor:
    """The triangle, or Keys' cubic with a = -1/2 (Keys 1981, equation 4), both zero from their radius on."""
    if interpolation == "bilinear":
        return (1.0 - distance).clamp(min=0.0)
    near = (1.5 * distance - 2.5) * distance**2 + 1.0
    far = ((-0.5 * distance + 2.5) * distance - 4.0) * distance + 2.0
    return torch.where(distance < 1.0, near, torch.where(distance < 2.0, far, 0.0))
