"""How far a run is, counted by its threads and read by whoever shows it."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from unseen.report.layout import Status


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One moment of a run.

    Attributes:
        statuses: how many photos ended how, those of former runs included.
        failed_before: those that failed in a former run, and that this one did not try.
        planned: photos found so far.
        is_planned: whether that is all.
        rate: photos a second, of those done in this run; 0 before the first.
        remaining: seconds to come at that rate; None where that is not known.
    """

    statuses: dict[Status, int]
    failed_before: int
    planned: int
    is_planned: bool
    rate: float
    remaining: float | None

    @property
    def done(self) -> int:
        """Photos that are accounted for."""
        return sum(self.statuses.values())


class Tally:
    """Counts photos as they are done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._statuses: Counter[Status] = Counter()
        self._new = self._failed_before = 0
        self._started = time.monotonic()

    def add(self, status: Status, *, is_new: bool) -> None:
        """One more photo is done; `is_new` where this run did it."""
        with self._lock:
            self._statuses[status] += 1
            self._new += is_new

    def resume(self, statuses: Iterable[Status]) -> None:
        """Former runs did these."""
        counts = Counter(statuses)
        with self._lock:
            self._statuses += counts
            self._failed_before += counts["failed"]

    def standing(self, planned: int, *, is_planned: bool) -> Standing:
        """Where the run is, of so many photos."""
        with self._lock:
            rate = self._new / max(1e-9, time.monotonic() - self._started)
            left = planned - sum(self._statuses.values())
            return Standing(
                statuses=dict(self._statuses),
                failed_before=self._failed_before,
                planned=planned,
                is_planned=is_planned,
                rate=rate,
                remaining=left / rate if is_planned and rate else None,
            )
