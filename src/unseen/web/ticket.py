"""A photo that was handed in, from there to its copy."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

from unseen.protect import Stage
from unseen.report import Report
from unseen.report.pictures import Preview
from unseen.web.wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a photo is.

    Attributes:
        step: taken, where it is being protected.
        of: how many at most; 0 elsewhere.
        ahead: photos that are computed before it, while it waits.
    """

    stage: Literal["waiting"] | Stage = "waiting"
    step: int = 0
    of: int = 0
    ahead: int = 0


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What came of a photo.

    Attributes:
        report: the command's, of this photo alone.
        name: the copy's.
        data: the copy's file; None where the photo shows nothing that is to be hidden, and is left untouched.
        format: of the copy, such as "jpeg".
        preview: thumbnails, where they were asked for.
    """

    report: Report
    name: str
    data: bytes | None
    format: str
    preview: Preview | None = None


@dataclass(eq=False, kw_only=True)
class Ticket:
    """Who hands in a photo gets one: it tells the progress and the result, and gives the photo up.

    Attributes:
        data: the photo's file.
        name: the photo's, without folders.
        client: who waits for it.
        with_preview: whether thumbnails are wanted.
        result: done when the copy is; its exception is why there is none.
        progress: the latest.
        given_up: whether nobody waits any more.
    """

    data: bytes
    name: str
    wishes: Wishes
    client: str
    with_preview: bool = False
    result: "Future[Finished]" = field(default_factory=Future)
    progress: Progress = field(default_factory=Progress)
    given_up: bool = False
