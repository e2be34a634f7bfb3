"""The way of a photo: file -> pixels -> scheme -> 8 bit -> file -> decoded again -> what networks read now."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from unseen.ascent import LANES
from unseen.errors import UnseenError, let_go
from unseen.laying import layings
from unseen.memory import give_back
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.photo import parse_keep
from unseen.photo.photo import same_channels
from unseen.pictures import PictureScheme
from unseen.plan import Job, copy_of
from unseen.profiles import hidden_names
from unseen.protect.account import account, failed, untouched
from unseen.protect.attending import PATIENT, Attendant, watches
from unseen.protect.audited import audited
from unseen.protect.hiding import hidden_by
from unseen.protect.opening import opened
from unseen.protect.protection import Outcome, Protection, Work, load_held_out, load_networks
from unseen.protect.saving import saved_finely
from unseen.protect.store import DISK, Store
from unseen.reading import known_class
from unseen.report.layout import PhotoRow
from unseen.report.pictures import preview
from unseen.schemes import Shield
from unseen.threats import IN_BRIEF, Preset, presets_named
from unseen.types import Laying, Protected, Scheme
from unseen.watch import GivenUpError, watching, while_wanted

CHUNK_PHOTOS = 4 * LANES
"""Photos read ahead for one call of the scheme, so that its lanes stay full."""

CHUNK_PIXELS = 48_000_000
"""Fewer are read ahead where they are large, for memory."""


def protect_file(
    path: str | Path,
    *,
    output: str | Path | None = None,
    scheme: Scheme | None = None,
    pictures: Sequence[PictureScheme] = (),
    models: Sequence[str | Network] = ("lite0", "lite1"),
    audit_models: Sequence[str | Network] = ("lite2",),
    label: str | None = None,
    seed: int = 0,
    format: str = "keep",
    quality: int | None = None,
    keep: str | Iterable[str] = (),
    device: str = "auto",
    hide: str | Iterable[str] = (),
) -> PhotoRow:
    """Protect one photo and write the copy; the report's row tells how it went, also where it failed.

    Args:
        output: folder of the copy; None writes it beside the original, with "-unseen" in its name.
        scheme: by default `Shield`; `Unchanged` where pictures are all.
        pictures: what becomes of the photo before that, such as `Crop`, one after the other.
        models: names of networks, or loaded ones, to protect against.
        audit_models: networks that only judge; one with a surrogate's weights does not, which a note tells.
        label: what is in the photo (class index, name or synset); None asks each network.
        keep: metadata to keep, "date,copyright" or the words one by one.
        device: "cpu", "cuda" or "auto", for the networks that are given by name.
        hide: names of classes and groups, "dog,bedroom" or one by one; a photo that reveals none is left untouched.

    Raises:
        UnseenError: a model or a setting that cannot be used.
    """
    secrets = hidden_names(hide if isinstance(hide, str) else ",".join(hide), "hide") if hide else ()
    scheme = scheme or Shield()
    surrogates = load_networks(models, device)
    held_out, notes = load_held_out(audit_models, surrogates, scheme, device, pictures=pictures)
    protection = Protection(
        scheme=scheme,
        pictures=tuple(pictures),
        surrogates=surrogates,
        held_out=held_out,
        seed=seed,
        format=format,
        quality=quality,
        keep=parse_keep(keep) if isinstance(keep, str) else frozenset(keep),
        lanes=1,
        hide=secrets,
    )
    if label is not None:
        known_class(label, protection.surrogates[0])
    job = Job(source=Path(path), target=copy_of(Path(path), Path(output) if output is not None else None), label=label)
    (outcome,) = protect_photos([job], protection, presets=presets_named(IN_BRIEF))
    return replace(outcome.row, notes=(*outcome.row.notes, *notes))


def protect_photos(
    jobs: Iterable[Job],
    protection: Protection,
    *,
    previews: int = 0,
    presets: Sequence[Preset] = (),
    store: Store = DISK,
    attendant: Attendant = PATIENT,
) -> Iterator[Outcome]:
    """Protect photos in order, a chunk at a time; what fails is a row with status "failed", and the others go on.

    Args:
        previews: of how many photos, at most, thumbnails are made.
        presets: ways in which networks that are held out read originals and copies.
        store: where photos come from and copies go.
        attendant: told of every photo how far it is; one that it does not want any more fails.

    Raises:
        UnseenError: networks that do not go together, or a setting that does not fit them.
    """
    ensemble = Ensemble(protection.views, precision=protection.precision, mixed=bool(protection.hide))
    taken: set[Path] = set()
    runtime = _Runtime(presets=tuple(presets), store=store, attendant=attendant)
    for chunk in _chunks(opened(job, protection, taken, store, attendant) for job in jobs):
        give_back()
        made = _made(chunk, protection, ensemble, attendant)
        give_back()
        for work in chunk:
            outcome = _finish(work, made.get(id(work)), protection, runtime, with_preview=previews > 0)
            let_go(outcome.problem)
            previews -= outcome.preview is not None
            yield outcome
            work.photo = work.picture = None  # frees the pixels before the next chunk is read


@dataclass(frozen=True, kw_only=True)
class _Runtime:
    """What changes no pixel: see `protect_photos`."""

    presets: tuple[Preset, ...]
    store: Store
    attendant: Attendant


def _chunks(works: Iterable[Work]) -> Iterator[list[Work]]:
    """Works in order, as many at a time as the two bounds allow."""
    chunk: list[Work] = []
    pixels = 0
    for work in works:
        let_go(work.problem)
        chunk.append(work)
        pixels += work.photo.pixels[..., 0].size if work.photo else 0
        if len(chunk) == CHUNK_PHOTOS or pixels >= CHUNK_PIXELS:
            yield chunk
            chunk, pixels = [], 0
    if chunk:
        yield chunk


def _made(
    chunk: list[Work], protection: Protection, ensemble: Ensemble, attendant: Attendant
) -> dict[int, tuple[Laying, Protected, int]]:
    """The scheme's answer for every photo that could be read: how it is changed, all results, and which of them."""
    groups: dict[tuple[int, ...], list[Work]] = {}
    for work in chunk:
        if work.photo is not None and not work.untouched:
            groups.setdefault(tuple(work.canvas.shape), []).append(work)
    made = {}
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
            made[id(work)] = changes[index], protected, index
            work.seconds += spent * shares[index].item()
    return made


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


