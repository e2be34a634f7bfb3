"""What the parts of docs/papers.md are made of: values looked up in a report, as cells of Markdown tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from unseen.lab.report import NOT_RUN, number, percent

Report = Mapping[str, Any]
Cell = Callable[[Any], str]

ABSENT = "not run"
"""Stands for what a report does not have; "–" (`NOT_RUN`) is for what has no value."""
NOTHING = f"{ABSENT.capitalize()}."


def found(value: Any, *keys: str | int) -> Any:
    """What lies below the keys, or ABSENT."""
    for key in keys:
        try:
            value = ABSENT if isinstance(value, str) else value[key]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


def cell(value: Any, form: Cell) -> str:
    """A value that was found, in the given form."""
    return ABSENT if value == ABSENT else form(value)


def mean(values: Any) -> Any:
    """The mean of values that were found."""
    return values if values == ABSENT else fmean(values)


def digits(count: int) -> Cell:
    """The form of numbers with so many digits after the point."""
    return lambda value: number(value, count)


def amount(what: str) -> Cell:
    """The form of a count of something."""
    return lambda value: f"{value:,} {what}"


def printed(share: float) -> str:
    """A share as the paper prints those of photos."""
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"


def answers(pairs: Iterable[tuple[str, float]], form: Cell = percent) -> str:
    """Classes with their probabilities."""
    return ", ".join(f"{label.partition(',')[0]} {form(share)}" for label, share in pairs) or NOT_RUN


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it."""
    return "\n\n".join((f"## {title}", *parts)) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or that nothing was run where it has no rows."""
    lines = [[text.replace("|", "/") for text in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *lines)) if lines else NOTHING
