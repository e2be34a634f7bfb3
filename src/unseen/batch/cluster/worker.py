"""A worker of a cluster: a process with networks of its own that does shards of photos."""

import hashlib
import pickle
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, cast

from unseen.ascent import LANES
from unseen.batch.cluster.errand import Errand, unpacked
from unseen.batch.cluster.foreman import Orders
from unseen.batch.engine import Done, Task, Todo
from unseen.batch.flight import Flight, claimed, finished, is_large, opened
from unseen.batch.place import Place, Staged
from unseen.batch.planned import Planned
from unseen.errors import ClusterError, FullError, PhotoError, UnseenError
from unseen.memory import give_back
from unseen.models.ensemble import Ensemble
from unseen.plan import Job
from unseen.protect.attending import Patient
from unseen.protect.making import Made, chunks, ensemble_of, made
from unseen.protect.protection import Work
from unseen.watch import GivenUpError

SHARD = 8 * LANES
"""Photos that are sent, computed and told of together: so many a worker are lost to a kill."""

AT_ONCE = 3
"""Shards that a worker has at a time: one is read, one computed, one written."""

ATTEMPTS = 4
"""At a shard: one that takes so many workers with it would take all others."""

_GLANCE = 1.0
"""Seconds after which a worker asks again whether it is to go on."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of a photo, and the name of its copy, which is not given away yet; None where it needs no name."""

    done: Done
    target: PurePath | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a shard.

    Attributes:
        attempt: which one this was; 0 where it was not begun.
        problem: why no photo can be done at all.
    """

    shard: int
    attempt: int
    told: tuple[Told, ...] = ()
    problem: UnseenError | None = None


@dataclass(frozen=True, kw_only=True)
class _Bench:
    errand: Errand
    ensemble: Ensemble


class Worker(Patient):
    """Takes shards as tables of one row, several at a time in threads of their own, and gives back what came of each.

    An error is part of what it gives back: classes of exceptions that other processes do not know cannot get lost on
    their way.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._bench: _Bench | None = None
        self._setting_up = threading.Lock()
        self._computing = threading.Lock()
        self._suspected = threading.Lock()
        self._large = threading.Semaphore(1)
        self._asked, self._is_stopped = 0.0, False

    def __call__(self, table: Any) -> Any:
        import pyarrow as pa

        [row] = table.to_pylist()
        result = self.result(row["shard"], pickle.loads(row["todo"]))  # noqa: S301 - the run that this process is of
        return pa.table({"result": [pickle.dumps(result)]})

    def wants(self, job: Job) -> bool:
        now = time.monotonic()
        if not self._is_stopped and now - self._asked > _GLANCE:
            self._asked = now
            self._is_stopped = self._orders.is_stopped()
        return not self._is_stopped

    def result(self, shard: int, todo: Sequence[Todo]) -> Result:
        """What comes of a shard; nothing is raised.

        One that was begun before waits for others that were: if one takes its worker with it, it is known which.
        """
        with self._suspected if self._orders.tried(shard) else nullcontext():
            return self._result(shard, todo)

    def _result(self, shard: int, todo: Sequence[Todo]) -> Result:
        attempt = self._orders.begin(shard)
        if not attempt:
            return Result(shard=shard, attempt=0)
        if attempt > ATTEMPTS:
            told_of = f"{todo[0].job.source}: it, or one of the {len(todo) - 1} photos after it,"
            remedy = "leave it out, or give workers more memory"
            problem: UnseenError = ClusterError(f"{told_of} took {ATTEMPTS} workers of the cluster with it; {remedy}")
            return Result(shard=shard, attempt=attempt, problem=problem)
        try:
            told = tuple(self._done(todo, attempt, self._ready()))
        except UnseenError as error:
            return Result(shard=shard, attempt=attempt, problem=error)
        except Exception as error:
            told_of = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            problem = UnseenError(f"a worker of the cluster failed with {told_of}; please report it")
            return Result(shard=shard, attempt=attempt, problem=problem)
        return Result(shard=shard, attempt=attempt, told=told)

    def _ready(self) -> _Bench:
        """Unpack, once."""
        with self._setting_up:
            if self._bench is None:
                errand = unpacked(self._orders.errand())
                self._bench = _Bench(errand=errand, ensemble=ensemble_of(errand.protection))
            return self._bench

    def _done(self, todo: Sequence[Todo], attempt: int, bench: _Bench) -> Iterator[Told]:
        names: dict[int, PurePath] = {}
        flights: dict[int, Flight] = {}

        def note(planned: Planned, target: PurePath) -> None:
            names[planned.position] = target

        def works() -> Iterator[Work]:
            for one in todo:
                flight = opened(one, task, self, self._large)
                claimed(flight, task)
                flights[id(flight.work)] = flight
                yield flight.work

        errand = bench.errand
        task = Task(protection=errand.protection, presets=errand.presets, place=errand.place, claim=note)
        for chunk in chunks(works(), lambda: SHARD):
            with self._computing, self._large if any(map(is_large, chunk)) else nullcontext():
                found = made(chunk, errand.protection, bench.ensemble, self)
                give_back()
            for work in chunk:
                flight = flights.pop(id(work))
                target = names.get(flight.todo.planned.position)
                yield Told(done=self._finish(flight, found.get(id(work)), task, attempt), target=target)

    def _finish(self, flight: Flight, change: Made | None, task: Task, attempt: int) -> Done:
        if flight.is_same:
            return Done(planned=flight.todo.planned, row=None, digest=flight.digest)
        aside = cast(Place, _Aside(place=task.place, name=apart(flight.todo, attempt)))
        done = finished(flight, change, replace(task, place=aside), self, self._large)
        return replace(done, problem=_portable(done.problem))


@dataclass(frozen=True, kw_only=True)
class _Aside:
    """Of a place what finishing a photo takes; its copy lies aside under a name that is its own.

    Two photos may ask for one name before it is given away, and a worker that was given up for dead may still write.
    """

    place: Place
    name: PurePath

    def stage(self, target: PurePath, data: bytes) -> Staged:
        try:
            return replace(self.place.stage(self.name, data), target=target)
        except PhotoError as error:
            raise type(error)(target, error.problem, error.remedy) from error


def apart(todo: Todo, attempt: int) -> PurePath:
    """A name that no other photo and no other attempt has, in the folder of the copy."""
    digest = hashlib.blake2b(todo.planned.entry.key, digest_size=16, salt=attempt.to_bytes(8, "big")).hexdigest()
    return todo.job.target.with_name(digest)


def _portable(problem: Exception | None) -> Exception | None:
    """An error that any process can read; which one of others it was its row tells."""
    if problem is None or isinstance(problem, GivenUpError | FullError):
        return problem
    return UnseenError(str(problem))
