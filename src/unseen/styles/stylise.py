"""A photo of any size through a generator, in bounded memory and without seams.

A photo that fits one tile goes through as a whole. A larger one is reduced to the size of a tile, which gives every
instance norm its statistics; then tiles overlap by as much as the network reads around a pixel, and only what read
nothing beyond its tile is kept. So tiles agree exactly with the whole photo at these statistics: there is no seam to
hide. The photo is first framed by its own reflection, because zero padding inside the networks draws coloured bands
along its borders; the frame is cut off again.

Strokes are a few pixels wide, whatever the photo's size: on 12 megapixels nobody sees them on a screen, and a network
that reads 224 pixels does not either. So large photos are usually painted as a smaller copy, whose change is enlarged.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from unseen.canvas import lay
from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.photo.photo import Pixels
from unseen.styles.instance_norm import with_statistics_of
from unseen.styles.networks import GRANULE, Generator

TILE = 1024
"""Pixels a side of what goes through the network at a time; memory grows with its square."""

FRAME = 48
"""Pixels of reflection around the photo, a multiple of `GRANULE`; beyond them Hayao's bands are below two levels."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Y of YCbCr from red, green and blue (ITU-R BT.601, as in JPEG)."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A tile along one side.

    Attributes:
        read: pixels of the framed photo that go through the network.
        kept: pixels of the photo that are made of them.
    """

    read: slice
    kept: slice

    @property
    def within(self) -> slice:
        """Those that are kept among those that are read."""
        start = self.kept.start + FRAME - self.read.start
        return slice(start, start + self.kept.stop - self.kept.start)


@torch.inference_mode()
def stylised(
    pixels: Pixels, generator: Generator, *, strength: float = 1.0, keep_colour: bool = False, tile: int = TILE
) -> Pixels:
    """The photo as the generator paints it.

    Args:
        pixels: (H, W, C) uint8 in sRGB, C 3, or 1 for grey, which stays grey; any H and W from 1.
        strength: share of the change that is made, 0 nothing to 1 all of it.
        keep_colour: whether only the light (Y of YCbCr) changes and the photo's own colours (Cb, Cr) stay.
        tile: pixels a side of what goes through the network at a time, more than twice the generator's reach.

    Returns:
        (H, W, C) uint8.

    Raises:
        UnseenError: something else than such a photo.
    """
    require_photo(pixels)
    framed = _framed(pixels)
    whole = math.prod(framed.shape[:2]) <= tile**2
    painter = generator if whole else with_statistics_of(generator, _batch(_framed(_reduced(pixels, tile)), generator))
    tall, wide = framed.shape[:2] if whole else (tile, tile)
    result = np.empty_like(pixels)
    for rows in _spans(pixels.shape[0], tall, generator.reach):
        for columns in _spans(pixels.shape[1], wide, generator.reach):
            painted = _levels(painter(_batch(framed[rows.read, columns.read], generator)))
            original, made = pixels[rows.kept, columns.kept], painted[rows.within, columns.within]
            result[rows.kept, columns.kept] = blended(original, made, strength, keep_colour=keep_colour)
    return result


def painted_small(
    pixels: Pixels, generator: Generator, edge: int, *, strength: float = 1.0, keep_colour: bool = False
) -> Pixels:
    """The photo with the change on it that its copy with a longer side of `edge` pixels undergoes.

    The photo's own detail below the scale of the copy stays. Arguments, result and errors are those of `stylised`.
    """
    require_photo(pixels)
    height, width = pixels.shape[:2]
    if max(height, width) <= edge:
        return stylised(pixels, generator, strength=strength, keep_colour=keep_colour)
    small = _resized(pixels, edge / max(height, width))
    painted = stylised(small, generator, strength=strength, keep_colour=keep_colour)
    change = torch.from_numpy(painted.astype(np.float32) - small) / LEVELS
    return lay(change.permute(2, 0, 1), pixels)


def require_photo(pixels: Pixels) -> None:
    """Refuse what is no photo in sRGB.

    Raises:
        UnseenError: pixels of another type or shape.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or 0 in pixels.shape:
        raise UnseenError(
            f"pixels are {pixels.dtype} of shape {pixels.shape}; give (height, width, 3) in uint8, not empty"
        )


def _framed(pixels: Pixels) -> Pixels:
    """The photo inside its own reflection, both sides a multiple of `GRANULE`."""
    height, width = pixels.shape[:2]
    frame = ((FRAME, FRAME + -height % GRANULE), (FRAME, FRAME + -width % GRANULE), (0, 0))
    return np.pad(pixels, frame, mode="reflect")


def _reduced(pixels: Pixels, tile: int) -> Pixels:
    """The photo at about as many pixels as fit in a tile, its frame included."""
    height, width = pixels.shape[:2]
    area, frame = height * width, 2 * FRAME * (height + width)
    # (height * scale + 2 * FRAME) * (width * scale + 2 * FRAME) = tile ** 2, solved for the scale
    return _resized(pixels, (math.sqrt(frame**2 + 4 * area * (tile**2 - 4 * FRAME**2)) - frame) / (2 * area))


def _resized(pixels: Pixels, scale: float) -> Pixels:
    height, width, channels = pixels.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = Image.fromarray(pixels if channels == 3 else pixels[..., 0])
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC)).reshape(size[1], size[0], channels)


def _spans(length: int, tile: int, reach: int) -> list[Span]:
    """Tiles along one side of the photo, of equal length but for the last.

    The first and the last tile reach to the frame's edge or as far as the network reads, whichever is nearer.
    """
    overlap = _granules(reach)
    framed = FRAME + _granules(length) + FRAME
    if framed <= tile:
        return [Span(read=slice(0, framed), kept=slice(0, length))]
    count = math.ceil(length / (tile - 2 * overlap))
    step = _granules(math.ceil(length / count))
    spans = []
    for start in range(0, length, step):
        stop = min(start + step, length)
        first, last = max(0, FRAME + start - overlap), min(framed, FRAME + _granules(stop) + overlap)
        spans.append(Span(read=slice(first, last), kept=slice(start, stop)))
    return spans


def _granules(length: int) -> int:
    """The next multiple of `GRANULE`."""
    return length + -length % GRANULE


def _batch(pixels: Pixels, generator: Generator) -> Tensor:
    """What the generator reads: (1, 3, H, W) in [-1, 1], where its weights are."""
    device = next(generator.parameters()).device
    planes = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).permute(2, 0, 1)[None].float()
    return planes.mul_(2 / LEVELS).sub_(1).expand(-1, 3, -1, -1)


def _levels(painted: Tensor) -> NDArray[np.float32]:
    """(1, 3, H, W) in [-1, 1] -> (H, W, 3) in levels."""
    return painted[0].permute(1, 2, 0).add(1).mul_(LEVELS / 2).cpu().numpy()


def blended(original: Pixels, painted: NDArray[np.float32], strength: float, *, keep_colour: bool) -> Pixels:
    """The original moved towards what was painted.

    Adding the same to red, green and blue changes Y by that and leaves Cb and Cr as they are.
    """
    change = painted - original
    if keep_colour or original.shape[2] == 1:
        change = (change @ _LUMA)[..., None]
    moved: NDArray[np.float32] = original + np.float32(strength) * change
    return moved.round().clip(0, LEVELS).astype(np.uint8)
