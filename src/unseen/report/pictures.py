"""The small pictures of a report."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

LONG_EDGE = 640
GREY = 128


@dataclass(frozen=True, kw_only=True)
class Preview:
    """JPEG thumbnails of one photo.

    Attributes:
        before: the original.
        after: the file as written, decoded again.
        noise: their difference on grey, made stronger; None where the sizes differ.
        amplification: how many times stronger.
    """

    before: bytes
    after: bytes
    noise: bytes | None = None
    amplification: int | None = None


def preview(original: np.ndarray, protected: np.ndarray) -> Preview:
    """Thumbnails of a photo and its copy, both uint8 (H, W, C); the largest change is made to fill the range."""
    before, after = preview_jpeg(original), preview_jpeg(protected)
    if original.shape != protected.shape:
        return Preview(before=before, after=after)
    factor = max(1, GREY // max(1, largest_change(original, protected)))
    noise = preview_jpeg(amplified_change(original, protected, factor))
    return Preview(before=before, after=after, noise=noise, amplification=factor)


def preview_jpeg(pixels: np.ndarray, long_edge: int = LONG_EDGE) -> bytes:
    """A JPEG of pixels uint8 (H, W, C), C 1 or 3, no larger than `long_edge`, without metadata."""
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    picture.thumbnail((long_edge, long_edge), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85, subsampling="4:4:4")
    return buffer.getvalue()


def largest_change(original: np.ndarray, protected: np.ndarray) -> int:
    """The largest difference of a colour value, in levels."""
    return int((np.maximum(original, protected) - np.minimum(original, protected)).max())


def amplified_change(original: np.ndarray, protected: np.ndarray, factor: int) -> np.ndarray:
    """protected - original, `factor` times, around middle grey: uint8 (H, W, C)."""
    change = np.subtract(protected, original, dtype=np.int16)
    enough = 1 + GREY // factor  # levels that leave the range once they are amplified
    np.clip(change, -enough, enough, out=change)
    change *= factor
    change += GREY
    return np.clip(change, 0, 255, out=change).astype(np.uint8)
