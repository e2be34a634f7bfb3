"""The account of a run: for programs (JSON), for a terminal (a table) and for people (a page)."""

from unseen.report.as_json import from_json, to_json
from unseen.report.layout import (
    Answer,
    Change,
    GroupReading,
    HiddenReading,
    ModelReading,
    PhotoRow,
    Reading,
    Report,
)
from unseen.report.page import to_html
from unseen.report.pictures import Preview, amplified_change, preview, preview_jpeg
from unseen.report.table import table

__all__ = [
    "Answer",
    "Change",
    "GroupReading",
    "HiddenReading",
    "ModelReading",
    "PhotoRow",
    "Preview",
    "Reading",
    "Report",
    "amplified_change",
    "from_json",
    "preview",
    "preview_jpeg",
    "table",
    "to_html",
    "to_json",
]
