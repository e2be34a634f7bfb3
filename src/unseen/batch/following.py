"""Who follows a run: told of its photos as they are found, come up and are settled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from unseen.batch.index import Unchanged
from unseen.batch.planned import Planned
from unseen.batch.record import Shard
from unseen.batch.walk import Entry
from unseen.report import PhotoRow


class Follower(Protocol):
    """Follows one run."""

    def finds(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The photos that are found, before they are planned."""
        ...

    def comes(self, shard: Shard, unchanged: Sequence[Unchanged]) -> Mapping[int, str]:
        """A shard comes up, in the order of the plan; those of its photos that are not to be done, and why.

        Args:
            unchanged: what a former run did, and stands.
        """
        ...

    def told(self, planned: Planned, row: PhotoRow) -> PhotoRow:
        """A row that is to be kept, with what else there is to say."""
        ...

    def settled(self, planned: Planned) -> None:
        """What came of a photo is kept, in this run or, where it was not among the unchanged ones, in a former one."""
        ...

    def ends(self) -> None:
        """No more come up."""
        ...

    def turn(self) -> None:
        """Time for its own work, in the thread that settles photos.

        Raises:
            FullError: the disk is full.
        """
        ...


class Nobody:
    """Follows no run."""

    def finds(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        return iter(entries)

    def comes(self, shard: Shard, unchanged: Sequence[Unchanged]) -> Mapping[int, str]:
        return {}

    def told(self, planned: Planned, row: PhotoRow) -> PhotoRow:
        return row

    def settled(self, planned: Planned) -> None:
        pass

    def ends(self) -> None:
        pass

    def turn(self) -> None:
        pass


NOBODY: Follower = Nobody()
