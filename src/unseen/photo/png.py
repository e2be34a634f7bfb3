"""PNG files: their chunks (PNG Specification, third edition, section 11) and what hides in them."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from unseen.errors import PhotoError, UnsupportedError
from unseen.photo import colour
from unseen.photo.exif import parse
from unseen.photo.hidden import embedded_pictures, exif_findings, text_of, trailer_findings, xmp_findings
from unseen.photo.photo import Contents, Encoding, Finding, Metadata, unique

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_COLOURS = (b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"bKGD", b"hIST", b"sPLT")
_HARMLESS = (*_PIXELS, *_COLOURS, b"pHYs", b"acTL")
_DESCRIPTIVE = (b"eXIf", b"tEXt", b"zTXt", b"iTXt")
_XMP_KEYWORD = "XML:com.adobe.xmp"
_RAW_PROFILE = "Raw profile type"
_RAW_PROFILES = {
    "exif": Finding.EXIF,
    "APP1": Finding.EXIF,
    "iptc": Finding.IPTC,
    "8bim": Finding.IPTC,
    "xmp": Finding.XMP,
}
_LONGEST_TEXT = 1 << 20
_LONGEST_PROFILE = 1 << 24
_GAMMA_TOLERANCE = 0.05
_CHROMATICITY_TOLERANCE = 0.01


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """One chunk: its kind, its content, where it starts and ends."""

    kind: bytes
    content: bytes
    start: int
    end: int


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks up to IEND, without the content of IDAT; stops where the file breaks."""
    position = len(_SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        content = b"" if kind == b"IDAT" else data[position + 8 : end - 4]
        yield Chunk(kind=kind, content=content, start=position, end=end)
        if kind == b"IEND" or end > len(data):
            return
        position = end


def examine(data: bytes, path: PurePath) -> Contents:
    """What a PNG file holds; only the chunks that carry pixels are left in `decodable`.

    Raises:
        PhotoError: an animation, 16 bits a channel, or no picture.
    """
    parts = list(chunks(data))
    by_kind = {part.kind: part.content for part in reversed(parts)}
    _refuse_what_is_no_8_bit_still(by_kind, path)
    texts = [text for text in map(_text, parts) if text is not None]
    xmp = next((text.encode() for keyword, text in texts if keyword == _XMP_KEYWORD), None)
    exif = parse(by_kind.get(b"eXIf", b""))
    icc = _profile(by_kind, path)
    found = [
        *(exif_findings(exif) if b"eXIf" in by_kind else []),
        *xmp_findings(xmp),
        *(finding for keyword, text in texts for finding in _text_findings(keyword, text)),
        *(finding for part in parts for finding in _chunk_findings(part)),
        *([Finding.UNUSABLE_PROFILE] if b"iCCP" in by_kind and icc is None else []),
        *trailer_findings(data[parts[-1].end :]),
    ]
    return Contents(
        decodable=_SIGNATURE + b"".join(data[part.start : part.end] for part in parts if part.kind in _PIXELS),
        metadata=Metadata(found=unique(found), exif=exif, xmp=xmp, texts=tuple(filter(_is_readable, texts))),
        icc=icc,
        encoding=Encoding(lossless=True),
    )


def _chunk_findings(chunk: Chunk) -> list[Finding]:
    """What a chunk is that neither carries the picture nor is looked at elsewhere."""
    if chunk.kind == b"caBX":
        return [Finding.CREDENTIALS]
    if chunk.kind in _HARMLESS or chunk.kind in _DESCRIPTIVE:
        return []
    return [Finding.APPLICATION, *embedded_pictures(chunk.content)]


def _refuse_what_is_no_8_bit_still(by_kind: dict[bytes, bytes], path: PurePath) -> None:
    header = by_kind.get(b"IHDR", b"")
    if len(header) != 13:
        raise PhotoError(path, "is truncated or damaged: it has no PNG header", "fetch the original again")
    if header[8] == 16:
        raise UnsupportedError(path, "has 16 bits a channel", "convert it to 8 bits a channel first")
    animation = by_kind.get(b"acTL", b"")
    if len(animation) == 8 and int.from_bytes(animation[:4], "big") > 1:
        raise UnsupportedError(path, "is an animation", "save the frames you need as PNG")


def _text(chunk: Chunk) -> tuple[str, str] | None:
    """Keyword and text of a text chunk, at most a mebibyte of it; None for other chunks."""
    if chunk.kind not in _DESCRIPTIVE[1:]:
        return None
    keyword, _, rest = chunk.content.partition(b"\0")
    if chunk.kind == b"zTXt":
        rest = _inflated(rest[1:], _LONGEST_TEXT)
    elif chunk.kind == b"iTXt":
        is_compressed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        rest = _inflated(rest, _LONGEST_TEXT) if is_compressed else rest
    return keyword.decode("latin-1"), text_of(rest[:_LONGEST_TEXT])


def _inflated(data: bytes, limit: int) -> bytes:
    """As much as can be decompressed, at most `limit` bytes."""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return b""


def _text_findings(keyword: str, text: str) -> list[Finding]:
    if keyword == _XMP_KEYWORD:
        return []
    if not keyword.startswith(_RAW_PROFILE):
        return [Finding.TEXT, *embedded_pictures(text.encode())]
    finding = _RAW_PROFILES.get(keyword.removeprefix(_RAW_PROFILE).strip(), Finding.APPLICATION)
    holds_picture = embedded_pictures("".join(text.split()).encode())
    return [finding, *([Finding.THUMBNAIL] if holds_picture else [])]


def _is_readable(text: tuple[str, str]) -> bool:
    """Whether people wrote it: no packet, no profile in hexadecimal, no picture in base64."""
    keyword, content = text
    if not keyword or keyword == _XMP_KEYWORD or keyword.startswith(_RAW_PROFILE):
        return False
    return not embedded_pictures(content.encode())


def _profile(by_kind: dict[bytes, bytes], path: PurePath) -> bytes | None:
    """The colour profile by the chunks' precedence: cICP, iCCP, sRGB, then gAMA with cHRM (section 4.3)."""
    code = by_kind.get(b"cICP", b"")
    if len(code) == 4:
        if colour.is_high_dynamic_range(code[1]):
            problem = "is a high dynamic range picture"
            raise UnsupportedError(path, problem, "export it with standard dynamic range first")
        return colour.from_cicp(code[0], code[1])
    if b"iCCP" in by_kind:
        compressed = by_kind[b"iCCP"].partition(b"\0")[2][1:]
        return _inflated(compressed, _LONGEST_PROFILE) or None
    gamma = by_kind.get(b"gAMA", b"")
    if b"sRGB" in by_kind or len(gamma) != 4:
        return None
    return _profile_from_gamma(int.from_bytes(gamma, "big") / 100000, by_kind.get(b"cHRM", b""))


def _profile_from_gamma(gamma: float, chromaticities: bytes) -> bytes | None:
    """A profile for gAMA and cHRM, or None where they mean sRGB, or nothing."""
    primaries = colour.SRGB
    if len(chromaticities) == 32:
        x_y = [value / 100000 for value in struct.unpack(">8I", chromaticities)]
        white, red, green, blue = zip(x_y[::2], x_y[1::2], strict=True)
        primaries = (red, green, blue, white)
    offset = float(np.abs(np.array(primaries) - np.array(colour.SRGB)).max())
    if abs(gamma * 2.2 - 1) <= _GAMMA_TOLERANCE and offset <= _CHROMATICITY_TOLERANCE:
        return None
    try:
        return colour.matrix_profile(primaries, 1 / gamma)
    except (ValueError, ZeroDivisionError, struct.error):
        return None
