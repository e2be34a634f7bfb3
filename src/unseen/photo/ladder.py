"""Which format and which compressions to try for the output."""

from collections.abc import Mapping
from dataclasses import replace

from unseen.errors import PhotoError, UnseenError
from unseen.photo import colour
from unseen.photo.photo import SUFFIXES, Encoding, Photo

LONGEST_EDGES: Mapping[str, int] = {"jpeg": 65500, "webp": 16383, "avif": 32768, "heic": 32768}
"""Pixels a side that a format's encoder and the usual decoders take; PNG and TIFF have no such limit here."""

_LADDERS: Mapping[str, tuple[int, ...]] = {
    "jpeg": (90, 95, 98, 100),
    "webp": (80, 90, 95, 100),
    "avif": (80, 90, 95, 100),
    "heic": (65, 80, 90, 95),
}
_FINE = 90
_LOSSLESS_FORMATS = ("png", "tiff")


def output_format(photo: Photo, wanted: str) -> str:
    """The format to write: `wanted`, or the photo's own for "keep".

    Raises:
        UnseenError: no such format.
        PhotoError: the photo does not fit into it (transparency, a grey profile, its size).
    """
    chosen = photo.format if wanted == "keep" else wanted
    if chosen not in SUFFIXES:
        raise UnseenError(f"{wanted!r} is not a format; choose from keep, {', '.join(SUFFIXES)}")
    if chosen == "jpeg" and photo.alpha is not None and (photo.alpha < 255).any():
        raise PhotoError(photo.path, "has transparent parts, which JPEG cannot hold", "choose --format png or webp")
    becomes_colour = chosen == "webp" or (chosen == "avif" and photo.alpha is not None)
    if becomes_colour and photo.icc is not None and colour.is_grey(photo.icc):
        raise PhotoError(photo.path, f"has a grey profile, which {chosen.upper()} cannot hold", "choose --format png")
    longest = max(photo.pixels.shape[:2])
    if longest > LONGEST_EDGES.get(chosen, longest):
        problem = f"is {longest} pixels long, more than the {LONGEST_EDGES[chosen]} of {chosen.upper()}"
        raise PhotoError(photo.path, problem, "choose --format png")
    return chosen


def output_suffix(photo: Photo, format: str) -> str:
    """The suffix of the output: the original's where it suits the format, else the format's usual one."""
    return photo.path.suffix if photo.path.suffix.lower() in SUFFIXES[format] else SUFFIXES[format][0]


def encodings(photo: Photo, format: str, quality: int | None) -> tuple[Encoding, ...]:
    """The compressions to try, best wish first: the original's, then ever finer, for a noise that must survive.

    A given quality (1 to 100) is the only one, with 4:2:0 below 90 and 4:4:4 from there. HEIC uses 4:4:4 only as the
    last resort, because many phones cannot show it. PNG and TIFF have one lossless entry whatever the quality. A
    lossless original stays lossless in WebP unless a quality is given; a lossy WebP, which has no 4:4:4, ends in the
    lossless one.

    Raises:
        UnseenError: a quality out of range.
    """
    if quality is not None and not 1 <= quality <= 100:
        raise UnseenError(f"quality {quality} is out of range; choose 1 to 100")
    if format in _LOSSLESS_FORMATS:
        return (Encoding(lossless=True),)
    is_grey = photo.pixels.shape[2] == 1
    if quality is not None:
        return (Encoding(quality=quality, subsampling=_subsampling(format, quality, is_grey=is_grey)),)
    if format == "webp" and photo.encoding.lossless:
        return (Encoding(lossless=True),)
    finer = tuple(
        Encoding(quality=step, subsampling=_subsampling(format, step, is_grey=is_grey)) for step in _LADDERS[format]
    )
    if format == "webp":
        return (*finer, Encoding(lossless=True))
    if format == "heic":
        return (*finer, replace(finer[-1], subsampling=None if is_grey else "4:4:4"))
    if format != photo.format:
        return finer
    if format == "avif":
        return (replace(finer[0], subsampling=photo.encoding.subsampling), *finer[1:])
    original = photo.encoding
    known = (original.quality or 0, is_grey or original.subsampling == "4:4:4")
    return (original, *(step for step in finer if (step.quality or 0, True) > known))


def _subsampling(format: str, quality: int, *, is_grey: bool) -> str | None:
    if is_grey:
        return None
    return "4:4:4" if quality >= _FINE and format in ("jpeg", "avif") else "4:2:0"
