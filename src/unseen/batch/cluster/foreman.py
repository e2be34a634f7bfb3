"""Who keeps the order among workers: which shards were begun, how often, and whether to go on."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol


class Foreman:
    """Lives in a process of its own on a cluster; workers ask it, and the run tells it when to stop."""

    def __init__(self) -> None:
        self._attempts: Counter[int] = Counter()
        self._is_stopped = False

    def begin(self, shard: int) -> int:
        """A worker is about to do a shard: which attempt at it this is, from 1; 0 where it is not wanted any more."""
        if self._is_stopped:
            return 0
        self._attempts[shard] += 1
        return self._attempts[shard]

    def tried(self, shard: int) -> int:
        """How many attempts there were at a shard."""
        return self._attempts[shard]

    def is_stopped(self) -> bool:
        """Whether workers are to give up what they have begun."""
        return self._is_stopped

    def stop(self) -> None:
        """Let no shard begin any more."""
        self._is_stopped = True

    def begun(self) -> dict[int, int]:
        """How many attempts there were at each shard that was begun."""
        return dict(self._attempts)


class Orders(Protocol):
    """A worker's line to those it works for."""

    def errand(self) -> bytes:
        """What it has to know, as `errand.packed` made it."""
        ...

    def begin(self, shard: int) -> int:
        """As `Foreman.begin`."""
        ...

    def tried(self, shard: int) -> int:
        """As `Foreman.tried`."""
        ...

    def is_stopped(self) -> bool:
        """As `Foreman.is_stopped`."""
        ...


@dataclass(frozen=True, kw_only=True)
class DistantOrders:
    """Orders from another machine; where nobody gives any more, the run is over.

    Attributes:
        foreman: an actor.
        parcel: of the errand, kept by the cluster.
    """

    foreman: Any
    parcel: Any

    def errand(self) -> bytes:
        import ray

        found: bytes = ray.get(self.parcel)
        return found

    def begin(self, shard: int) -> int:
        return int(_answered(self.foreman.begin.remote(shard), 0))

    def tried(self, shard: int) -> int:
        return int(_answered(self.foreman.tried.remote(shard), 0))

    def is_stopped(self) -> bool:
        return bool(_answered(self.foreman.is_stopped.remote(), True))


def _answered(asked: Any, otherwise: object) -> Any:
    """What comes back, or something else where nobody is left to answer."""
    import ray

    try:
        return ray.get(asked)
    except ray.exceptions.RayError:
        return otherwise
