"""TIFF files (TIFF 6.0): what their tags tell, which kinds of TIFF are no photo, and how to write one.

Pillow writes no EXIF directory into a compressed TIFF, hence the writer here.
"""

import struct
import zlib
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np

from unseen.errors import UnsupportedError
from unseen.photo.decoders import open_tiff, quietly
from unseen.photo.exif import Entry, Exif, directories, header, parse
from unseen.photo.hidden import exif_findings, xmp_findings
from unseen.photo.photo import Alpha, Contents, Encoding, Finding, Metadata, Pixels, unique

_SUBFILE, _BITS, _PHOTOMETRIC, _SAMPLE_FORMAT = 254, 258, 262, 339
_EXIF, _GPS, _XMP, _IPTC, _ICC, _RAW, _SUBFILES = 34665, 34853, 700, 33723, 34675, 50706, 330
_PRIVATE = 32768
_STRIP_BYTES = 1 << 18
_DEFLATE_LEVEL = 4
_BYTE, _SHORT, _LONG, _OPAQUE = 1, 3, 4, 7
_COLOUR_FILTER, _LINEAR_RAW = 32803, 34892
_DESCRIPTIVE = frozenset((270, 271, 272, 305, 306, 315, 316, 33432, *range(40091, 40096), _EXIF, _GPS))
_NAMED = _DESCRIPTIVE | {_IPTC, _ICC}


def examine(data: bytes, path: PurePath) -> Contents:
    """What a TIFF file holds.

    Raises:
        UnsupportedError: more than 8 bits a channel, several pages, or a camera raw file.
    """
    image = open_tiff(data)
    with quietly():
        tags: dict[int, Any] = {tag: image.tag_v2.get(tag) for tag in image.tag_v2}
        reduced = _further_pages(image)
    _refuse_what_is_no_8_bit_still(tags, reduced, path)
    xmp = tags.get(_XMP) if isinstance(tags.get(_XMP), bytes) else None
    exif = parse(data)
    found = [
        *(exif_findings(exif and replace(exif, second={})) if set(tags) & _DESCRIPTIVE else []),
        *([Finding.XMP, *xmp_findings(xmp)] if _XMP in tags else []),
        *([Finding.IPTC] if _IPTC in tags else []),
        *([Finding.APPLICATION] if any(tag >= _PRIVATE and tag not in _NAMED for tag in tags) else []),
        *([Finding.PICTURES] if reduced or _SUBFILES in tags else []),
    ]
    return Contents(
        decodable=data,
        metadata=Metadata(found=unique(found), exif=exif, xmp=xmp),
        icc=tags.get(_ICC) or None,
        encoding=Encoding(lossless=True),
    )


def _further_pages(image: Any) -> list[bool]:
    """For each page after the first, whether it is a reduced copy or a mask of another."""
    reduced = []
    for page in range(1, image.n_frames):
        image.seek(page)
        reduced.append(bool(int(image.tag_v2.get(_SUBFILE, 0)) & 5))
    return reduced


def _refuse_what_is_no_8_bit_still(tags: dict[int, Any], reduced: list[bool], path: PurePath) -> None:
    is_reduced = bool(int(tags.get(_SUBFILE, 0)) & 1)
    if _RAW in tags or is_reduced or tags.get(_PHOTOMETRIC) in (_COLOUR_FILTER, _LINEAR_RAW):
        raise UnsupportedError(path, "is a camera raw file", "export it as JPEG or PNG first")
    if not all(reduced):
        raise UnsupportedError(path, f"has {len(reduced) + 1} pages", "save the pages you need as files of their own")
    bits = tags.get(_BITS, (1,))
    deepest = max(bits) if isinstance(bits, tuple) else bits
    formats = tags.get(_SAMPLE_FORMAT, (1,))
    if deepest > 8 or set(formats if isinstance(formats, tuple) else (formats,)) - {1, 4}:
        raise UnsupportedError(path, f"has {deepest} bits a channel", "convert it to 8 bits a channel first")


def compose(pixels: Pixels, alpha: Alpha, icc: bytes | None, xmp: bytes, exif: Exif | None) -> bytes:
    """A TIFF file: deflated strips (Adobe's compression 8) with horizontal prediction (TIFF 6.0, section 14)."""
    exif = exif or Exif()
    samples = pixels if alpha is None else np.dstack([pixels, alpha])
    height, width, channels = samples.shape
    rows = max(1, _STRIP_BYTES // (width * channels))
    strips = [zlib.compress(_predicted(samples[top : top + rows]), _DEFLATE_LEVEL) for top in range(0, height, rows)]
    offsets = 8 + np.cumsum([0, *map(len, strips)])

    def numbers(kind: int, *values: int) -> Entry:
        packed = struct.pack(f"{exif.order}{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        return Entry(kind=kind, count=len(values), value=packed)

    layout = {
        256: numbers(_LONG, width),
        257: numbers(_LONG, height),
        258: numbers(_SHORT, *[8] * channels),
        259: numbers(_SHORT, 8),
        262: numbers(_SHORT, 2 if pixels.shape[2] == 3 else 1),
        273: numbers(_LONG, *offsets[:-1].tolist()),
        277: numbers(_SHORT, channels),
        278: numbers(_LONG, rows),
        279: numbers(_LONG, *map(len, strips)),
        284: numbers(_SHORT, 1),
        317: numbers(_SHORT, 2),
    }
    layout |= {} if alpha is None else {338: numbers(_SHORT, 2)}
    layout |= {_XMP: Entry(kind=_BYTE, count=len(xmp), value=xmp)} if xmp else {}
    layout |= {_ICC: Entry(kind=_OPAQUE, count=len(icc), value=icc)} if icc else {}
    start = int(offsets[-1] + offsets[-1] % 2)
    padding = bytes(start - int(offsets[-1]))
    merged = replace(exif, main={**exif.main, **layout})
    return b"".join([header(exif.order, start), *strips, padding, directories(merged, start)])


def _predicted(samples: np.ndarray) -> bytes:
    """Each sample less its left neighbour, modulo 256."""
    predicted = samples.copy()
    predicted[:, 1:] -= samples[:, :-1]
    return predicted.tobytes()
