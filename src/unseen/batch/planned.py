"""An entry of a plan with what is known of it, and how both are written down in the log and in the index."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from unseen.batch.index import Found, Line
from unseen.batch.stamp import Stamp
from unseen.batch.walk import Entry
from unseen.report.as_json import row_as_json
from unseen.report.layout import PhotoRow


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An entry of the plan, and what is known of it from former runs.

    Attributes:
        was: the key that this is known by, where that is another, as before its folder was renamed.
    """

    position: int
    entry: Entry
    line: Line | None = None
    stamp: Stamp | None = None
    was: bytes | None = None


def line_of(planned: Planned, stamp: Stamp, row: PhotoRow) -> dict[str, Any]:
    """What came of a photo, as the log has it."""
    entry = planned.entry
    line = {"photo": source_of(entry.key), "place": entry.place, "stamp": asdict(stamp), "row": row_as_json(row)}
    return line if planned.was is None else line | {"was": source_of(planned.was)}


def told_of_place(place: str) -> bytes:
    """What is in each line on a photo of a place: so that it is found without decoding all."""
    return f'"place": {json.dumps(place)}, "stamp": '.encode()


def key_of(line: Mapping[str, Any]) -> bytes:
    """Which photo a line is on."""
    return os.fsencode(line["photo"]) + b"\0" + os.fsencode(line["place"])


def former_key_of(line: Mapping[str, Any]) -> bytes | None:
    """Which photo it was when its folder had another name; None where it was this one."""
    return key_of({**line, "photo": line["was"]}) if "was" in line else None


def source_of(key: bytes) -> str:
    """Where the photo of a key is."""
    return os.fsdecode(key.partition(b"\0")[0])


def columns_of(entry: Entry) -> tuple[Any, ...]:
    """An entry, as the index has it."""
    source, place = os.fsencode(entry.source), os.fsencode(entry.place)
    return source, place, entry.size, entry.mtime, entry.label, entry.problem


def planned_of(found: Found) -> Planned:
    """An entry of the plan, out of the index."""
    source, place, size, mtime, label, problem = found.columns
    return Planned(
        position=found.position,
        entry=Entry(
            source=os.fsdecode(source), place=os.fsdecode(place), size=size, mtime=mtime, label=label, problem=problem
        ),
        line=found.line,
        stamp=None if found.stamp is None else Stamp.from_json(found.stamp),
    )
