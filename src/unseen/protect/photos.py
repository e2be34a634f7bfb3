"""The way of a photo: file -> pixels -> scheme -> 8 bit -> file -> decoded again -> what networks read now."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from unseen.ascent import LANES
from unseen.canvas import canvas_shape, lay, working_copy
from unseen.errors import PhotoError, UnseenError
from unseen.models import Network, load_classifier
from unseen.models.ensemble import Ensemble
from unseen.photo import output_format, output_suffix, read_photo
from unseen.plan import Job, plan
from unseen.protect.account import account, failed, one_line
from unseen.protect.protection import Outcome, Protection, Work
from unseen.protect.saving import save
from unseen.reading import answer, class_index
from unseen.report.layout import PhotoRow
from unseen.report.pictures import preview
from unseen.schemes import ClassReplacement
from unseen.types import Protected, Scheme

CHUNK_PHOTOS = 32
"""Photos read ahead for one call of the scheme, so that its lanes stay full."""

CHUNK_PIXELS = 60_000_000
"""Fewer are read ahead where they are large, for memory."""


def protect_file(
    path: str | Path,
    *,
    output: str | Path | None = None,
    scheme: Scheme | None = None,
    models: Sequence[str | Network] = ("lite0", "lite1"),
    audit_models: Sequence[str | Network] = ("lite2",),
    label: str | None = None,
    seed: int = 0,
    format: str = "keep",
    quality: int | None = None,
    keep: Iterable[str] = (),
) -> PhotoRow:
    """Protect one photo and write the copy; the report's row tells how it went, also where it failed.

    Args:
        output: folder of the copy; None writes it beside the original, with "-unseen" in its name.
        scheme: by default class replacement within 8 levels.
        models: names of networks, or loaded ones, to protect against.
        audit_models: networks that only judge.
        label: what is in the photo (class index, name or synset); None asks each network.

    Raises:
        UnseenError: a model or a setting that cannot be used.
    """
    protection = Protection(
        scheme=scheme or ClassReplacement(epsilon=8 / 255),
        surrogates=tuple(load_classifier(model) if isinstance(model, str) else model for model in models),
        held_out=tuple(load_classifier(model) if isinstance(model, str) else model for model in audit_models),
        seed=seed,
        format=format,
        quality=quality,
        keep=frozenset(keep),
    )
    (job,) = plan([Path(path)], Path(output) if output is not None else None, {})
    (outcome,) = protect_photos([replace(job, label=label)], protection, lanes=1)
    return outcome.row


def protect_photos(
    jobs: Iterable[Job], protection: Protection, *, lanes: int = LANES, previews: int = 0
) -> Iterator[Outcome]:
    """Protect photos in order, a chunk at a time; what fails is a row with status "failed", and the others go on.

    Args:
        lanes: photos computed at a time, a setting: 1 for a photo alone.
        previews: of how many photos, at most, thumbnails are made.
    """
    ensemble = Ensemble(protection.views, precision=protection.precision)
    taken: set[Path] = set()
    for chunk in _chunks(_read(job, protection, taken) for job in jobs):
        noises = _noises(chunk, protection, ensemble, lanes)
        for work in chunk:
            outcome = _finish(work, noises.get(id(work)), protection, with_preview=previews > 0)
            previews -= outcome.preview is not None
            yield outcome
            work.photo = None  # frees the pixels before the next chunk is read


def _read(job: Job, protection: Protection, taken: set[Path]) -> Work:
    """Decode a photo and ask every network about it; a failure is noted, not raised."""
    started = time.perf_counter()
    work = Work(job=job)
    try:
        photo = read_photo(job.source)
        form = output_format(photo, protection.format)
        work.job = replace(job, target=job.target.with_suffix(output_suffix(photo, form)))
        _require_free(work.job, taken)
        work.photo = photo
        height, width = photo.pixels.shape[:2]
        work.shape = canvas_shape(height, width, keeps_aspect=any(network.crops for network in protection.surrogates))
        work.before = tuple(answer(network, photo.srgb) for network in protection.networks)
        work.references = tuple(
            _reference(job.label, network, logits)
            for network, logits in zip(protection.networks, work.before, strict=True)
        )
        wholes = protection.views[len(protection.surrogates) :]
        work.view_references = (
            *work.references[: len(protection.surrogates)],
            *(_reference(job.label, network, answer(network, photo.srgb)) for network in wholes),
        )
    except Exception as error:
        work.photo, work.error = None, one_line(job, error)
    work.seconds = time.perf_counter() - started
    return work


def _reference(label: str | None, network: Network, logits: Tensor) -> int:
    """The class a photo is judged by: the given one, else the network's own answer."""
    if label is None:
        return int(logits.argmax())
    index = class_index(label, network)
    if index is None:
        raise UnseenError(f"the label {label!r} is no class of {network.name}; give an index, a name or a synset of it")
    return index


