"""One machine: photos are read, computed and written at the same time, each kind of work by threads of its own.

Reading threads decode photos and ask the networks about them; computing threads run the scheme; writing threads encode
the copies, decode them again and judge them. Where a scheme has lanes for several photos, as on a GPU, one thread
computes, and fills them with photos as they come. Where it takes one at a time, every core has a photo of its own:
threads that share one wait for each other, and the more so the more the others do. Every photo is computed in the same
lanes with the same number of threads of arithmetic, so none of this changes a pixel.
"""

import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from queue import Empty, SimpleQueue

import torch

from unseen.ascent import LANES
from unseen.batch.engine import Done, Task, Todo
from unseen.batch.flight import Flight, claimed, finished, is_large, opened
from unseen.batch.place import Place
from unseen.batch.room import Room
from unseen.memory import give_back
from unseen.models.ensemble import Ensemble
from unseen.plan import Job
from unseen.protect.attending import Patient
from unseen.protect.making import CHUNK_BYTES, Made, chunks, ensemble_of, made
from unseen.protect.protection import Protection, Work

FEWEST, MOST = 4 * LANES, 24 * LANES
"""Photos for one call of the scheme: of more, fewer lanes are empty at its end, but more are lost to a kill."""

CALL = 30
"""Seconds that a call is to take: so many are lost at most, and are enough for lanes to be full most of the time."""

WORKERS = torch.get_num_threads()
"""Threads that read, and as many that write: one a core that torch may use."""

_IN_FLIGHT = 3
"""Chunks at a time: one is read, one computed, one written."""

_GLANCE = 0.2
"""Seconds after which a wait looks up whether it is still worth it."""


class UntilStopped(Patient):
    """Wants every photo until the run is stopped."""

    is_stopped = False

    def wants(self, job: Job) -> bool:
        return not self.is_stopped


class Local:
    """An engine of threads, for one run.

    Where photos are large, memory comes before speed: every one that is in full size in memory, or computed, takes one
    of as many slots as there are workers, up to one a core.

    Args:
        workers: threads that read, and as many that write; as many compute, up to one a core, where a scheme takes one
            photo at a time.
        photos: computed in one call of the scheme; None for as many as are done in CALL seconds, or for one at a time.
    """

    def __init__(self, workers: int, photos: int | None = None) -> None:
        self._workers = workers
        self._cores = min(workers, WORKERS)
        self._photos = photos or FEWEST
        self._is_fixed = photos is not None
        self._runs = 1
        self._attendant = UntilStopped()
        self._room = Room(_IN_FLIGHT * (photos or MOST), 2 * CHUNK_BYTES)
        self._undecoded = threading.Semaphore(workers)
        self._large = threading.Semaphore(self._cores)
        self._opened: SimpleQueue[Future[Flight] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[Done, int] | Exception | None] = SimpleQueue()

    def stop(self) -> None:
        self._attendant.is_stopped = True

    def run(self, todo: Iterator[Todo], task: Task) -> Generator[Done, None, None]:
        self._settle(task.protection)
        threads = [
            threading.Thread(target=work, args=arguments, name=work.__name__, daemon=True)
            for work, arguments in ((self._feed, (todo, task)), (self._compute, (task,)))
        ]
        for thread in threads:
            thread.start()
        try:
            yield from self._outcomes()
        finally:
            self.stop()
            self._room.close()
            for thread in threads:
                thread.join()
            self._discard(task.place)

    def _settle(self, protection: Protection) -> None:
        """How photos are computed: one by one on several cores, or together."""
        is_cpu = protection.surrogates[0].device.type == "cpu"
        if is_cpu:
            self._runs = self._cores
        lanes = getattr(protection.settled_scheme, "lanes", 1 if is_cpu else None)
        if lanes == 1 and not self._is_fixed:
            self._photos, self._is_fixed = 1, True
            self._room = Room(_IN_FLIGHT * 2 * self._workers, 2 * CHUNK_BYTES)

    def _outcomes(self) -> Iterator[Done]:
        while True:
            if self._attendant.is_stopped:
                self._room.close()
            try:
                found = self._done.get(timeout=_GLANCE)
            except Empty:
                continue
            if found is None:
                return
            if isinstance(found, Exception):
                raise found
            done, held = found
            yield done
            self._room.leave(held)

    def _discard(self, place: Place) -> None:
        """Take back copies that nobody asked for any more."""
        while not self._done.empty():
            found = self._done.get()
            if isinstance(found, tuple) and found[0].staged is not None:
                place.discard(found[0].staged)

    def _feed(self, todo: Iterator[Todo], task: Task) -> None:
        """Read photos ahead, as far as there is room."""
        try:
            with ThreadPoolExecutor(self._workers, "reading") as readers:
                while self._room.enter() and (one := next(todo, None)) is not None:
                    self._undecoded.acquire()
                    self._opened.put(readers.submit(self._open, one, task))
        except Exception as error:
            self._done.put(error)
        finally:
            self._opened.put(None)

    def _open(self, one: Todo, task: Task) -> Flight:
        try:
            flight = opened(one, task, self._attendant, self._large)
            self._room.take(flight.held)
            return flight
        finally:
            self._undecoded.release()

    def _compute(self, task: Task) -> None:
        """Run the scheme on what has been read, and let the copies be written meanwhile."""
        flights: dict[int, Flight] = {}
        free = threading.Semaphore(self._runs)
        try:
            ensemble = ensemble_of(task.protection)
            ready = chunks(self._ready(task, flights), lambda: self._photos)
            with ThreadPoolExecutor(self._workers, "writing") as writers:

                def compute(chunk: list[Work]) -> None:
                    try:
                        found = self._made(chunk, task.protection, ensemble)
                        for work in chunk:
                            writers.submit(self._finish, flights.pop(id(work)), found.get(id(work)), task)
                    except Exception as error:
                        self._done.put(error)
                    finally:
                        free.release()

                with ThreadPoolExecutor(self._runs, "computing") as computers:
                    while free.acquire() and (chunk := next(ready, None)) is not None:
                        computers.submit(compute, chunk)
                        del chunk
            self._done.put(None)
        except Exception as error:
            self._done.put(error)

    def _made(self, chunk: list[Work], protection: Protection, ensemble: Ensemble) -> dict[int, Made]:
        has_large = any(map(is_large, chunk))
        with self._large if has_large else nullcontext():
            started = time.perf_counter()
            found = made(chunk, protection, ensemble, self._attendant)
            self._learn(len(chunk), time.perf_counter() - started)
            if has_large or self._runs == 1:  # of single small photos, each leaves too little to be worth its time
                give_back()
        return found

    def _learn(self, photos: int, seconds: float) -> None:
        """How many photos the next call is to take, after one took so long."""
        if not self._is_fixed:
            self._photos = min(MOST, max(FEWEST, round(photos * CALL / max(seconds, 1e-3))))

    def _ready(self, task: Task, flights: dict[int, Flight]) -> Iterator[Work]:
        """Photos in the order of the plan, each with its copy's name settled."""
        while (future := self._opened.get()) is not None:
            flight = future.result()
            del future
            if flight.is_same:
                self._done.put((Done(planned=flight.todo.planned, row=None, digest=flight.digest), flight.held))
                continue
            claimed(flight, task)
            flights[id(flight.work)] = flight
            yield flight.work

    def _finish(self, flight: Flight, change: Made | None, task: Task) -> None:
        try:
            self._done.put((finished(flight, change, task, self._attendant, self._large), flight.held))
        except Exception as error:
            self._done.put(error)
