"""The picture as JPEG keeps it, with gradients that know what it keeps."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import functional

from unseen.grid import LEVELS
from unseen.types import Images

_BLOCK = 8
_MIDDLE = 128
"""What a plane of light is counted from."""

# ITU-T T.81, Annex K.1: the steps in which a block's 64 frequencies are counted, row by row.
_LIGHT = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_COLOUR = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
# ITU-T T.871 (JFIF), both in levels, with colour counted from 0.
_TO_YCBCR = ((0.299, 0.587, 0.114), (-0.168735892, -0.331264108, 0.5), (0.5, -0.418687589, -0.081312411))
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136286, -0.714136286), (1.0, 1.772, 0.0))


@dataclass(frozen=True, kw_only=True)
class Jpeg:
    """The picture after JPEG, of its own size: libjpeg's tables and colour at half the resolution (4:2:0).

    On average it is less than a level from what Pillow's encoder makes of the picture. C is 3 (sRGB) or 1 (grey). The
    quality is drawn once for the whole batch.

    Rounding a frequency has no slope that helps: it is 0 but at the jumps. Its gradient here is the slope between
    `reach` below and `reach` above, (round(x + r) - round(x - r)) / 2r, with r the reach in steps of the table: nothing
    for a frequency that no change within reach brings back from 0, and all for one that has finer steps. So changes go
    where they survive. More of them does at the qualities of platforms than with a slope of 1 everywhere (straight
    through, the limit of a long reach, no worse from about 90 up), or with the cubic's 3 (x - round(x))^2 (Shin and
    Song 2017), which all but stops where a frequency was 0 and keeps less in the photo itself.

    Attributes:
        quality_low, quality_high: limits of the quality, 1 to 100, all drawn as often as each other.
        reach: how far noise may move a frequency, in [0, 1]; the transform keeps lengths, so noise of so many levels
            moves each by about as many. A shorter reach makes changes for lower qualities.
    """

    quality_low: int
    quality_high: int
    reach: float = 16 / LEVELS

    def __post_init__(self) -> None:
        for name in ("quality_low", "quality_high"):
            if not 1 <= getattr(self, name) <= 100:
                raise ValueError(f"{name} is {getattr(self, name)}: give 1 to 100")
        if self.quality_low > self.quality_high:
            raise ValueError(f"quality_low is {self.quality_low}: give at most quality_high, {self.quality_high}")
        if not 0 < self.reach <= 1:
            raise ValueError(f"reach is {self.reach}: give a number above 0 and at most 1")

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        quality = int(torch.randint(self.quality_low, self.quality_high + 1, (), generator=generator))
        height, width = images.shape[-2:]
        margins = (0, -width % (2 * _BLOCK), 0, -height % (2 * _BLOCK))
        levels = functional.pad(images * LEVELS, margins, mode="replicate")
        planes = _in_bytes(_mixed(levels, _TO_YCBCR) if images.shape[1] == 3 else levels)
        light = self._coded(planes[:, :1] - _MIDDLE, _LIGHT, quality)[..., :height, :width] + _MIDDLE
        if images.shape[1] == 3:
            coarse = _in_bytes(functional.avg_pool2d(planes[:, 1:], 2))
            coarse = self._coded(coarse, _COLOUR, quality)[..., : (height + 1) // 2, : (width + 1) // 2]
            colour = functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
            light = _mixed(torch.cat([light, colour[..., :height, :width]], 1), _TO_RGB)
        return light.div(LEVELS).clamp(0, 1)

    def _coded(self, planes: Tensor, table: tuple[int, ...], quality: int) -> Tensor:
        """Planes (B, C, H, W), both sides in whole blocks, with every frequency in whole steps."""
        encode, decode, steps = _transform(table, quality, planes.dtype, planes.device)
        blocks = planes.unflatten(-1, (-1, _BLOCK)).unflatten(-3, (-1, _BLOCK)).transpose(-3, -2).flatten(-2)
        counted = _Rounded.apply(blocks @ encode, self.reach * LEVELS / steps)  # type: ignore[no-untyped-call]
        pixels = (counted @ decode).unflatten(-1, (_BLOCK, _BLOCK))
        return _in_bytes(pixels.transpose(-3, -2).flatten(-2).flatten(-3, -2))


class _Rounded(torch.autograd.Function):
    """Whole steps; the gradient is the slope from a reach below to a reach above, 1 where that is far (None)."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, reach: Tensor | None) -> Tensor:
        if reach is not None:
            ctx.save_for_backward(values, reach)
        return values.round()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        if not ctx.saved_tensors:
            return gradients[0], None
        values, reach = ctx.saved_tensors
        slope = (values + reach).round_().sub_((values - reach).round_()).div_(2 * reach)
        return slope.mul_(gradients[0]), None


def _in_bytes(levels: Tensor) -> Tensor:
    """Rounded to levels, which are far finer than the steps of most tables: gradients pass as they are."""
    rounded: Tensor = _Rounded.apply(levels, None)  # type: ignore[no-untyped-call]
    return rounded


def _mixed(planes: Tensor, weights: tuple[tuple[float, ...], ...]) -> Tensor:
    """Three planes (B, 3, H, W) as weighted sums of three others."""
    return (planes.new_tensor(weights) @ planes.flatten(2)).unflatten(2, planes.shape[-2:])


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # kept between calls, some of which need gradients
def _transform(
    table: tuple[int, ...], quality: int, dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """What makes a block's 64 pixels its frequencies in steps (64, 64), what makes pixels of them, the steps (64,)."""
    places = torch.arange(_BLOCK, dtype=torch.float64)
    waves = torch.cos((2 * places + 1) * places[:, None] * math.pi / (2 * _BLOCK)) / 2
    waves[0] /= math.sqrt(2)
    squares = torch.kron(waves, waves)  # frequency, pixel; its inverse is its transpose
    steps = torch.tensor(steps_of(table, quality), dtype=torch.float64)
    encode, decode = (squares / steps[:, None]).T, squares * steps[:, None]
    return encode.to(device, dtype), decode.to(device, dtype), steps.to(device, dtype)


def steps_of(table: tuple[int, ...], quality: int) -> list[int]:
    """A table at a quality from 1 to 100, as libjpeg scales it (jcparam.c, jpeg_quality_scaling)."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(max((step * scale + 50) // 100, 1), 255) for step in table]
