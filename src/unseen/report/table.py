"""The before/after table on a terminal."""

from itertools import zip_longest
from pathlib import PurePath

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from unseen.report.layout import ModelReading, PhotoRow, Reading, Report
from unseen.report.words import STATUSES, UNSURE, VERDICTS, percent, printable, size_in_words, verdict

STYLES = {
    "protected": "green",
    "not_achieved": "yellow",
    "failed": "red",
    "hidden": "green",
    "close": "yellow",
    "recognised": "red",
    "unknown": "dim",
}
FOOTNOTE = (
    "True answer: the label you gave, or else what the network saw in the original.\n"
    "* This network was not used to make the protection."
)


def table(report: Report) -> Table:
    """What each network saw in each photo and sees now, as a rich table; the errors of failed photos stand below it."""
    result = Table(box=SIMPLE_HEAD, caption=_caption(report), caption_justify="left", caption_style="")
    result.add_column("Photo", overflow="fold")
    result.add_column("Network", overflow="fold")
    result.add_column("Saw before")
    result.add_column("Sees now")
    result.add_column("Chance of the\ntrue answer", justify="right", no_wrap=True)
    result.add_column("Result")
    for row in report.photos:
        for line, cells in zip_longest(_photo_lines(row), map(_network_cells, row.models)):
            result.add_row(line, *(cells or ()))
        result.add_section()
    return result


def _photo_lines(row: PhotoRow) -> list[Text]:
    """What the first column says, one line beside each network."""
    lines = [
        Text(printable(PurePath(row.input).name), style="bold"),
        Text(STATUSES[row.status].lower(), style=STYLES[row.status]),
    ]
    return lines if row.change is None else [*lines, Text(f"change: {size_in_words(row.change)}")]


def _network_cells(model: ModelReading) -> tuple[Text, ...]:
    outcome = verdict(model)
    return (
        Text(model.name if model.role == "surrogate" else f"{model.name} *"),
        Text(_best_guess(model.before)),
        Text(_best_guess(model.after)),
        Text(f"{_compact(model.before.icp)} → {_compact(model.after.icp)}"),
        Text(VERDICTS[outcome], style=STYLES[outcome]),
    )


def _best_guess(reading: Reading) -> str:
    """The first guess under the first of its names: ImageNet's classes have up to nine."""
    if not reading.top5:
        return "nothing"
    best = reading.top5[0]
    words = f"{best.label.partition(',')[0]}, {_compact(best.probability)}"
    return f"unsure; at best {words}" if best.probability < UNSURE else words


def _compact(probability: float) -> str:
    return percent(probability).replace("less than ", "<").replace("more than ", ">").replace("\N{NO-BREAK SPACE}", "")


def _caption(report: Report) -> Text:
    errors = [f"{printable(row.error)}\n" for row in report.photos if row.error]
    return Text.assemble(*((error, STYLES["failed"]) for error in errors), (FOOTNOTE, "dim"))
