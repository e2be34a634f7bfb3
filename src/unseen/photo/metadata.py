"""What `--keep` keeps, and what to tell people about the rest."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from unseen.errors import UnseenError
from unseen.photo.exif import MAKER_NOTE, ORIENTATION, Directory, Entry, Exif
from unseen.photo.hidden import embedded_pictures, is_free_of_pictures
from unseen.photo.photo import JPEG_COMMENT, Finding, Metadata, Photo

KEEP_WORDS = ("date", "copyright", "all")
"""What `--keep` understands. "all" still drops every embedded picture and what may hold one."""

_ARTIST, _COPYRIGHT, _DATE = 0x013B, 0x8298, 0x0132
_DATES = frozenset((0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292))
_DESCRIPTIVE = frozenset((0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, _DATE, _ARTIST, 0x013C, _COPYRIGHT))
_RATINGS_AND_TITLES = frozenset((0x4746, 0x4749, *range(0x9C9B, 0x9CA0)))
_EXPOSURE = frozenset((0x829A, 0x829D, *range(0x8822, 0x8836), *range(0x9000, 0x9300), *range(0x9400, 0x9406)))
_DETAILS = (_EXPOSURE | frozenset(range(0xA000, 0xA502))) - {MAKER_NOTE, 0x8825, 0xA002, 0xA003, 0xA005}
_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:=[\"']|>)\s*)[2-8]")
_LONGEST_SEARCH = 1 << 16
_XMP_PERSON = rb"<dc:%s>.*?<rdf:li[^>]*>([^<]+)</rdf:li>"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What goes into the output beside the pixels and the colour profile.

    Attributes:
        exif: the entries that stay, or None.
        xmp: a packet, or empty.
        texts: (keyword, text).
    """

    exif: Exif | None = None
    xmp: bytes = b""
    texts: tuple[tuple[str, str], ...] = ()


def parse_keep(text: str) -> frozenset[str]:
    """The words of "date,copyright"; an empty text keeps nothing.

    Raises:
        UnseenError: a word that is not one of `KEEP_WORDS`.
    """
    return checked_keep(word.strip() for word in text.split(",") if word.strip())


def checked_keep(keep: Iterable[str]) -> frozenset[str]:
    """The words as a set.

    Raises:
        UnseenError: a word that is not one of `KEEP_WORDS`.
    """
    words = frozenset(keep)
    for word in sorted(words - set(KEEP_WORDS)):
        raise UnseenError(f"{word!r} cannot be kept; choose from {', '.join(KEEP_WORDS)}")
    return words


def kept_metadata(photo: Photo, keep: Iterable[str], format: str) -> Kept:
    """What `keep` leaves of a photo's metadata in a file of that format; never an embedded picture or a maker note.

    Raises:
        UnseenError: a word that is not one of `KEEP_WORDS`.
    """
    words = checked_keep(keep)
    metadata = photo.metadata
    if "all" in words:
        xmp = metadata.xmp if metadata.xmp and is_free_of_pictures(metadata.xmp) else b""
        xmp = _XMP_ORIENTATION.sub(rb"\g<1>1", xmp)
        return Kept(exif=_everything(metadata.exif), xmp=xmp, texts=_texts(metadata, format))
    return Kept(exif=_chosen(metadata, words))


def metadata_removed(photo: Photo, keep: Iterable[str] = (), format: str | None = None) -> tuple[str, ...]:
    """What the output will lack of `photo.metadata_found`, in words for people; `format` is the photo's own if None.

    Raises:
        UnseenError: a word that is not one of `KEEP_WORDS`.
    """
    words = checked_keep(keep)
    kept = kept_metadata(photo, words, format or photo.format)
    staying: set[str] = set()
    if "all" in words:
        staying |= {Finding.EXIF, Finding.GPS} if kept.exif else set()
        staying |= {Finding.XMP} if kept.xmp else set()
        staying |= {Finding.COMMENT, Finding.TEXT} if kept.texts else set()
    removed = [str(finding) for finding in photo.metadata.found if finding not in staying]
    if kept.exif and "all" not in words:
        exception = f"{Finding.EXIF} except {' and '.join(sorted(words, key=KEEP_WORDS.index))}"
        removed = [exception if finding == Finding.EXIF else finding for finding in removed]
    return tuple(removed)


def _texts(metadata: Metadata, format: str) -> tuple[tuple[str, str], ...]:
    """The texts that a format has room for: PNG any, JPEG comments, the others none."""
    if format not in ("png", "jpeg"):
        return ()
    fitting = (text for text in metadata.texts if format == "png" or text[0] == JPEG_COMMENT)
    return tuple((keyword, text) for keyword, text in fitting if not embedded_pictures(text.encode()))


def _everything(exif: Exif | None) -> Exif | None:
    """Every EXIF value that describes the photo, upright; nothing about the old file's layout, nothing opaque."""
    if exif is None:
        return None
    main = _filtered(exif.main, lambda tag: tag in _DESCRIPTIVE | _RATINGS_AND_TITLES)
    if ORIENTATION in exif.main:
        main[ORIENTATION] = Entry(kind=3, count=1, value=b"\1\0" if exif.order == "<" else b"\0\1")
    detail = _filtered(exif.detail, lambda tag: tag in _DETAILS)
    gps = _filtered(exif.gps, lambda tag: tag < 0x20)
    return _unless_empty(Exif(order=exif.order, main=main, detail=detail, gps=gps))


def _chosen(metadata: Metadata, words: frozenset[str]) -> Exif | None:
    """The EXIF values that "date" and "copyright" ask for; authors that only XMP names are put into EXIF."""
    exif = metadata.exif or Exif()
    main: dict[int, Entry] = {}
    detail: dict[int, Entry] = {}
    if "date" in words:
        main |= _filtered(exif.main, lambda tag: tag == _DATE)
        detail |= _filtered(exif.detail, lambda tag: tag in _DATES)
    if "copyright" in words:
        main |= _named_in_xmp(metadata.xmp or b"")
        main |= _filtered(exif.main, lambda tag: tag in (_ARTIST, _COPYRIGHT))
    return _unless_empty(Exif(order=exif.order, main=main, detail=detail))


def _filtered(directory: Directory, wanted: Callable[[int], bool]) -> dict[int, Entry]:
    return {tag: entry for tag, entry in directory.items() if wanted(tag) and not embedded_pictures(entry.value)}


def _named_in_xmp(xmp: bytes) -> dict[int, Entry]:
    """Author and rights of an XMP packet (Dublin Core) as EXIF entries."""
    named = {}
    for tag, name in ((_ARTIST, b"creator"), (_COPYRIGHT, b"rights")):
        if found := re.search(_XMP_PERSON % name, xmp[:_LONGEST_SEARCH], re.DOTALL):
            text = html.unescape(found[1].decode("utf-8", "replace")).strip().encode() + b"\0"
            named[tag] = Entry(kind=2, count=len(text), value=text)
    return named


def _unless_empty(exif: Exif) -> Exif | None:
    return exif if exif.main or exif.detail or exif.gps else None
