"""The before/after table on a terminal."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import PurePath
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from unseen.report.layout import ModelReading, PhotoRow, Reading, Report
from unseen.report.outcomes import STATUSES, outcome_in_words, size_in_words, untouched_in_words
from unseen.report.settings import hidden_things, is_picture_alone, remedy
from unseen.report.shared import ways, ways_in_words
from unseen.report.totals import Totals
from unseen.report.verdicts import VERDICTS, chances, seen_in_words, verdict
from unseen.report.words import percent, printable

STYLES = {
    "protected": "green",
    "not_achieved": "yellow",
    "untouched": "cyan",
    "failed": "red",
    "hidden": "green",
    "close": "yellow",
    "recognised": "red",
    "unknown": "dim",
    "blind": "dim",
}
_UNSURE = 0.1
"""Probability under which a network's first guess is called unsure."""
_TRUE_ANSWER = "True answer: the label you gave, or else what the network saw in the original."
_STAR = "* This network was not used to make the protection."
_STAR_OF_PICTURES = "No network was used to make the protection; those with a * do not decide whether it counts."


def table(report: Report, totals: Totals | None = None) -> Table:
    """What each network saw in each photo and sees now, as a rich table; below it, what needs more than a cell.

    Args:
        totals: over all photos, where the report tells of some only; by default over those of the report.
    """
    caption = _caption(report, totals or Totals.of(report))
    result = Table(box=SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left", caption_style="")
    result.add_column("Photo", overflow="fold", min_width=12, max_width=28)
    result.add_column("Network", overflow="fold", min_width=7, max_width=24)
    result.add_column("Saw before")
    result.add_column("Sees now")
    what = "what to hide" if "hide" in report.settings else "true answer"
    result.add_column(f"Chance of\n{what}", justify="right", no_wrap=True)
    result.add_column("Result", min_width=10)
    for row in report.photos:
        for line, cells in zip_longest(
            _photo_lines(row), (_cells(model, row, report.settings) for model in row.models)
        ):
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


def _cells(model: ModelReading, row: PhotoRow, settings: Mapping[str, Any]) -> tuple[Text, ...]:
    outcome, found = verdict(model, settings), chances(model, settings)
    name = Text(model.name if model.role == "surrogate" else f"{model.name} *")
    if row.status == "untouched":
        chance, seen = Text(_compact(found[0]) if found else ""), seen_in_words(model.hidden)
        return name, Text(_best_guess(model.before)), Text(""), chance, Text(seen, style=STYLES[outcome])
    return (
        name,
        Text(_best_guess(model.before)),
        Text(_best_guess(model.after)),
        Text(" → ".join(map(_compact, found)) if found else ""),
        Text(VERDICTS[outcome], style=STYLES[outcome]),
    )


def _best_guess(reading: Reading) -> str:
    """The first guess under the first of its names: ImageNet's classes have up to nine."""
    if not reading.top5:
        return "nothing"
    best = reading.top5[0]
    words = f"{best.label.partition(',')[0]}, {_compact(best.probability)}"
    return f"unsure; at best {words}" if best.probability < _UNSURE else words


def _compact(probability: float) -> str:
    return percent(probability).replace("less than ", "<").replace("more than ", ">").replace("\N{NO-BREAK SPACE}", "")


def _caption(report: Report, totals: Totals) -> Text:
    """The errors and remedies of photos that are not protected, what is to be known of each copy, and the legend."""
    lines = []
    meaning = _TRUE_ANSWER
    if "hide" in report.settings:
        meaning = f"What to hide: {hidden_things(report.settings)}; the chance is that of all its classes together."
    legend = f"{meaning}\n{_STAR_OF_PICTURES if is_picture_alone(report.settings) else _STAR}"
    if totals.photos > len(report.photos):
        lines.append((f"The {len(report.photos)} worst of {totals.photos} photos.", ""))
    for row in report.photos:
        if row.error:
            lines.append((row.error, STYLES["failed"]))
        elif row.status == "not_achieved":
            lines.append((f"{row.input}: {outcome_in_words(row, report.settings)}", STYLES["not_achieved"]))
        lines += [(f"{row.input}: {note}", "") for note in row.notes]
    if totals.statuses["not_achieved"]:
        lines.append((remedy(report.settings), STYLES["not_achieved"]))
    if untouched := totals.statuses["untouched"]:
        lines.append((untouched_in_words(untouched, report.settings), STYLES["untouched"]))
    if found := ways(totals):
        lines.append((ways_in_words(found), ""))
    told = ((f"{printable(line)}\n", style) for line, style in lines)
    return Text.assemble(*told, (legend, "dim"))
