"""Which photos a report tells of where it cannot tell of all."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import Any

from unseen.report.layout import PhotoRow
from unseen.report.verdicts import chances

_FIRST = ("failed", "not_achieved", "protected", "untouched")


class Worst:
    """Keeps the worst of the photos that it is shown, and their order where they are all.

    Args:
        most: how many.
        settings: of the run.
    """

    def __init__(self, most: int, settings: Mapping[str, Any]) -> None:
        self._most = most
        self._settings = settings
        self._seen = 0
        self._kept: list[tuple[tuple[int, float, int], PhotoRow]] = []

    def add(self, row: PhotoRow) -> None:
        """One more photo."""
        self._kept.append(((_FIRST.index(row.status), -_worth(row, self._settings), self._seen), row))
        self._seen += 1
        if len(self._kept) > 2 * self._most:
            self._kept = nsmallest(self._most, self._kept, key=_rank)

    @property
    def rows(self) -> tuple[PhotoRow, ...]:
        """The worst first; all in their order where there are no more."""
        kept: Iterable[tuple[tuple[int, float, int], PhotoRow]] = self._kept
        if self._seen > self._most:
            kept = nsmallest(self._most, self._kept, key=_rank)
        return tuple(row for _, row in kept)


def _rank(kept: tuple[tuple[int, float, int], PhotoRow]) -> tuple[int, float, int]:
    return kept[0]


def _worth(row: PhotoRow, settings: Mapping[str, Any]) -> float:
    """The highest chance that any network still gives to what it is judged by."""
    return max((found[1] for model in row.models if (found := chances(model, settings))), default=0.0)
