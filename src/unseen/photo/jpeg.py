"""JPEG files: their segments (ITU-T T.81, annex B), what hides in them, and how they were compressed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from PIL import JpegImagePlugin

from unseen.errors import PhotoError
from unseen.photo.exif import parse
from unseen.photo.hidden import embedded_pictures, exif_findings, text_of, trailer_findings, xmp_findings
from unseen.photo.photo import JPEG_COMMENT, Contents, Encoding, Finding, Metadata, unique

_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_END, _SCAN, _COMMENT, _JFIF, _ADOBE = 0xD9, 0xDA, 0xFE, 0xE0, 0xEE
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_LONG_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_ICC = b"ICC_PROFILE\0"
_APPLICATIONS = (
    (0xE0, b"JFXX\0", Finding.THUMBNAIL),
    (0xE1, _LONG_XMP, Finding.XMP),
    (0xE2, b"MPF\0", Finding.PICTURES),
    (0xE2, b"FPXR\0", Finding.THUMBNAIL),
    (0xEB, b"JP", Finding.CREDENTIALS),
)
_SUBSAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One marker segment: its code, where it starts and ends, and its payload without marker and length."""

    marker: int
    start: int
    end: int
    payload: bytes


def segments(data: bytes) -> Iterator[Segment]:
    """The segments up to the end-of-image marker, which comes last where there is one; stops where the file breaks."""
    position = 2
    while found := _MARKER.search(data, position):
        start, marker = found.start(), data[found.start() + 1]
        if marker == _END:
            yield Segment(marker=marker, start=start, end=start + 2, payload=b"")
            return
        length = int.from_bytes(data[start + 2 : start + 4], "big")
        position = start + 2 + length
        if length < 2 or position > len(data):
            return
        yield Segment(marker=marker, start=start, end=position, payload=data[start + 4 : position])


def examine(data: bytes, path: PurePath) -> Contents:
    """What a JPEG file holds; only the first picture and what its decoder needs are left in `decodable`.

    Raises:
        PhotoError: it has no picture data.
    """
    parts = list(segments(data))
    scan = next((part.start for part in parts if part.marker == _SCAN), None)
    if scan is None:
        raise PhotoError(path, "is truncated or damaged: it has no picture data", "fetch the original again")
    end = parts[-1].start + 2 if parts[-1].marker == _END else len(data)
    header = [data[part.start : part.end] for part in parts if part.start < scan and _is_needed(part)]
    exif = b"".join(_payloads(parts, 0xE1, _EXIF))
    xmp = next(iter(_payloads(parts, 0xE1, _XMP)), None)
    profile = _payloads(parts, 0xE2, _ICC)
    texts = tuple((JPEG_COMMENT, text_of(part.payload)) for part in parts if part.marker == _COMMENT)
    parsed, icc = parse(exif), _joined_profile(profile)
    found = [
        *(exif_findings(parsed) if exif else []),
        *xmp_findings(xmp),
        *(finding for part in parts for finding in _application_findings(part)),
        *([Finding.COMMENT] if texts else []),
        *([Finding.UNUSABLE_PROFILE] if profile and icc is None else []),
        *trailer_findings(data[end:], xmp),
    ]
    return Contents(
        decodable=b"".join([data[:2], *header, data[scan:end]]),
        metadata=Metadata(found=unique(found), exif=parsed, xmp=xmp, texts=texts),
        icc=icc,
    )


def _payloads(parts: list[Segment], marker: int, prefix: bytes) -> list[bytes]:
    """What follows the prefix in each segment of that kind."""
    return [
        part.payload.removeprefix(prefix) for part in parts if part.marker == marker and part.payload.startswith(prefix)
    ]


def _is_needed(segment: Segment) -> bool:
    """Whether the decoder needs it: tables, frames, and the two that say how colours are coded."""
    if segment.marker in (_JFIF, _ADOBE):
        return segment.payload.startswith((b"JFIF\0", b"Adobe"))
    return not (0xE0 <= segment.marker <= 0xEF or segment.marker == _COMMENT)


def _application_findings(segment: Segment) -> list[Finding]:
    payload = segment.payload
    if not 0xE0 <= segment.marker <= 0xEF or payload.startswith((_EXIF, _XMP, _ICC)):
        return []
    if segment.marker == _ADOBE and payload.startswith(b"Adobe"):
        return []
    if segment.marker == _JFIF and payload.startswith(b"JFIF\0"):
        return [Finding.THUMBNAIL] if len(payload) > 14 else []
    if segment.marker == 0xED and payload.startswith(b"Photoshop 3.0\0"):
        return _photoshop_findings(payload)
    for marker, prefix, finding in _APPLICATIONS:
        if segment.marker == marker and payload.startswith(prefix):
            return [finding]
    return [Finding.APPLICATION, *embedded_pictures(payload)]


def _photoshop_findings(payload: bytes) -> list[Finding]:
    """IPTC and thumbnails lie in numbered resources (Adobe Photoshop File Formats, "Image Resource Blocks")."""
    numbers = {payload[place.end() : place.end() + 2] for place in re.finditer(b"8BIM", payload)}
    found = [Finding.IPTC] if b"\x04\x04" in numbers else []
    found += [Finding.THUMBNAIL] if numbers & {b"\x04\x09", b"\x04\x0c"} else []
    return found or [Finding.APPLICATION]


def _joined_profile(parts: list[bytes]) -> bytes | None:
    """The colour profile from its parts, each after its number and their count; None where one is missing.

    Source: ICC.1:2022, annex B.4.
    """
    ordered = sorted(parts)
    if [part[:2] for part in ordered] != [bytes([number, len(parts)]) for number in range(1, len(parts) + 1)]:
        return None
    return b"".join(part[2:] for part in ordered) or None


def encoding_of(image: JpegImagePlugin.JpegImageFile) -> Encoding:
    """The quantisation tables and subsampling of an opened JPEG, and the quality number nearest to them.

    Subsamplings that no encoder here writes (4:1:1, 4:4:0) count as 4:4:4, which loses nothing.
    """
    tables = tuple(tuple(image.quantization[component[3]]) for component in image.layer)
    subsampling = None if len(tables) == 1 else _SUBSAMPLINGS.get(JpegImagePlugin.get_sampling(image), "4:4:4")
    return Encoding(quality=nearest_quality(tables), subsampling=subsampling, tables=tables)


def nearest_quality(tables: tuple[tuple[int, ...], ...]) -> int:
    """The quality, 1 to 100, whose standard tables (ITU-T T.81, annex K.1, scaled as libjpeg does) are nearest.

    Exact for tables that libjpeg made; otherwise the least mean ratio between the tables' numbers.
    """
    used = np.array(tables, dtype=np.float64)
    standard = _standard_tables()[:, : len(used)]
    distance = np.abs(np.log(np.maximum(used, 1)) - np.log(standard)).mean(axis=(1, 2))
    return int(distance.argmin()) + 1


def _standard_tables() -> np.ndarray:
    """(100, 3, 64): the tables of quality 1 to 100 for luma and twice for chroma."""
    quality = np.arange(1, 101)
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)[:, None, None]
    return np.clip((np.array([_LUMA, _CHROMA, _CHROMA]) * scale + 50) // 100, 1, 255)


_LUMA = [
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
]
_CHROMA = [
    *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *([99] * 32),
]
