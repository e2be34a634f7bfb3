"""The scheme's turn: photos that are ready are computed together, so that its lanes stay full."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch

from unseen.ascent import LANES
from unseen.errors import UnseenError, let_go
from unseen.laying import layings
from unseen.models.ensemble import Ensemble
from unseen.protect.attending import Attendant, watches
from unseen.protect.hiding import hidden_by
from unseen.protect.protection import Protection, Work
from unseen.types import Laying, Protected
from unseen.watch import GivenUpError, watching, while_wanted

CHUNK_PHOTOS = 4 * LANES
"""Photos read ahead for one call of the scheme, so that its lanes stay full."""

CHUNK_BYTES = 160_000_000
"""Fewer are read ahead where they are large, for memory."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What the scheme made of one photo.

    Attributes:
        change: how it comes onto the photo.
        protected: all that was computed together.
        index: which of these it is.
    """

    change: Laying
    protected: Protected
    index: int


def ensemble_of(protection: Protection) -> Ensemble:
    """What the noise is computed against.

    Raises:
        ModelError: networks that do not go together.
    """
    return Ensemble(protection.views, precision=protection.precision, mixed=bool(protection.hide))


def chunks(works: Iterable[Work], photos: Callable[[], int] = lambda: CHUNK_PHOTOS) -> Iterator[list[Work]]:
    """Works in order, so many photos at a time, and fewer where they are large."""
    chunk: list[Work] = []
    held = 0
    for work in works:
        let_go(work.problem)
        chunk.append(work)
        held += work.held
        if len(chunk) >= photos() or held >= CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def made(chunk: list[Work], protection: Protection, ensemble: Ensemble, attendant: Attendant) -> dict[int, Made]:
    """What the scheme makes of every photo that could be read, by the identity of its work.

    Raises:
        UnseenError: a setting that does not fit the networks.
    """
    groups: dict[tuple[int, ...], list[Work]] = {}
    for work in chunk:
        if work.photo is not None and not work.untouched:
            groups.setdefault(tuple(work.canvas.shape), []).append(work)
    found = {}
    for group in groups.values():
        started = time.perf_counter()
        try:
            changes, protected = _changes(group, protection, ensemble, attendant)
        except GivenUpError as error:
            for work in group:
                work.photo, work.problem = None, error
            continue
        except ValueError as error:
            raise UnseenError(str(error)) from error
        except Exception as error:  # such as a GPU's memory that is too small for this shape
            for work in group:
                work.photo, work.problem = None, error
            continue
        spent = time.perf_counter() - started
        shares = (protected.iterations + 1).double() / (protected.iterations + 1).sum()
        for index, work in enumerate(group):
            found[id(work)] = Made(change=changes[index], protected=protected, index=index)
            work.seconds += spent * shares[index].item()
    return found


def _changes(
    group: list[Work], protection: Protection, ensemble: Ensemble, attendant: Attendant
) -> tuple[tuple[Laying, ...], Protected]:
    """How photos that share the shape of their canvas are changed."""
    device = protection.surrogates[0].device
    images = torch.cat([work.canvas for work in group]).to(device)
    jobs = [work.job for work in group]
    with watching(images, watches(attendant, jobs)), while_wanted(lambda: any(map(attendant.wants, jobs))):
        if protection.hide:
            protected = hidden_by(protection.settled_scheme, images, ensemble, protection)
        else:
            references = torch.tensor([work.view_references for work in group], device=device)
            protected = protection.settled_scheme(images, ensemble, seed=protection.seed, references=references)
    return layings(protected, images), protected
