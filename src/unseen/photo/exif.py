"""EXIF blocks, read and written without touching a value: each entry keeps the bytes the camera wrote.

The layout is TIFF's (TIFF 6.0, section 2; Exif 3.0, section 4.6.2): directories of 12-byte entries with tag, type,
count and value or offset. A library that decodes and re-encodes every value changes some of them and drops others.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

EXIF_POINTER = 0x8769
GPS_POINTER = 0x8825
ORIENTATION = 0x0112
MAKER_NOTE = 0x927C
_PREFIX = b"Exif\0\0"
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_LONGEST_VALUE = 65535


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One value as it lies in the file: TIFF type, count, bytes in the block's byte order."""

    kind: int
    count: int
    value: bytes


Directory = Mapping[int, Entry]


@dataclass(frozen=True, kw_only=True)
class Exif:
    """The directories of an EXIF block that are about the photo itself.

    Attributes:
        order: "<" or ">", the byte order of all values.
        main: what TIFF calls the zeroth directory (camera, date, author).
        detail: the Exif directory (exposure, original date, maker notes).
        gps: the position.
        second: the directory after the main one, which describes a thumbnail.
    """

    order: str = "<"
    main: Directory = field(default_factory=dict)
    detail: Directory = field(default_factory=dict)
    gps: Directory = field(default_factory=dict)
    second: Directory = field(default_factory=dict)

    @property
    def orientation(self) -> int:
        """1 to 8 (Exif 3.0, section 4.6.5.1.3); 1, upright, where it is missing or nonsense."""
        value = self.short(ORIENTATION)
        return value if value is not None and 1 <= value <= 8 else 1

    def short(self, tag: int) -> int | None:
        """A small number of the main directory, or None."""
        entry = self.main.get(tag)
        if entry is None or entry.count < 1 or entry.kind not in (3, 4):
            return None
        return int(struct.unpack_from(self.order + ("H" if entry.kind == 3 else "I"), entry.value)[0])


def parse(block: bytes) -> Exif | None:
    """The directories of an EXIF block, or of a classic TIFF file; None where it is not one. Never raises."""
    block = block.removeprefix(_PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return None
    (start,) = struct.unpack_from(order + "I", block, 4)
    main, following = _directory(block, order, start)
    return Exif(
        order=order,
        main=main,
        detail=_pointed_at(block, order, main.get(EXIF_POINTER)),
        gps=_pointed_at(block, order, main.get(GPS_POINTER)),
        second=_directory(block, order, following)[0] if following else {},
    )


def _pointed_at(block: bytes, order: str, pointer: Entry | None) -> Directory:
    if pointer is None or len(pointer.value) < 4:
        return {}
    return _directory(block, order, struct.unpack_from(order + "I", pointer.value)[0])[0]


def _directory(block: bytes, order: str, start: int) -> tuple[dict[int, Entry], int]:
    """The readable entries of the directory at `start`, and the offset of the next directory (0: none)."""
    entries: dict[int, Entry] = {}
    if start + 2 > len(block):
        return entries, 0
    (count,) = struct.unpack_from(order + "H", block, start)
    for position in range(start + 2, min(start + 2 + 12 * count, len(block) - 11), 12):
        tag, kind, number = struct.unpack_from(order + "HHI", block, position)
        length = _SIZES.get(kind, 0) * number
        if not 0 < length <= _LONGEST_VALUE:
            continue
        offset = position + 8 if length <= 4 else struct.unpack_from(order + "I", block, position + 8)[0]
        value = block[offset : offset + length]
        if len(value) == length:
            entries[tag] = Entry(kind=kind, count=number, value=value)
    end = start + 2 + 12 * count
    following = struct.unpack_from(order + "I", block, end)[0] if end + 4 <= len(block) else 0
    return entries, following


def serialise(exif: Exif) -> bytes:
    """An EXIF block with the main, detail and GPS directories and nothing else: no thumbnail can survive."""
    return header(exif.order, 8) + directories(exif, 8)


def header(order: str, start: int) -> bytes:
    """The first 8 bytes of a TIFF structure whose main directory lies at `start`."""
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)


def directories(exif: Exif, start: int) -> bytes:
    """The main, detail and GPS directories, to lie at `start`, which is even."""
    order = exif.order
    parts = [(EXIF_POINTER, exif.detail), (GPS_POINTER, exif.gps)]
    main = {tag: entry for tag, entry in exif.main.items() if tag not in (EXIF_POINTER, GPS_POINTER)}
    main |= {pointer: Entry(kind=4, count=1, value=bytes(4)) for pointer, directory in parts if directory}
    position = start + len(_written(main, order, start))
    blocks = []
    for pointer, directory in parts:
        if directory:
            main[pointer] = Entry(kind=4, count=1, value=struct.pack(order + "I", position))
            blocks.append(_written(directory, order, position))
            position += len(blocks[-1])
    return b"".join([_written(main, order, start), *blocks])


def _written(directory: Directory, order: str, start: int) -> bytes:
    """One directory and the values that do not fit into its entries, to lie at `start`."""
    entries, values = [struct.pack(order + "H", len(directory))], []
    place = start + 2 + 12 * len(directory) + 4
    for tag, entry in sorted(directory.items()):
        value = entry.value.ljust(4, b"\0")
        if len(value) > 4:
            values.append(value + b"\0" * (len(value) % 2))
            value = struct.pack(order + "I", place)
            place += len(values[-1])
        entries.append(struct.pack(order + "HHI", tag, entry.kind, entry.count) + value)
    return b"".join([*entries, bytes(4), *values])