def _require_free(job: Job, taken: set[Path]) -> None:
    """Refuse, before any work, a name that exists or that this run has given away."""
    target = job.target.resolve()
    if target in taken or job.target.exists():
        whose = "another photo of this run" if target in taken else "a file that exists"
        raise PhotoError(job.source, f"its copy {job.target} has the name of {whose}", "choose another folder with -o")
    taken.add(target)


def _chunks(works: Iterable[Work]) -> Iterator[list[Work]]:
    """Works in order, as many at a time as the two bounds allow."""
    chunk: list[Work] = []
    pixels = 0
    for work in works:
        chunk.append(work)
        pixels += work.photo.pixels[..., 0].size if work.photo else 0
        if len(chunk) == CHUNK_PHOTOS or pixels >= CHUNK_PIXELS:
            yield chunk
            chunk, pixels = [], 0
    if chunk:
        yield chunk


def _noises(
    chunk: list[Work], protection: Protection, ensemble: Ensemble, lanes: int
) -> dict[int, tuple[Tensor, Protected, int]]:
    """The scheme's answer for every photo that could be read: noise (C, h, w), all results, and which of them."""
    groups: dict[tuple[int, ...], list[Work]] = {}
    for work in chunk:
        if work.photo is not None:
            groups.setdefault((work.photo.pixels.shape[2], *work.shape), []).append(work)
    scheme = replace(protection.scheme, lanes=lanes) if hasattr(protection.scheme, "lanes") else protection.scheme  # type: ignore[type-var]
    noises = {}
    for group in groups.values():
        started = time.perf_counter()
        device = protection.surrogates[0].device
        images = torch.cat([working_copy(work.photo.srgb, work.shape) for work in group if work.photo]).to(device)
        references = torch.tensor([work.view_references for work in group], device=device)
        protected = scheme(images, ensemble, seed=protection.seed, references=references)
        noise = (protected.images - images).cpu()
        spent = time.perf_counter() - started
        shares = (protected.iterations + 1).double() / (protected.iterations + 1).sum()
        for index, work in enumerate(group):
            noises[id(work)] = noise[index], protected, index
            work.seconds += spent * shares[index].item()
    return noises


def _finish(
    work: Work, made: tuple[Tensor, Protected, int] | None, protection: Protection, *, with_preview: bool
) -> Outcome:
    """Write the copy, read it again and account for it."""
    started = time.perf_counter()
    if work.photo is None or made is None:
        return Outcome(row=failed(work))
    noise, protected, index = made
    try:
        saved = save(work, work.photo, lay(noise, work.photo.pixels), protection)
        row = account(work, work.photo, saved, protected, index, protection)
        pictures = preview(work.photo.srgb, saved.photo.srgb) if with_preview else None
    except Exception as error:
        work.error = one_line(work.job, error)
        return Outcome(row=failed(work))
    return Outcome(row=replace(row, seconds=work.seconds + time.perf_counter() - started), preview=pictures)
