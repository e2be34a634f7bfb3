"""Where to find what: the plan of this run and the latest line on every photo, on the disk and not in memory."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from unseen.batch.stamp import Stamp
from unseen.batch.tables import PLAN, prepare
from unseen.errors import FullError, UnseenError
from unseen.report.layout import Status

Line = tuple[int, int]
"""Where a line of the log starts, and its length."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry of the plan.

    Attributes:
        columns: source, place, size, mtime, label, problem.
        line: the latest on it; None where there is none.
        stamp: of that line.
    """

    position: int
    key: bytes
    columns: tuple[Any, ...]
    line: Line | None
    stamp: str | None


class Unchanged(NamedTuple):
    """An entry of the plan that is as it was when it was done.

    Attributes:
        name, mark: of its copy; None where there is none.
    """

    position: int
    status: Status
    name: bytes | None
    mark: str | None


class DamagedError(UnseenError):
    """An index is damaged, and has to be made again from the log."""


class Index:
    """A database beside the log, and no more than that: without it, or after a crash, it is made again from the log.

    Threads may share it.

    Args:
        path: made if it is not there.

    Raises:
        FullError: from every method, where the disk is full.
        DamagedError: from every method, where it is damaged; `close` removes it then.

    Attributes:
        is_behind: whether it lacks lines that the log has, as after an error, which undoes what is pending.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.is_behind = False
        self._is_damaged = False
        with self._held():
            self._connection = sqlite3.connect(path, check_same_thread=False)
        try:
            with self._held():
                prepare(self._connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self._held():
            self._connection.close()
        if self._is_damaged:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def settle(self, **facts: Any) -> None:
        """Write down what is pending, and facts by name, unless it is behind; what is not is found in the log again."""
        with self._held():
            if not self.is_behind:
                self.put(**facts)
                self._connection.commit()

    def get(self, name: str) -> Any:
        """A fact by name; None where it is not known."""
        return next((value for (value,) in self._all("SELECT value FROM meta WHERE name = ?", name)), None)

    def put(self, **facts: Any) -> None:
        """Keep facts by name."""
        with self._held():
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())

    def forget(self) -> None:
        """Know no line any more."""
        with self._held():
            self._connection.execute("DELETE FROM kept")

    def forget_line(self, key: bytes) -> None:
        """Know no line on one photo any more."""
        with self._held():
            self._connection.execute("DELETE FROM kept WHERE key = ?", (key,))

    def keep(self, key: bytes, line: Line, stamp: Stamp) -> None:
        """The latest line on a photo, and what of it decides whether it is done."""
        copy = (None, None) if stamp.copy is None else (os.fsencode(stamp.copy.name), stamp.copy.mark)
        found = (stamp.size, stamp.mtime, stamp.label, stamp.settings, stamp.status)
        with self._held():
            self._connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (key, *line, stamp.to_json(), *found, *copy, stamp.former is not None),
            )

    def kept(self) -> int:
        """How many photos there is a line on."""
        return next(count for (count,) in self._all("SELECT COUNT(*) FROM kept"))

    def line(self, key: bytes) -> Line | None:
        """Where the latest line on a photo is."""
        return next(iter(self._all("SELECT start, length FROM kept WHERE key = ?", key)), None)

    def namesake(self, place: bytes) -> tuple[bytes, Line, str] | None:
        """Key, line and stamp of the photo that had a place last, if it is not in the plan and something came of it."""
        found = self._all(
            "SELECT kept.key, start, length, stamp FROM kept LEFT JOIN planned ON planned.key = kept.key"
            " WHERE substr(kept.key, instr(kept.key, x'00') + 1) = ?"
            " AND planned.key IS NULL AND (status != 'failed' OR replaces) ORDER BY start DESC LIMIT 1",
            place,
        )
        return next(((key, (start, length), stamp) for key, start, length, stamp in found), None)

    def plan_anew(self) -> None:
        """Forget the former run's plan."""
        with self._held():
            self._connection.executescript(PLAN)

    def plan(self, entries: Iterable[tuple[Any, ...]]) -> int:
        """Add entries in order, each a key and its columns, but none twice; how many there are now."""
        with self._held():
            self._connection.executemany(
                "INSERT OR IGNORE INTO planned (key, source, place, size, mtime, label, problem)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                entries,
            )
            self._connection.commit()
            return next(count or 0 for (count,) in self._all("SELECT MAX(position) FROM planned"))

    def planned(self, first: int, last: int) -> list[Found]:
        """Entries by position, both ends included, each with the latest line on it."""
        rows = self._all(
            "SELECT position, key, source, place, planned.size, planned.mtime, planned.label, problem,"
            " start, length, stamp FROM planned LEFT JOIN kept USING (key)"
            " WHERE position BETWEEN ? AND ? ORDER BY position",
            first,
            last,
        )
        return [
            Found(
                position=row[0],
                key=row[1],
                columns=tuple(row[2:8]),
                line=None if row[8] is None else (row[8], row[9]),
                stamp=row[10],
            )
            for row in rows
        ]

    def unchanged(self, first: int, last: int, settings: str) -> list[Unchanged]:
        """Of entries by position, both ends included, those that were done by these settings and are as they were then.

        Whether their copies still stand is not known here. Those whose copy replaced another are left out.
        """
        return [
            Unchanged(*row)
            for row in self._all(
                "SELECT position, status, name, mark FROM planned JOIN kept USING (key)"
                " WHERE position BETWEEN ? AND ? AND problem IS NULL AND settings = ? AND NOT replaces"
                " AND kept.size = planned.size AND kept.mtime = planned.mtime AND kept.label IS planned.label",
                first,
                last,
                settings,
            )
        ]

    def origins(self, first: int, last: int) -> list[tuple[int, str, str]]:
        """Position, source and place of entries, both ends included."""
        rows = self._all(
            "SELECT position, source, place FROM planned WHERE position BETWEEN ? AND ? ORDER BY position", first, last
        )
        return [(position, os.fsdecode(source), os.fsdecode(place)) for position, source, place in rows]

    def claim_all(self, names: Iterable[bytes]) -> None:
        """Give names away that are free or were this very copy's before."""
        with self._held():
            self._connection.executemany("INSERT OR IGNORE INTO claimed VALUES (?)", ((name,) for name in names))

    def claim(self, name: bytes) -> bool:
        """Give a copy's name away; whether it was free."""
        with self._held():
            found = self._connection.execute("INSERT OR IGNORE INTO claimed VALUES (?)", (name,))
            return found.rowcount == 1

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One thread at a time; sqlite has words of its own for a disk that is full."""
        with self._lock:
            try:
                yield
            except sqlite3.OperationalError as error:
                self.is_behind = True
                raise FullError(self._path, f"cannot be written ({error})", "free some space and run again") from error
            except sqlite3.DatabaseError as error:
                self.is_behind = self._is_damaged = True
                raise DamagedError(f"{self._path}: is damaged ({error}); run again, and it is made anew") from error

    def _all(self, query: str, *values: Any) -> list[Any]:
        with self._held():
            return self._connection.execute(query, values).fetchall()
