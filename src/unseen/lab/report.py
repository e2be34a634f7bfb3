"""The report of a lab: numbers for programs, a page with figures for people, and the figures as files."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unseen import __version__
from unseen.errors import UnseenError
from unseen.lab.files import claimed, write_over
from unseen.lab.paper_a import NAME
from unseen.report.templating import templates_of

NOT_RUN = "–"
"""A cell without a value."""

_SPACED_PERCENT = "\N{NO-BREAK SPACE}%"
_NUMERIC = re.compile(r"(?:[<>]?\s?[−+]?[\d.,]+(?:e[+-]?\d+)?\W*|–|)")
_FIGURE_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells that are ready text, below their columns' names.

    Columns and rows whose name begins with `paper` or is the paper's are set apart; columns of nothing but numbers are
    aligned at their right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(
                f"a row has another number of cells than the {len(self.columns)} columns: give one a column"
            )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The words that style each column: "number", "paper", both or none."""
        cells = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.columns)
        return tuple(
            " ".join(["number"] * all(_NUMERIC.fullmatch(cell) for cell in column) + ["paper"] * _of_the_paper(name))
            for name, column in zip(self.columns, cells, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture with its explanation.

    Attributes:
        name: of its file, without a suffix, in letters, digits and any of `_ . -`.
        png: the file.
        caption: what is to be seen; its first sentence stands for the picture where none can be seen.
    """

    name: str
    png: bytes
    caption: str

    def __post_init__(self) -> None:
        if not _FIGURE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a figure: use letters, digits and any of _ . -")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands below it, in this order."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabReport:
    """What a lab found.

    Attributes:
        title: of the page.
        introduction: paragraphs for a reader who does not know the paper.
        sections: tables and figures, as the page shows them.
        numbers: every number, as JSON; what is not finite becomes null.
    """

    title: str
    introduction: tuple[str, ...]
    sections: tuple[Section, ...]
    numbers: Mapping[str, Any]

    def __post_init__(self) -> None:
        names = [figure.name.casefold() for figure in self.figures]
        if len(set(names)) < len(names):
            raise ValueError(f"two figures have one name among {', '.join(sorted(names))}: give each its own")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in the order of the page."""
        return tuple(figure for section in self.sections for figure in section.figures)


def write_lab_report(report: LabReport, folder: Path) -> None:
    """Write `figures/<name>.png`, `report.html` and, at last, `report.json` into a lab's folder.

    Each appears whole, in the place of a former report's; nothing is deleted.

    Raises:
        UnseenError: the folder holds something else than a lab's work, or cannot be written to.
    """
    claimed(folder)
    figures = folder / "figures"
    try:
        figures.mkdir(exist_ok=True)
    except OSError as error:
        raise UnseenError(f"{figures}: cannot be made ({error.strerror or error}); move it away") from error
    for figure in report.figures:
        write_over(figures / f"{figure.name}.png", figure.png)
    write_over(folder / "report.html", lab_html(report).encode())
    write_over(folder / "report.json", lab_json(report).encode())


def lab_json(report: LabReport) -> str:
    """The numbers and the version that made them; what is not a finite number becomes null."""
    text = json.dumps({"version": __version__, **report.numbers})
    return json.dumps(json.loads(text, parse_constant=lambda _: None), indent=2) + "\n"


def lab_html(report: LabReport) -> str:
    """The report as one page that asks nothing of anyone: no script, figures and style inside."""
    environment = templates_of("unseen.lab")
    environment.filters |= {"first_sentence": _first_sentence, "of_the_paper": _of_the_paper}
    return environment.get_template("lab.html.jinja").render(report=report, version=__version__)


def percent(share: float | None) -> str:
    """A share in [0, 1] as a cell: as many digits as mean something, and never a false 0 % or 100 %."""
    if share is None or not math.isfinite(share):
        return NOT_RUN
    if share in (0, 1):
        return f"{100 * share:.0f}{_SPACED_PERCENT}"
    if share < 1e-5:
        return f"<0.001{_SPACED_PERCENT}"
    if share > 0.9999:
        return f">99.99{_SPACED_PERCENT}"
    digits = 3 if share < 0.001 else 2 if share < 0.01 or share > 0.99 else 1
    return f"{100 * share:.{digits}f}{_SPACED_PERCENT}"


def number(value: float | None, digits: int = 2) -> str:
    """A number as a cell, with a fixed count of digits after the point."""
    if value is None or not math.isfinite(value):
        return NOT_RUN
    return f"{value:,.{digits}f}".replace("-", "−")


def _of_the_paper(name: str) -> bool:
    return name == NAME or name.casefold().startswith("paper")


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
