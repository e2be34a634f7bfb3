"""What hides in metadata and behind the picture: second copies that no protection reaches."""

import re

from unseen.photo.exif import MAKER_NOTE, Exif
from unseen.photo.photo import Finding

_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|WEBPVP8|ftyp(?:heic|heix|mif1|avif)")
_PICTURE_IN_TEXT = re.compile(rb"/9j/[24]|iVBORw0KGgo|[fF][fF][dD]8[fF][fF][eEdDcC]")
_VIDEO = re.compile(rb"ftyp(?:mp4|isom|iso[2-9]|avc1|qt  |M4V|3gp|hvc1)|\x1aE\xdf\xa3")
_GAIN_MAP = re.compile(rb"hdrgm:|hdrgainmap|GainMap", re.IGNORECASE)
_XMP_FINDINGS = (
    (re.compile(rb"xmp:Thumbnails|xmpGImg:image|photoshop:Thumbnail"), Finding.THUMBNAIL),
    (re.compile(rb"GDepth:Data|apdi:"), Finding.DEPTH_MAP),
    (re.compile(rb"GImage:Data|GPano:FullPanoThumbnail"), Finding.PICTURES),
)
_XMP_TELLTALES = re.compile(
    rb"hdrgm:|GContainer|Container:Directory|MotionPhoto|MicroVideo|GainMap|HasExtendedXMP", re.IGNORECASE
)


def exif_findings(exif: Exif | None) -> list[Finding]:
    """What an EXIF block holds; one that cannot be parsed is still EXIF."""
    if exif is None:
        return [Finding.EXIF]
    found = [Finding.EXIF]
    found += [Finding.GPS] if exif.gps else []
    found += [Finding.MAKER_NOTES] if MAKER_NOTE in exif.detail else []
    found += [Finding.THUMBNAIL] if exif.second else []
    return found


def xmp_findings(xmp: bytes | None) -> list[Finding]:
    """What an XMP packet holds."""
    if not xmp:
        return []
    return [Finding.XMP, *(finding for pattern, finding in _XMP_FINDINGS if pattern.search(xmp))]


def trailer_findings(trailer: bytes, xmp: bytes | None = None) -> list[Finding]:
    """What lies behind the picture's end: phones put videos, gain maps and whole second pictures there."""
    found = [Finding.VIDEO] if _VIDEO.search(trailer) else []
    if _PICTURE.search(trailer):
        mapped = _GAIN_MAP.search(trailer) or _GAIN_MAP.search(xmp or b"")
        found.append(Finding.GAIN_MAP if mapped else Finding.PICTURES)
    if not found and trailer.strip(b"\0"):
        found.append(Finding.TRAILER)
    return found


def embedded_pictures(data: bytes) -> list[Finding]:
    """Whether bytes of unknown purpose hold a picture, as such or as text (base64, hexadecimal)."""
    return [Finding.PICTURES] if _PICTURE.search(data) or _PICTURE_IN_TEXT.search(data) else []


def is_free_of_pictures(xmp: bytes) -> bool:
    """Whether an XMP packet neither holds a picture nor points to one elsewhere in the file."""
    return not (xmp_findings(xmp)[1:] or embedded_pictures(xmp) or _XMP_TELLTALES.search(xmp))


def text_of(data: bytes) -> str:
    """A comment as text: UTF-8, or Latin-1 where it is not."""
    try:
        return data.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return data.rstrip(b"\0").decode("latin-1")
