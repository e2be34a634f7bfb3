"""An engine of many machines: shards of the plan go through Ray Data, whose actors do them.

Ray decides how many actors there are, and replaces those that die; their shards are done again. Workers write copies
aside; names are given away, rows kept and copies published here, so what was done twice comes once into the output.
"""

import pickle
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import Any

import torch

from unseen.batch.cluster.errand import Errand, Probe, packed
from unseen.batch.cluster.foreman import DistantOrders, Foreman
from unseen.batch.cluster.joining import Cluster
from unseen.batch.cluster.reading import Ending, Reading
from unseen.batch.cluster.worker import AT_ONCE, SHARD, Result, Told, Worker, apart
from unseen.batch.engine import Done, Task, Todo
from unseen.batch.place import Place
from unseen.batch.tars.names import is_tar
from unseen.errors import FullError, PhotoError, UnseenError
from unseen.plan import Job
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.watch import GivenUpError

ROUND = 100_000
"""Photos that are handed to Ray at a time, so that what it knows of them does not grow with their number."""

PATIENCE = 10
"""Seconds in which photos for a round are waited for, where finding them takes long."""

_DEATHS = 3
"""How many workers in a row may die before they were ready for anything."""


class Ray:
    """An engine for one run.

    Args:
        cluster: that this process has joined.
        workers: actors at most; None for as many as the cluster has room for.
        device: "cpu", or "cuda" for a GPU each.
        photos: of a shard.

    Raises:
        UnseenError: workers that the cluster has no room for.
    """

    def __init__(self, cluster: Cluster, workers: int | None, device: str, *, photos: int = SHARD) -> None:
        self._device = device
        self._photos = photos
        self._threads = torch.get_num_threads()
        self._is_stopped = False
        room = cluster.gpus if device == "cuda" else cluster.all_cores // self._threads
        if device == "cuda" and not cluster.gpus:
            raise UnseenError("the cluster has no GPU; give --device cpu")
        if device == "cpu" and cluster.cores < self._threads:
            told = f"a worker takes {self._threads} cores, for it computes with as many threads as this command"
            remedy = f"start the command with OMP_NUM_THREADS={max(1, cluster.cores)}"
            raise UnseenError(f"{told}, and no machine of the cluster has more than {cluster.cores}; {remedy}")
        self._most = workers or (None if cluster.grows else room)
        self._at_first = min(room, workers or room)

    def stop(self) -> None:
        self._is_stopped = True

    def run(self, todo: Iterator[Todo], task: Task) -> Generator[Done, None, None]:
        import ray

        first = next(todo, None)
        if first is None:
            return
        probe = _probe(first, task.place)
        try:
            parcel = ray.put(self._packed(task, probe))
            left = chain([first], todo)
            while not self._is_stopped and (shards := _shards(left, self._photos)):
                yield from self._round(shards, parcel, task)
        finally:
            if probe.staged is not None:
                task.place.discard(probe.staged)

    def _packed(self, task: Task, probe: Probe) -> bytes:
        return packed(
            Errand(
                protection=task.protection,
                presets=task.presets,
                place=task.place,
                device=self._device,
                threads=self._threads,
                folder=Path.cwd(),
                probe=probe,
            )
        )

    def _round(self, shards: list[bytes], parcel: Any, task: Task) -> Iterator[Done]:
        """What comes of some shards, in order."""
        import ray

        foreman: Any = ray.remote(num_cpus=0)(Foreman).remote()
        told: dict[int, int] = {}
        results = self._results(shards, DistantOrders(foreman=foreman, parcel=parcel), told)
        unsettled: list[Told] = []
        try:
            for result in results:
                if result.problem is not None:
                    raise result.problem
                unsettled = [*reversed(result.told)]
                while unsettled:
                    yield _settled(unsettled.pop(), task)
        except BaseException:
            self.stop()
            for one in chain(unsettled, chain.from_iterable(result.told for result in results)):
                if one.done.staged is not None:
                    task.place.discard(one.done.staged)
            raise
        finally:
            _take_back(shards, _begun(foreman), told, task.place)
            ray.kill(foreman)

    def _results(self, shards: list[bytes], orders: DistantOrders, told: dict[int, int]) -> Iterator[Result]:
        """Of each shard; once the run is stopped, only of those that were begun."""
        wanted: set[int] | None = None
        with closing(Reading(self._dataset(shards, orders))) as reading:
            while wanted is None or wanted - told.keys():
                if self._is_stopped and wanted is None:
                    orders.foreman.stop.remote()
                    wanted = _begun(orders.foreman).keys() - told.keys()
                    continue
                found = reading.next()
                if found is None:
                    continue
                if found is reading.ended:
                    return
                result: Result = pickle.loads(found)  # noqa: S301 - of a worker of ours
                told[result.shard] = result.attempt
                yield result

    def _dataset(self, shards: list[bytes], orders: DistantOrders) -> Any:
        """The shards as they come back from the workers; nothing is begun before they are asked for."""
        import pyarrow as pa
        import ray.data

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Ray's own ways
            context = ray.data.DataContext.get_current().copy()
            context.enable_progress_bars = False
            context.print_on_execution_start = False
            context.execution_options.preserve_order = True
            context.max_consecutive_actor_init_deaths = _DEATHS
            callbacks: list[Any] = [*context.custom_execution_callback_classes, Ending]
            context.custom_execution_callback_classes = callbacks
            most = min(len(shards), self._most or len(shards))
            with ray.data.DataContext.current(context):
                return ray.data.from_arrow(
                    [pa.table({"shard": [number], "todo": [todo]}) for number, todo in enumerate(shards)]
                ).map_batches(
                    Worker,
                    batch_size=None,
                    batch_format="pyarrow",
                    fn_constructor_args=(orders,),
                    num_cpus=1 if self._device == "cuda" else self._threads,
                    num_gpus=1 if self._device == "cuda" else None,
                    compute=ray.data.ActorPoolStrategy(
                        min_size=1,
                        max_size=most,
                        initial_size=min(most, self._at_first),
                        max_concurrent_calls_per_actor=AT_ONCE,
                        enable_true_multi_threading=True,
                    ),
                )


