"""Results of a dataset as they come, for somebody who may not want to wait for them."""

import threading
from queue import Empty, Queue
from typing import Any

from unseen.errors import ClusterError

_GLANCE = 0.2
"""Seconds after which a wait looks up whether it is still worth it."""


_WAITING = 4
"""Results that wait at most: with a store each carries copies."""


class Reading:
    """Reads results in a thread of its own, so that who waits for them can be stopped."""

    def __init__(self, dataset: Any) -> None:
        self.ended = object()
        self._found: Queue[Any] = Queue(_WAITING)
        threading.Thread(target=self._read, args=(dataset,), name="results", daemon=True).start()

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
