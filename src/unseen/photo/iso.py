"""HEIC and AVIF files: what they hold beside the primary picture, and how that was compressed."""

import struct
from pathlib import PurePath
from typing import Any

from unseen.errors import PhotoError, UnsupportedError
from unseen.photo import colour
from unseen.photo.boxes import Items, boxes, read_items
from unseen.photo.decoders import open_avif, open_heic
from unseen.photo.exif import parse
from unseen.photo.hidden import embedded_pictures, exif_findings, trailer_findings, xmp_findings
from unseen.photo.photo import Contents, Encoding, Finding, Metadata, unique

_STRUCTURE = (b"ftyp", b"meta", b"mdat", b"free", b"skip", b"pdin", b"styp", b"idat")
_PICTURES = (b"hvc1", b"av01", b"grid", b"iovl", b"iden", b"avc1", b"jpeg", b"hvt1", b"tili", b"unci")
_CONTENT_CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_CHROMA = {1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}


def examine_avif(data: bytes, path: PurePath) -> Contents:
    """What an AVIF file holds.

    Raises:
        PhotoError: high dynamic range, or the directory is damaged.
    """
    info = open_avif(data).info
    return _examined(data, path, info.get("exif"), info.get("xmp"))


def examine_heic(data: bytes, path: PurePath) -> Contents:
    """What a HEIC file holds.

    Raises:
        PhotoError: high dynamic range, or the directory is damaged.
    """
    info: dict[str, Any] = open_heic(data).info
    return _examined(data, path, info.get("exif"), info.get("xmp"))


def _examined(data: bytes, path: PurePath, exif: bytes | None, xmp: bytes | None) -> Contents:
    try:
        items = read_items(data)
    except (struct.error, IndexError) as error:
        raise PhotoError(path, "is damaged: its directory is cut short", "fetch the original again") from error
    parsed = parse(exif) if exif else None
    has_exif = b"Exif" in items.kinds.values()
    found = [
        *(exif_findings(parsed) if has_exif else []),
        *xmp_findings(xmp),
        *_item_findings(items),
        *_box_findings(data),
    ]
    depth, chroma, is_grey = _sampling(items)
    return Contents(
        decodable=data,
        metadata=Metadata(found=unique(found), exif=parsed if has_exif else None, xmp=xmp),
        icc=_profile(items, path),
        encoding=Encoding(subsampling=chroma),
        grey=is_grey,
        notes=(f"its {depth}-bit colours become 8-bit",) if depth > 8 else (),
    )


def _item_findings(items: Items) -> list[Finding]:
    """The pictures that are neither the primary one nor a part of it, by what they are for."""
    found = []
    subordinate = {to for kind, _, to in items.references if kind == b"dimg"} | {items.primary}
    for kind, source, _ in items.references:
        if kind == b"thmb":
            found.append(Finding.THUMBNAIL)
        elif kind == b"auxl" and (purpose := _auxiliary_finding(items, source)):
            found.append(purpose)
        if kind in (b"thmb", b"auxl"):
            subordinate |= {source, *items.made_of(source)}
    if b"tmap" in items.kinds.values():
        found.append(Finding.GAIN_MAP)
    if any(kind in _PICTURES and item not in subordinate for item, kind in items.kinds.items()):
        found.append(Finding.PICTURES)
    if any(name == b"udes" for properties in items.properties.values() for name, _ in properties):
        found.append(Finding.TEXT)
    return found


def _auxiliary_finding(items: Items, item: int) -> Finding | None:
    """What an auxiliary picture is for, by its type's name; None for alpha, which belongs to the photo."""
    purpose = (items.property(b"auxC", item) or b"").lower()
    if b"alpha" in purpose or b"auxid:1" in purpose:
        return None
    if b"depth" in purpose or b"auxid:2" in purpose or b"disparity" in purpose:
        return Finding.DEPTH_MAP
    return Finding.GAIN_MAP if b"gainmap" in purpose else Finding.AUXILIARY


def _box_findings(data: bytes) -> list[Finding]:
    """What lies beside the pictures' boxes, and behind the last box."""
    found: list[Finding] = []
    end = 0
    for box in boxes(data):
        end = box.end
        if box.kind == b"mpvd":
            found.append(Finding.VIDEO)
        elif box.kind == b"moov":
            found.append(Finding.PICTURES)
        elif box.kind == b"uuid" and data[box.start : box.start + 16] == _CONTENT_CREDENTIALS:
            found.append(Finding.CREDENTIALS)
        elif box.kind not in _STRUCTURE:
            found += [Finding.APPLICATION, *embedded_pictures(data[box.start : box.end])]
    return found + trailer_findings(data[end:])


def _profile(items: Items, path: PurePath) -> bytes | None:
    """The embedded profile of the primary picture, else one equal to its colour numbers ("nclx")."""
    profile, numbers = None, None
    for kind, content in items.properties.get(items.primary, []):
        if kind == b"colr" and content[:4] in (b"prof", b"rICC"):
            profile = content[4:]
        elif kind == b"colr" and content[:4] == b"nclx" and len(content) >= 8:
            numbers = struct.unpack_from(">HH", content, 4)
    if profile is not None or numbers is None:
        return profile
    if colour.is_high_dynamic_range(numbers[1]):
        raise UnsupportedError(path, "is a high dynamic range picture", "export it with standard dynamic range first")
    return colour.from_cicp(*numbers)


def _sampling(items: Items) -> tuple[int, str | None, bool]:
    """Bits a channel, chroma subsampling, and whether the primary picture has one channel."""
    for item in (items.primary, *items.made_of(items.primary)):
        if len(configuration := items.property(b"av1C", item) or b"") >= 3:
            flags = configuration[2]
            depth = (12 if flags & 0x20 else 10) if flags & 0x40 else 8
            is_grey = bool(flags & 0x10)
            chroma = {0: "4:4:4", 0x08: "4:2:2", 0x0C: "4:2:0"}.get(flags & 0x0C)
            return depth, None if is_grey else chroma, is_grey
        if len(configuration := items.property(b"hvcC", item) or b"") >= 18:
            chroma_format = configuration[16] & 3
            return 8 + (configuration[17] & 7), _CHROMA.get(chroma_format), chroma_format == 0
    return 8, None, False
