"""The last stage of a photo's way: its change is made, encoded, decoded again, judged, accounted for and written."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from unseen.photo.photo import same_channels
from unseen.protect.account import account, failed, untouched
from unseen.protect.attending import PATIENT, Attendant
from unseen.protect.audited import audited
from unseen.protect.making import Made
from unseen.protect.protection import Outcome, Protection, Work
from unseen.protect.saving import saved_finely
from unseen.report.pictures import preview
from unseen.threats import Preset
from unseen.watch import while_wanted

Put = Callable[[Work, bytes], None]
"""Puts a photo's copy in its place, or aside until its row is kept."""


@dataclass(frozen=True, kw_only=True)
class Finish:
    """Finishes photos one by one; nothing of it changes a pixel.

    Attributes:
        put: where the copy goes: last, so that an interruption leaves no copy without its row.
        presets: ways in which networks that are held out read originals and copies.
        attendant: told of each photo; one that it does not want any more fails.
    """

    protection: Protection
    put: Put
    presets: tuple[Preset, ...] = ()
    attendant: Attendant = PATIENT

    def __call__(self, work: Work, made: Made | None, *, with_preview: bool = False) -> Outcome:
        """Make the copy and account for it; a failure is a row, and nothing is raised."""
        started = time.perf_counter()
        try:
            outcome = self._outcome(work, made, with_preview=with_preview)
        except Exception as error:
            work.problem = error
            return Outcome(row=failed(work), problem=error)
        return replace(outcome, row=replace(outcome.row, seconds=work.seconds + time.perf_counter() - started))

    def _outcome(self, work: Work, made: Made | None, *, with_preview: bool) -> Outcome:
        photo, picture = work.photo, work.picture
        if photo is not None and work.untouched:
            pictures = preview(photo.srgb, photo.srgb) if with_preview else None
            return Outcome(row=untouched(work, photo, self.protection), preview=pictures)
        if photo is None or picture is None or made is None:
            return Outcome(row=failed(work), problem=work.problem)
        self.attendant.told(work.job, "checking", 0, 0)
        with while_wanted(lambda: self.attendant.wants(work.job)):
            saved = saved_finely(work, picture, made.change(picture.pixels), self.protection)
            row = account(work, photo, saved, made.protected, made.index, self.protection)
            rows, notes = audited(work, photo, saved.photo, self.protection, self.presets)
        pictures = preview(*same_channels(photo.srgb, saved.photo.srgb)) if with_preview else None
        self.put(work, saved.data)
        return Outcome(row=replace(row, audit=rows, notes=(*row.notes, *notes)), preview=pictures)
