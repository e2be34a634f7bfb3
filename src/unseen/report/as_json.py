"""The account of a run as JSON, and read from it again."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from textwrap import indent
from typing import Any

from unseen.errors import UnseenError
from unseen.report.layout import (
    Answer,
    Change,
    GroupReading,
    HiddenReading,
    ModelReading,
    PhotoRow,
    Reading,
    Report,
    Row,
)


def to_json(report: Report) -> str:
    """The report as JSON; what is not a finite number becomes null, and all text is ASCII, safe for any terminal."""
    return "".join(json_parts(report, report.photos))


def json_parts(report: Report, photos: Iterable[PhotoRow]) -> Iterator[str]:
    """The same piece by piece, for any number of photos: those given in place of the report's own."""
    opening = _indented({"version": report.version, "settings": report.settings})
    yield opening.removesuffix("\n}") + ',\n  "photos": ['
    between = ""
    for row in photos:
        yield f"{between}\n{indent(_indented(asdict(row)), '    ')}"
        between = ","
    closing = _indented({"presets": report.presets}).removeprefix("{\n")
    yield ("\n  ]" if between else "]") + f",\n{closing}\n"


def from_json(text: str) -> Report:
    """Read what `to_json` wrote.

    Raises:
        UnseenError: when it is something else.
    """
    try:
        data = json.loads(text)
        photos = tuple(photo_row(row) for row in data.pop("photos"))
        return Report(photos=photos, **data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnseenError(
            f"not a report of this version of unseen ({error}); give a JSON file that it wrote"
        ) from error


def row_as_json(row: PhotoRow) -> dict[str, Any]:
    """A row as JSON can hold it: what is not a finite number becomes None."""
    found: dict[str, Any] = _finite(asdict(row))
    return found


def photo_row(row: dict[str, Any]) -> PhotoRow:
    """What `row_as_json` made."""
    nested = {
        "models": tuple(_model(model) for model in row["models"]),
        "change": None if row["change"] is None else Change(**row["change"]),
        "metadata_removed": tuple(row["metadata_removed"]),
        "notes": tuple(row["notes"]),
        "audit": tuple(Row(**read) for read in row.get("audit", ())),
    }
    return PhotoRow(**{**row, **nested})


def _indented(value: Any) -> str:
    return json.dumps(_finite(value), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    """The same nest of dictionaries and lists, with None for infinities and NaN."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _model(model: dict[str, Any]) -> ModelReading:
    nested = {
        "before": _reading(model["before"]),
        "after": _reading(model["after"]),
        "hidden": _hidden(model.get("hidden")),
    }
    return ModelReading(**{**model, **nested})


def _hidden(hidden: dict[str, Any] | None) -> HiddenReading | None:
    if hidden is None:
        return None
    groups = tuple(GroupReading(**group) for group in hidden["groups"])
    return HiddenReading(**{**hidden, "labels": tuple(hidden["labels"]), "groups": groups})


def _reading(reading: dict[str, Any]) -> Reading:
    return Reading(**{**reading, "top5": tuple(Answer(**answer) for answer in reading["top5"])})
