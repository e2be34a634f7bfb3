"""The nouns of this package: a photo as people see it, how its file was compressed, and what else the file held."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from unseen.photo.colour import to_srgb
from unseen.photo.exif import Exif

Pixels = NDArray[np.uint8]
"""(H, W, C) with C 1 (grey) or 3 (red, green, blue)."""

Alpha = NDArray[np.uint8] | None
"""(H, W), 0 transparent to 255 opaque."""

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "png": (".png",),
    "webp": (".webp",),
    "avif": (".avif",),
    "tiff": (".tif", ".tiff"),
    "heic": (".heic", ".heif", ".hif"),
}
"""The suffixes of each format, the usual one first."""

PHOTO_SUFFIXES = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
"""The lower-case suffixes of the files that are read."""


JPEG_COMMENT = "Comment"
"""The keyword under which a JPEG's comment is held."""


class Finding(StrEnum):
    """What a photo's file may hold beside its pixels, in words for people."""

    EXIF = "EXIF"
    GPS = "GPS position"
    MAKER_NOTES = "maker notes"
    XMP = "XMP"
    IPTC = "IPTC"
    COMMENT = "comment"
    TEXT = "text"
    THUMBNAIL = "thumbnail"
    PICTURES = "further pictures"
    GAIN_MAP = "gain map"
    DEPTH_MAP = "depth map"
    AUXILIARY = "auxiliary picture"
    VIDEO = "motion-photo video"
    CREDENTIALS = "content credentials"
    APPLICATION = "application data"
    TRAILER = "data after the picture"
    UNUSABLE_PROFILE = "unusable colour profile"


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a picture is, or is to be, compressed.

    Attributes:
        quality: 1 to 100 in the words of the format's encoder, or None where it cannot be read or does not apply.
        subsampling: "4:4:4", "4:2:2", "4:2:0", or None for grey and for what no encoder here can write.
        lossless: whether every pixel survives.
        tables: JPEG's quantisation tables (64 numbers each, row by row), one a component; they outrank `quality`.
    """

    quality: int | None = None
    subsampling: str | None = None
    lossless: bool = False
    tables: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a file told beside its pixels; `found` names everything, the rest is what `--keep` can choose from.

    Attributes:
        texts: (keyword, text) of comments and text chunks.
    """

    found: tuple[Finding, ...] = ()
    exif: Exif | None = None
    xmp: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A photo's file taken apart, before any pixel is decoded.

    Attributes:
        decodable: the file, or just the parts of it that carry pixels, for the decoder.
        icc: the colour profile, embedded or equal to what the file says in numbers; None for sRGB.
        encoding: what the container tells; a JPEG's is read by the decoder.
        grey: whether the file says that it has one colour channel.
        notes: one line each on what a user should know.
    """

    decodable: bytes
    metadata: Metadata = field(default_factory=Metadata)
    icc: bytes | None = None
    encoding: Encoding = field(default_factory=Encoding)
    grey: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Photo:
    """A photo, upright, in its own colour space.

    Attributes:
        path: where it came from.
        format: "jpeg", "png", "webp", "avif", "tiff" or "heic", by its content.
        pixels: (H, W, C) uint8, C 1 (grey) or 3; orientation applied.
        alpha: (H, W) uint8, 0 transparent to 255 opaque, or None.
        icc: the colour profile of `pixels`, or None for sRGB.
        encoding: what could be read of the original's compression.
        metadata: for `keep` when encoding.
        notes: one line each on what a user should know.
    """

    path: PurePath
    format: str
    pixels: Pixels
    alpha: Alpha = None
    icc: bytes | None = None
    encoding: Encoding = field(default_factory=Encoding)
    metadata: Metadata = field(default_factory=Metadata)
    notes: tuple[str, ...] = ()

    @property
    def metadata_found(self) -> tuple[str, ...]:
        """What the file held beside its pixels, in words for people, each once."""
        return tuple(str(finding) for finding in self.metadata.found)

    @cached_property
    def srgb(self) -> Pixels:
        """(H, W, C) uint8 in sRGB, what a classifier sees; `pixels` itself where they are sRGB already.

        Grey stays one channel. Alpha is dropped without blending, as crawlers do with `convert("RGB")`.
        """
        return self.pixels if self.icc is None else to_srgb(self.pixels, self.icc)


def unique(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in order, each once."""
    return tuple(dict.fromkeys(findings))


def same_channels(original: Pixels, protected: Pixels) -> tuple[Pixels, Pixels]:
    """Both (H, W, C) with the C of the richer one: a grey photo comes back in colours from a format without grey."""
    count = max(original.shape[2], protected.shape[2])
    first, second = (
        pixels if pixels.shape[2] == count else np.repeat(pixels, count, axis=2) for pixels in (original, protected)
    )
    return first, second
