"""What came of a run, read row by row from its record: totals over all photos, and the worst of them in full."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from unseen.address import named
from unseen.batch.place import Place
from unseen.errors import PhotoError
from unseen.photo import Photo, read_photo_bytes
from unseen.photo.photo import same_channels
from unseen.report import PhotoRow, Preview, Report, preview
from unseen.report.totals import Totals
from unseen.report.worst import Worst

TOLD = 200
"""Photos that a page tells of; a page of more would be too heavy to open."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is to be told of a run.

    Attributes:
        report: with the rows of those photos that are told of one by one.
        totals: over all photos.
        rows: gives the rows of all photos, in order.
    """

    report: Report
    totals: Totals
    rows: Callable[[], Iterable[PhotoRow]]


def accounted(report: Report, rows: Callable[[], Iterable[PhotoRow]]) -> Account:
    """The account of photos that are too many to be held.

    Args:
        report: without rows.
    """
    totals, worst = Totals(settings=report.settings, presets=report.presets), Worst(TOLD, report.settings)
    for row in rows():
        totals.add(row)
        worst.add(row)
    return Account(report=replace(report, photos=worst.rows), totals=totals, rows=rows)


def previews(rows: Iterable[PhotoRow], place: Place) -> Mapping[str, Preview]:
    """Thumbnails of photos and their copies by the photo's name, made of the files; of what is gone there are none."""
    return dict(_previews(rows, place))


def _previews(rows: Iterable[PhotoRow], place: Place) -> Iterator[tuple[str, Preview]]:
    for row in rows:
        if row.status == "failed" or (row.output is None and row.status != "untouched"):
            continue
        try:
            original = _photo(row.input, place).srgb
            copy = original if row.output is None else _photo(row.output, place).srgb
        except PhotoError:
            continue
        yield row.input, preview(*same_channels(original, copy))


def _photo(name: str, place: Place) -> Photo:
    path = named(name)
    return read_photo_bytes(place.fetch(path), path)
