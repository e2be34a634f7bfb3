"""Who does the photos of a plan: something that takes them and gives back what came of each, in any order."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from unseen.batch.place import Place, Staged
from unseen.batch.planned import Planned
from unseen.plan import Job
from unseen.protect import Protection
from unseen.report import PhotoRow
from unseen.threats import Preset


@dataclass(frozen=True, kw_only=True)
class Todo:
    """A photo to be done.

    Attributes:
        job: where it is, and its copy's place, whose suffix its content decides.
        same: the digest that its file had when it was done before; where it has it still, nothing is to be done.
    """

    planned: Planned
    job: Job
    same: str | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a photo.

    Attributes:
        row: None where it was done before and is the same.
        digest: of its file; None where that could not be read.
        staged: the copy, which gets its name once the row is kept; None where there is none.
        problem: why it failed.
    """

    planned: Planned
    row: PhotoRow | None
    digest: str | None
    staged: Staged | None = None
    problem: Exception | None = None


class Claims(Protocol):
    """Gives names of copies away, in the order of the plan."""

    def __call__(self, planned: Planned, target: PurePath, /) -> None:
        """Refuse a name that is taken.

        Raises:
            PhotoError: such a name.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done with every photo.

    Attributes:
        presets: ways in which networks that are held out read originals and copies.
        place: where photos come from and copies go.
        claim: gives names away.
    """

    protection: Protection
    presets: tuple[Preset, ...]
    place: Place
    claim: Claims


class Engine(Protocol):
    """Does photos, on this machine or on others."""

    def run(self, todo: Iterator[Todo], task: Task) -> Generator[Done, None, None]:
        """What came of each, as soon as it is known; closed early, it ends all work, and leaves nothing aside.

        Raises:
            UnseenError: networks that do not go together, or a setting that does not fit them.
        """
        ...

    def stop(self) -> None:
        """Give up what is not finished; from any thread, or from a signal's handler."""
        ...
