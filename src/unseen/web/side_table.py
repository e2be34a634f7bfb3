"""Short work beside the desk: one thread, and a bound on what waits for it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from unseen.errors import UnseenError
from unseen.web.limits import Limits
from unseen.web.line import LineFullError

Result = TypeVar("Result")

MOST = 256
"""Pieces of work that wait."""


class StoppingError(UnseenError):
    """The server stops, and computes nothing more."""

    def __init__(self) -> None:
        super().__init__("the server is stopping; send the photo again when it is back")


class SideTable:
    """Does one piece of work after the other.

    Args:
        limits: how many bytes may wait.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: list[int] = []
        self._lock = threading.Lock()
        self._stopping = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looking")

    def put(self, size: int, work: Callable[[], Result]) -> "Future[Result]":
        """Have work done when its turn has come.

        Args:
            size: bytes that it holds.

        Raises:
            LineFullError: too much waits already.
            StoppingError: after `stop`.
        """
        with self._lock:
            if self._stopping:
                raise StoppingError
            if len(self._held) >= MOST or sum(self._held) + size > self._limits.held:
                raise LineFullError(f"{len(self._held)} photos wait to be looked at; try again later")
            self._held.append(size)
            future = self._thread.submit(work)

        def done(_: "Future[Any]") -> None:
            with self._lock:
                self._held.remove(size)

        future.add_done_callback(done)
        return future

    def stop(self) -> None:
        """Drop what waits, and finish what is being done."""
        with self._lock:
            self._stopping = True
        self._thread.shutdown(wait=True, cancel_futures=True)
