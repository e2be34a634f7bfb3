"""What is known of photos: the lines of a log, and an index that finds them, kept at one state."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from unseen.batch.index import DamagedError, Index, Line
from unseen.batch.log import Log
from unseen.batch.planned import former_key_of, key_of
from unseen.batch.stamp import Stamp
from unseen.errors import FullError, PhotoError


class Known:
    """An index of a log, brought to its end.

    Args:
        log: what is true.
        path: of the index; a damaged one is made again.

    Raises:
        FullError: the disk is full.
        UnseenError: a line is damaged.

    Attributes:
        index: with an empty plan.
        lines: on photos; of several on one the latest counts.
    """

    def __init__(self, log: Log, path: Path) -> None:
        self._log = log
        self.lines = 0
        try:
            self.index = self._opened(path)
        except DamagedError:  # and gone
            self.index = self._opened(path)

    def close(self) -> None:
        """Let go of the index."""
        with suppress(FullError, DamagedError):  # what it lacks it finds in the log
            self.settle()
        self.index.close()

    @property
    def reports(self) -> dict[str, str]:
        """The digests of reports that former runs wrote, by their whole names."""
        known: dict[str, str] = json.loads(self.index.get("reports") or "{}")
        return known

    def keep(self, key: bytes, line: Line, stamp: Stamp, was: bytes | None) -> None:
        """One more line on a photo, and none any more on what it was before."""
        self.lines += 1
        self.index.keep(key, line, stamp)
        if was is not None:
            self.index.forget_line(was)

    def settle(self) -> None:
        """Write down that the index covers the log."""
        self.index.settle(covered=self._log.size, lines=self.lines)

    def catch_up(self) -> None:
        """Bring the index to the end of the log, if it is not there: from the start where it is another log's."""
        is_anothers = self.index.get("log") != self._log.identity
        if not (is_anothers or self.index.is_behind):
            return
        self.index.is_behind = True
        if is_anothers or (self.index.get("covered") or 0) > self._log.size:
            self.index.forget()
            self.index.put(log=self._log.identity, covered=0, lines=0, settings=None, reports=None)
        self.lines = self.index.get("lines")
        for start, length, line in self._log.lines(self.index.get("covered")):
            if "row" in line:
                self.keep(key_of(line), (start, length), Stamp.from_line(line["stamp"]), former_key_of(line))
            elif "settings" in line:
                self.index.put(settings=json.dumps(line["settings"], sort_keys=True))
            elif "reports" in line:
                self.index.put(reports=json.dumps(self.reports | line["reports"]))
        self.index.is_behind = False
        self.settle()

    def tidy(self, slack: float) -> None:
        """Drop the lines that later ones have outdated, once they are more than a share of the others.

        Raises:
            FullError: there is no room to find those that are left.
        """
        kept = self.index.kept()
        if self.lines - kept <= slack * kept:
            return
        with suppress(PhotoError):  # without room for a second log the first one does
            self._log.rewrite(
                line for start, length, line in self._log.lines(0) if self._is_latest(start, length, line)
            )
        self.catch_up()

    def _opened(self, path: Path) -> Index:
        self.index = Index(path)
        try:
            self.index.is_behind = True
            self.catch_up()
            self.index.plan_anew()
        except BaseException:
            self.index.close()
            raise
        return self.index

    def _is_latest(self, start: int, length: int, line: Mapping[str, Any]) -> bool:
        return (
            "settings" in line
            or "reports" in line
            or ("row" in line and self.index.line(key_of(line)) == (start, length))
        )
