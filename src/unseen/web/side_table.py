"""Short work beside the desk: one thread, and a bound on what waits for it."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from unseen.errors import UnseenError
from unseen.web.futures import break_off, fulfil
from unseen.web.limits import Limits
from unseen.web.line import LineFullError

Result = TypeVar("Result")

MOST = 256
"""Pieces of work that wait."""


class StoppingError(UnseenError):
    """The server stops, and computes nothing more."""

    def __init__(self) -> None:
        super().__init__("the server is stopping; send the photo again when it is back")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Piece:
    """Work that waits, the bytes that it holds, and what becomes of it."""

    size: int
    work: Callable[[], Any]
    future: "Future[Any]"

    def do(self) -> None:
        """Do it, and give the result."""
        try:
            fulfil(self.future, self.work())
        except Exception as error:
            break_off(self.future, error)


class SideTable:
    """Does one piece of work after the other.

    Args:
        limits: how many bytes may wait.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[_Piece] = deque()
        self._changed = threading.Condition()
        self._busy: Future[Any] | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def put(self, size: int, work: Callable[[], Result]) -> "Future[Result]":
        """Have work done when its turn has come; a future that is cancelled before gives its place free.

        Args:
            size: bytes that it holds.

        Raises:
            LineFullError: too much waits already.
            StoppingError: after `stop`.
        """
        piece = _Piece(size=size, work=work, future=Future())
        with self._changed:
            if self._stopping:
                raise StoppingError
            held = sum(one.size for one in self._waiting)
            if len(self._waiting) >= MOST or held + size > self._limits.held:
                raise LineFullError(f"{len(self._waiting)} photos wait to be looked at; try again later")
            self._waiting.append(piece)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="looking", daemon=True)
                self._thread.start()
            self._changed.notify()
        piece.future.add_done_callback(lambda future: self._drop(piece) if future.cancelled() else None)
        return piece.future

    def stop(self) -> None:
        """Drop what waits; what is being done is not waited for, and its result is that the server stops."""
        with self._changed:
            self._stopping = True
            left = [piece.future for piece in self._waiting if piece.future.set_running_or_notify_cancel()]
            self._waiting.clear()
            for future in [*left, *([self._busy] if self._busy else [])]:
                break_off(future, StoppingError())
            self._changed.notify()

    def _drop(self, piece: _Piece) -> None:
        with self._changed:
            if piece in self._waiting:
                self._waiting.remove(piece)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = None
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                piece = self._waiting.popleft()
                if not piece.future.set_running_or_notify_cancel():
                    continue
                self._busy = piece.future
            piece.do()
            del piece  # or it would be held until the next one comes
