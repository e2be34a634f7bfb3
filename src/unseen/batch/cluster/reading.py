"""Results of a dataset as they come, for somebody who may not want to wait for them."""

import threading
import time
from contextlib import suppress
from queue import Empty, Queue
from typing import Any, ClassVar

from unseen.errors import ClusterError

_GLANCE = 0.2
"""Seconds after which a wait looks up whether it is still worth it."""

_WAITING = 4
"""Results that wait at most: with a store each carries copies."""

_GRACE = 10
"""Seconds in which Ray Data has to end once it is told to; a step of its takes a tenth of one."""


class Ending:
    """Ends what Ray Data does in a thread of its own, which asks here at every step; else it ends with the results.

    Ray ends the whole process where that thread wants anything of it after `ray.shutdown`. It is told of this class by
    `DataContext.custom_execution_callback_classes`, which goes to workers as well; so what is asked lies in the class.
    """

    asked: ClassVar = threading.Event()

    def before_execution_starts(self, executor: Any) -> None:
        """Nothing is to be done."""

    def on_execution_step(self, executor: Any) -> None:
        """End it where that was asked.

        Raises:
            InterruptedError: it was; the results end with that.
        """
        if self.asked.is_set():
            raise InterruptedError("nobody waits for the results")

    def after_execution_succeeds(self, executor: Any) -> None:
        """Nothing is to be done."""

    def after_execution_fails(self, executor: Any, error: Exception) -> None:
        """Nothing is to be done."""


class Reading:
    """Reads results in a thread of its own, so that who waits for them can be stopped; one at a time in a process.

    Args:
        dataset: one whose context has `Ending` among its callbacks.
    """

    def __init__(self, dataset: Any) -> None:
        self.ended = object()
        self._found: Queue[Any] = Queue(_WAITING)
        Ending.asked.clear()
        self._thread = threading.Thread(target=self._read, args=(dataset,), name="results", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody waits any more: end the thread, and Ray Data's."""
        Ending.asked.set()
        end = time.monotonic() + _GRACE
        while self._thread.is_alive() and time.monotonic() < end:
            with suppress(Empty):  # it may wait for room
                self._found.get(timeout=_GLANCE)

    def next(self) -> Any:
        """A result, `ended`, or None where there is none yet.

        Raises:
            ClusterError: there will be none.
        """
        try:
            found = self._found.get(timeout=_GLANCE)
        except Empty:
            return None
        if isinstance(found, Exception):
            lines = [line.strip() for line in str(found).splitlines() if line.strip()] or [type(found).__name__]
            told = lines[-1]  # where a traceback says what happened
            remedy = "fewer --workers leave each more memory; the same command goes on from there"
            raise ClusterError(f"the workers of the cluster are gone ({told[:300]}); {remedy}") from found
        return found

    def _read(self, dataset: Any) -> None:
        try:
            for table in dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                for found in table["result"].to_pylist():
                    self._found.put(found)
            self._found.put(self.ended)
        except Exception as error:
            self._found.put(error)
