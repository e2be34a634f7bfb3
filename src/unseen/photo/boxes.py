"""The boxes of HEIC and AVIF files (ISO/IEC 14496-12; ISO/IEC 23008-12, "HEIF"), as far as they tell what is inside."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box: its four-letter kind and where its content lies."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Items:
    """The directory of a file's items: pictures, tiles, metadata.

    Attributes:
        primary: the number of the picture to show.
        kinds: item number -> kind ("hvc1", "grid", "Exif", ...).
        references: (kind, from, to) such as (b"thmb", thumbnail, picture).
        properties: item number -> (kind, content) of what describes it.
    """

    primary: int
    kinds: dict[int, bytes]
    references: list[tuple[bytes, int, int]]
    properties: dict[int, list[tuple[bytes, bytes]]]

    def property(self, kind: bytes, item: int) -> bytes | None:
        """The content of an item's first property of that kind."""
        return next((content for name, content in self.properties.get(item, []) if name == kind), None)

    def made_of(self, item: int) -> list[int]:
        """The items that a grid or another derived picture is put together from."""
        return [to for kind, source, to in self.references if kind == b"dimg" and source == item]


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes side by side between two places; stops where one is broken."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if length == 1 and start + 16 <= end:
            (length,) = struct.unpack_from(">Q", data, start + 8)
            body = start + 16
        stop = end if length == 0 else start + length
        if stop < body or stop > end:
            return
        yield Box(kind=kind, start=body, end=stop)
        start = stop


def read_items(data: bytes) -> Items:
    """The items that a file's meta box lists.

    Raises:
        struct.error, IndexError: the directory is cut short.
    """
    primary = 0
    kinds: dict[int, bytes] = {}
    references: list[tuple[bytes, int, int]] = []
    properties: dict[int, list[tuple[bytes, bytes]]] = {}
    meta = next((box for box in boxes(data) if box.kind == b"meta"), None)
    for box in boxes(data, meta.start + 4, meta.end) if meta else ():
        if box.kind == b"pitm":
            primary = _number(data, box.start + 4, is_long=data[box.start] > 0)
        elif box.kind == b"iinf":
            kinds.update(_item_kinds(data, box))
        elif box.kind == b"iref":
            references.extend(_references(data, box))
        elif box.kind == b"iprp":
            properties.update(_properties(data, box))
    return Items(primary=primary, kinds=kinds, references=references, properties=properties)


def _number(data: bytes, position: int, *, is_long: bool) -> int:
    return int(struct.unpack_from(">I" if is_long else ">H", data, position)[0])


def _item_kinds(data: bytes, box: Box) -> Iterator[tuple[int, bytes]]:
    first = box.start + (8 if data[box.start] else 6)
    for entry in boxes(data, first, box.end):
        is_long = data[entry.start] > 2
        place = entry.start + 4 + (4 if is_long else 2) + 2
        yield _number(data, entry.start + 4, is_long=is_long), data[place : place + 4]


def _references(data: bytes, box: Box) -> Iterator[tuple[bytes, int, int]]:
    is_long = data[box.start] > 0
    size = 4 if is_long else 2
    for entry in boxes(data, box.start + 4, box.end):
        source = _number(data, entry.start, is_long=is_long)
        count = _number(data, entry.start + size, is_long=False)
        for index in range(count):
            yield entry.kind, source, _number(data, entry.start + size + 2 + size * index, is_long=is_long)


def _properties(data: bytes, box: Box) -> dict[int, list[tuple[bytes, bytes]]]:
    """Item number -> its properties: one box lists them all, others say which belong to which item."""
    parts = list(boxes(data, box.start, box.end))
    container = next((part for part in parts if part.kind == b"ipco"), None)
    if container is None:
        return {}
    contents = [(part.kind, data[part.start : part.end]) for part in boxes(data, container.start, container.end)]
    found: dict[int, list[tuple[bytes, bytes]]] = {}
    for part in parts:
        if part.kind == b"ipma":
            for item, index in _associations(data, part):
                if 0 < index <= len(contents):
                    found.setdefault(item, []).append(contents[index - 1])
    return found


def _associations(data: bytes, box: Box) -> Iterator[tuple[int, int]]:
    """(item number, property number from 1), as an association box lists them."""
    has_long_items, has_wide_index = data[box.start] > 0, bool(data[box.start + 3] & 1)
    count = _number(data, box.start + 4, is_long=True)
    place = box.start + 8
    for _ in range(count):
        item = _number(data, place, is_long=has_long_items)
        place += 4 if has_long_items else 2
        links = data[place]
        place += 1
        for _ in range(links):
            if has_wide_index:
                yield item, _number(data, place, is_long=False) & 0x7FFF
            else:
                yield item, data[place] & 0x7F
            place += 2 if has_wide_index else 1
