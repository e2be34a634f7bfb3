"""What becomes of a photo on its way from its owner to a network: a platform's work, or a reader's attempt to clean it.

Each handling is a frozen function of pixels (H, W, C) uint8 in sRGB that keeps C.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageFilter

from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.photo.decoders import open_jpeg, open_webp
from unseen.photo.ladder import LONGEST_EDGES
from unseen.photo.photo import Pixels
from unseen.pictures import from_pillow, to_pillow
from unseen.views import CentreCrop

Handling = Callable[[Pixels], Pixels]

LOOKED_AT = 512
"""Pixels of the longer side at which readers clean photos: not much more than networks look at.

In a photo of 12 megapixels a median of 3x3 pixels touches nothing that a network sees; whoever wants to remove noise
makes the photo smaller first.
"""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A social network: it makes large photos smaller (Lanczos) and compresses all of them again (4:2:0).

    Attributes:
        long_edge: pixels of the longer side at most; None keeps every size.
        quality: of the file, 1 to 100; None serves the pixels as they were posted.
        format: "jpeg" or "webp".
        out_of: pixels that the longer side of a photo is taken for which has no more than `long_edge`: it is made
            smaller by the same share as one of that size would be. None keeps its size, as platforms do.

    Raises:
        UnseenError: a number out of range; in a call, a photo that is too long for the format.
    """

    long_edge: int | None = None
    quality: int | None = None
    format: Literal["jpeg", "webp"] = "jpeg"
    out_of: int | None = None

    def __post_init__(self) -> None:
        if self.long_edge is not None and self.long_edge < 1:
            raise UnseenError(f"long edge {self.long_edge} is out of range; give 1 pixel or more")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise UnseenError(f"quality {self.quality} is out of range; choose 1 to 100")
        if self.out_of is not None and self.out_of < (self.long_edge or 1):
            raise UnseenError(f"out of {self.out_of} pixels is less than the long edge; give {self.long_edge} or more")

    def __call__(self, pixels: Pixels) -> Pixels:
        """What can be downloaded of a posted photo."""
        picture = to_pillow(pixels)
        edge = self._edge(max(picture.size))
        picture = picture if edge is None else _shrunk(picture, edge)
        if self.quality is not None:
            picture = _recompressed(picture, self.format, self.quality)
        served = from_pillow(picture)
        return served if served.shape[2] == pixels.shape[2] else served[..., : pixels.shape[2]]  # WebP has no grey

    def _edge(self, longest: int) -> int | None:
        """What the longer side becomes; None where it stays."""
        if self.long_edge is None or (longest <= self.long_edge and self.out_of is None):
            return None
        if longest > self.long_edge or self.out_of is None:
            return self.long_edge
        return max(1, round(longest * self.long_edge / self.out_of))


AS_POSTED = Platform()
"""The file itself, such as a photo in a public folder."""


@dataclass(frozen=True, kw_only=True)
class ScaleAndCrop:
    """One more round of what networks do to photos anyway: the short edge is scaled and the centre cut out (bicubic).

    Attributes:
        edge: pixels of the scaled photo's short edge.
        side: of the square that is left.

    Raises:
        UnseenError: numbers out of range.
    """

    edge: int = 256
    side: int = 224

    def __post_init__(self) -> None:
        if not 1 <= self.side <= self.edge:
            raise UnseenError(f"cannot cut {self.side} pixels out of {self.edge}; give a side from 1 to the edge")

    def __call__(self, pixels: Pixels) -> Pixels:
        """The centre (side, side, C) uint8 of a scaled photo (H, W, C) uint8."""
        picture = to_pillow(pixels)
        scale = self.edge / min(picture.size)
        width, height = (max(self.edge, round(side * scale)) for side in picture.size)
        left, top = (width - self.side) // 2, (height - self.side) // 2
        scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
        return from_pillow(scaled.crop((left, top, left + self.side, top + self.side)))


@dataclass(frozen=True, kw_only=True)
class Cropped:
    """The middle of the photo: `share` of its height and of its width."""

    share: float

    def __call__(self, pixels: Pixels) -> Pixels:
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        part = CentreCrop(ratio=self.share)(image, torch.Generator())
        return np.ascontiguousarray(part[0].permute(1, 2, 0).numpy())


@dataclass(frozen=True, kw_only=True)
class Blurred:
    """A Gaussian blur; `sigma` in pixels of what is looked at."""

    sigma: float

    def __call__(self, pixels: Pixels) -> Pixels:
        return from_pillow(looked_at(pixels).filter(ImageFilter.GaussianBlur(self.sigma)))


@dataclass(frozen=True, kw_only=True)
class MedianFiltered:
    """Each value becomes the median of its neighbourhood of `size` x `size` pixels; an odd number."""

    size: int

    def __call__(self, pixels: Pixels) -> Pixels:
        return from_pillow(looked_at(pixels).filter(ImageFilter.MedianFilter(self.size)))


@dataclass(frozen=True, kw_only=True)
class FewerBits:
    """Colour values on the even grid of 2^`bits` levels (Xu et al. 2018, feature squeezing)."""

    bits: int

    def __call__(self, pixels: Pixels) -> Pixels:
        steps = 2**self.bits - 1
        values = np.round(np.round(np.arange(LEVELS + 1) / LEVELS * steps) / steps * LEVELS).astype(np.uint8)
        return np.ascontiguousarray(values[from_pillow(looked_at(pixels))])


def looked_at(pixels: Pixels) -> Image.Image:
    """The photo no longer than `LOOKED_AT`."""
    picture = to_pillow(pixels)
    return _shrunk(picture, LOOKED_AT) if max(picture.size) > LOOKED_AT else picture


def mean_of(copies: "list[Pixels] | tuple[Pixels, ...]") -> Pixels:
    """The mean of several pictures of one size, rounded."""
    total = np.zeros(copies[0].shape, np.uint32)
    for copy in copies:
        total += copy
    return ((2 * total + len(copies)) // (2 * len(copies))).astype(np.uint8)


def _shrunk(picture: Image.Image, long_edge: int) -> Image.Image:
    longest = max(picture.size)
    width, height = (max(1, round(side * long_edge / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _recompressed(picture: Image.Image, format: str, quality: int) -> Image.Image:
    longest = max(picture.size)
    if longest > LONGEST_EDGES[format]:
        name = {"jpeg": "JPEG", "webp": "WebP"}[format]
        problem = f"a picture {longest} pixels long is more than the {LONGEST_EDGES[format]} of {name}"
        raise UnseenError(f"{problem}; give the platform a long edge")
    file = io.BytesIO()
    if format == "webp":
        picture.save(file, "WEBP", quality=quality)
        return open_webp(file.getvalue())
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return open_jpeg(file.getvalue())
