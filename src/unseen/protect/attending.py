"""Who waits for photos may follow each on its way, and give it up."""

from collections.abc import Sequence
from typing import Literal, Protocol

from unseen.plan import Job
from unseen.watch import Watch

Stage = Literal["reading", "protecting", "checking"]


class Attendant(Protocol):
    """Who waits for photos."""

    def told(self, job: Job, stage: Stage, step: int, of: int) -> None:
        """Where a photo is, and of how many steps at most it has taken how many there."""
        ...

    def wants(self, job: Job) -> bool:
        """Whether a photo is still wanted; one that is not fails."""
        ...


class Patient:
    """Wants every photo to the end, whatever that takes."""

    def told(self, job: Job, stage: Stage, step: int, of: int) -> None:
        pass

    def wants(self, job: Job) -> bool:
        return True


PATIENT: Attendant = Patient()
"""Who runs the command."""


def watches(attendant: Attendant, jobs: Sequence[Job]) -> list[Watch]:
    """For each photo, who is told of the steps that a scheme takes on it."""
    return [_watch(attendant, job) for job in jobs]


def _watch(attendant: Attendant, job: Job) -> Watch:
    def watch(step: int, of: int) -> bool:
        attendant.told(job, "protecting", step, of)
        return attendant.wants(job)

    return watch
