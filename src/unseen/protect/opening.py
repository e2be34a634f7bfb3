"""From a job to a photo at hand: decoded, its copy's name settled, and every network asked about it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from unseen.canvas import canvas_shape, working_copy
from unseen.photo import Photo, output_format, output_suffix
from unseen.plan import Job
from unseen.protect.attending import Attendant
from unseen.protect.hiding import hide
from unseen.protect.protection import Protection, Work
from unseen.reading import answer, reference_of
from unseen.watch import while_wanted

Read = Callable[[PurePath], Photo]
"""Gives a photo by its name, decoded."""

Claim = Callable[[Job], None]
"""Refuses, with a PhotoError, a copy whose name cannot be given."""


def placed(job: Job, format: str, read: Read, claim: Claim) -> tuple[Photo, Job]:
    """Decode a photo and settle the name of its copy.

    Raises:
        PhotoError: it cannot be read, or its copy cannot be written under that name.
        UnseenError: no such format.
    """
    photo = read(job.source)
    suffix = output_suffix(photo, output_format(photo, format))
    job = replace(job, target=job.target.with_suffix(suffix))
    claim(job)
    return photo, job


def opened(job: Job, protection: Protection, read: Read, claim: Claim, attendant: Attendant) -> Work:
    """A photo ready to be protected; a failure is noted, not raised."""
    started = time.perf_counter()
    work = Work(job=job)
    try:
        attendant.told(job, "reading", 0, 0)
        with while_wanted(lambda: attendant.wants(job)):
            photo, work.job = placed(job, protection.format, read, claim)
            picture = photo
            for scheme in protection.pictures:
                picture = scheme(picture, seed=protection.seed)
            _ask(work, photo, picture, protection)
        # Without the sRGB pixels, which a photo keeps once they are asked for.
        work.photo, work.picture = replace(photo), replace(picture)
    except Exception as error:
        work.problem = error
    work.seconds = time.perf_counter() - started
    return work


def _ask(work: Work, photo: Photo, picture: Photo, protection: Protection) -> None:
    """What the networks answer on the original, the class that each judges it by, and the canvas of its picture."""
    height, width = picture.pixels.shape[:2]
    surrogates, label = protection.surrogates, work.job.label
    shape = canvas_shape(height, width, keeps_aspect=any(network.crops for network in surrogates))
    work.canvas = working_copy(picture.srgb, shape)
    work.before = tuple(answer(network, photo.srgb) for network in protection.networks)
    work.references = tuple(
        reference_of(label, surrogates[0], network, logits)
        for network, logits in zip(protection.networks, work.before, strict=True)
    )
    if protection.hide:
        hide(work, protection)
        return
    work.view_references = (
        *work.references[: len(surrogates)],
        *(
            reference_of(label, surrogates[0], network, answer(network, photo.srgb))
            for network in protection.views[len(surrogates) :]
        ),
    )