def _shards(todo: Iterator[Todo], photos: int) -> list[bytes]:
    """So many photos each, of a round: as many as it may have, or as were found in reasonable time."""
    end = time.monotonic() + PATIENCE
    shards: list[bytes] = []
    while len(shards) * photos < ROUND and (shard := list(islice(todo, photos))):
        shards.append(pickle.dumps(shard))
        if time.monotonic() > end:
            break
    return shards


def _beside_tars(path: PurePath) -> PurePath:
    """A name in the folder of the tar that a copy goes into, for what is in the tar goes when that is finished."""
    tar = next((parent for parent in path.parents if is_tar(parent.name)), None)
    return path if tar is None else tar.with_name(path.name)


def _probe(first: Todo, place: Place) -> Probe:
    """The first photo, and an empty file where its copy goes, as far as this machine can read and write them."""
    try:
        place.fetch(first.job.source)
        photo = first.job.source
    except PhotoError:
        photo = None
    staged = None
    try:
        aside = place.stage(_beside_tars(apart(first, 0)), b"")
        staged = aside if aside.aside != aside.target else None  # of a store, where nothing lies aside
    except FullError:
        raise
    except (PhotoError, OSError):
        pass
    return Probe(photo=photo, staged=staged)


def _settled(told: Told, task: Task) -> Done:
    """With the name of its copy given away; where that is taken the photo has failed."""
    done = told.done
    if told.target is None or done.row is None or isinstance(done.problem, GivenUpError | FullError):
        return done
    try:
        task.claim(done.planned, told.target)
    except PhotoError as error:
        if done.staged is not None:
            task.place.discard(done.staged)
        job = Job(source=PurePath(done.row.input), target=told.target)
        row = failed(Work(job=job, problem=error, seconds=done.row.seconds))
        return Done(planned=done.planned, row=row, digest=done.digest, problem=error)
    return done


def _begun(foreman: Any) -> dict[int, int]:
    import ray

    try:
        found: dict[int, int] = ray.get(foreman.begun.remote())
    except ray.exceptions.RayError:  # with the cluster
        return {}
    return found


def _take_back(shards: list[bytes], begun: dict[int, int], told: dict[int, int], place: Place) -> None:
    """Remove what workers that died have left aside: of every attempt that nobody told of."""
    for number, attempts in begun.items():
        for attempt in range(1, attempts + 1):
            if attempt == told.get(number):
                continue
            for todo in pickle.loads(shards[number]):  # noqa: S301 - made above
                # What is written under this name takes the place of what may lie there.
                with suppress(PhotoError, OSError):
                    place.discard(place.stage(apart(todo, attempt), b""))