def _finish(
    work: Work,
    made: tuple[Laying, Protected, int] | None,
    protection: Protection,
    runtime: _Runtime,
    *,
    with_preview: bool,
) -> Outcome:
    """Make the copy, account for it and write it: last, so that an interruption leaves no copy without its row."""
    started = time.perf_counter()
    if work.photo is not None and work.untouched:
        pictures = preview(work.photo.srgb, work.photo.srgb) if with_preview else None
        return Outcome(row=untouched(work, work.photo, protection), preview=pictures)
    if work.photo is None or work.picture is None or made is None:
        return Outcome(row=failed(work), problem=work.problem)
    change, protected, index = made
    try:
        runtime.attendant.told(work.job, "checking", 0, 0)
        with while_wanted(lambda: runtime.attendant.wants(work.job)):
            saved = saved_finely(work, work.picture, change(work.picture.pixels), protection)
            row = account(work, work.photo, saved, protected, index, protection)
            rows, notes = audited(work, work.photo, saved.photo, protection, runtime.presets)
        row = replace(row, audit=rows, notes=(*row.notes, *notes))
        pictures = preview(*same_channels(work.photo.srgb, saved.photo.srgb)) if with_preview else None
        runtime.store.write(work.job.target, saved.data)
    except Exception as error:
        work.problem = error
        return Outcome(row=failed(work), problem=error)
    return Outcome(row=replace(row, seconds=work.seconds + time.perf_counter() - started), preview=pictures)
