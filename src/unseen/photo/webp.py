"""WebP files: their RIFF chunks (RFC 9649, section 2) and what hides in them."""

import struct
from collections.abc import Iterator
from pathlib import PurePath

from unseen.errors import UnsupportedError
from unseen.photo.exif import parse
from unseen.photo.hidden import embedded_pictures, exif_findings, trailer_findings, xmp_findings
from unseen.photo.photo import Contents, Encoding, Finding, Metadata, unique

_PIXELS = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH")
_KNOWN = (*_PIXELS, b"ICCP", b"EXIF", b"XMP ")


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk inside the RIFF length, without the content of pixel chunks."""
    end = min(_riff_end(data), len(data))
    position = 12
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        content = b"" if kind in _PIXELS else data[position + 8 : min(position + 8 + length, end)]
        yield kind, content
        position += 8 + length + length % 2


def _riff_end(data: bytes) -> int:
    return 8 + int.from_bytes(data[4:8], "little")


def examine(data: bytes, path: PurePath) -> Contents:
    """What a WebP file holds.

    Raises:
        UnsupportedError: an animation.
    """
    parts = list(chunks(data))
    by_kind = dict(reversed(parts))
    if b"ANIM" in by_kind or b"ANMF" in by_kind:
        raise UnsupportedError(path, "is an animation", "save the frames you need as PNG")
    xmp = by_kind.get(b"XMP ")
    exif = parse(by_kind.get(b"EXIF", b""))
    found = [
        *(exif_findings(exif) if b"EXIF" in by_kind else []),
        *xmp_findings(xmp),
        *(finding for kind, content in parts for finding in _chunk_findings(kind, content)),
        *trailer_findings(data[_riff_end(data) :]),
    ]
    is_lossless = b"VP8L" in by_kind
    return Contents(
        decodable=data,
        metadata=Metadata(found=unique(found), exif=exif, xmp=xmp),
        icc=by_kind.get(b"ICCP") or None,
        encoding=Encoding(lossless=is_lossless, subsampling=None if is_lossless else "4:2:0"),
    )


def _chunk_findings(kind: bytes, content: bytes) -> list[Finding]:
    """What a chunk is that neither carries the picture nor is looked at elsewhere."""
    if kind == b"C2PA":
        return [Finding.CREDENTIALS]
    return [] if kind in _KNOWN else [Finding.APPLICATION, *embedded_pictures(content)]
