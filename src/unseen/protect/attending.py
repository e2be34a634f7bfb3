"""Who waits for photos may follow each on its way, and give it up."""

from collections.abc import Callable, Sequence
from typing import Literal

from unseen.errors import UnseenError
from unseen.plan import Job
from unseen.watch import Watch

Stage = Literal["reading", "protecting", "checking"]

Attend = Callable[[Job, Stage, int, int], bool]
"""Told of a photo, where it is on its way, and of how many steps there it has taken how many, in that order: step, of.
Whether it is still wanted."""


class GivenUpError(UnseenError):
    """Nobody waits for this photo any more."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"{job.source}: was given up; send it again if it is wanted after all")


def patiently(job: Job, stage: Stage, step: int, of: int) -> bool:
    """Every photo is wanted to the end."""
    return True


def attended(attend: Attend, job: Job, stage: Stage) -> None:
    """Tell that a photo has come so far.

    Raises:
        GivenUpError: it is not wanted any more.
    """
    if not attend(job, stage, 0, 0):
        raise GivenUpError(job)


def watches(attend: Attend, jobs: Sequence[Job]) -> list[Watch]:
    """For each photo, who is told of the steps that a scheme takes on it."""
    return [lambda step, of, job=job: attend(job, "protecting", step, of) for job in jobs]  # type: ignore[misc]
