"""The row of a photo: what each network read before and reads now, and what it cost."""

import math
from dataclasses import replace

import torch
from torch import Tensor

from unseen.errors import one_line_on, visible
from unseen.metrics import max_abs, mean_abs, psnr, ssim
from unseen.photo import Photo, metadata_removed, output_format
from unseen.photo.photo import Pixels, same_channels
from unseen.plan import Job
from unseen.protect.hiding import hidden_reading
from unseen.protect.protection import Protection, Work
from unseen.protect.saving import Saved
from unseen.reading import reading
from unseen.report.layout import Change, ModelReading, PhotoRow
from unseen.report.words import percent
from unseen.types import Protected


def account(
    work: Work, photo: Photo, saved: Saved, protected: Protected, index: int, protection: Protection
) -> PhotoRow:
    """The row of a photo whose copy is made; `index` is its place in what the scheme returned."""
    row = PhotoRow(
        input=str(work.job.source),
        output=str(work.job.target),
        status="protected" if saved.is_hidden else "not_achieved",
        error=None,
        seconds=work.seconds,
        iterations=int(protected.iterations[index]),
        achieved=bool(protected.achieved[index]),
        target=None,
        target_probability=None,
        models=_model_readings(work, saved.after, protection),
        change=_change(photo.pixels, saved.photo.pixels),
        metadata_removed=metadata_removed(photo, protection.keep, output_format(photo, protection.format)),
        notes=(*photo.notes, *_notes(photo, saved, protection)),
    )
    if protected.targets is None:
        return row
    return _with_targets(row, protected.targets[index].tolist(), saved.after, protection)


def failed(work: Work) -> PhotoRow:
    """The row of a photo that could not be protected; `work.problem` says why."""
    return PhotoRow(
        input=str(work.job.source),
        output=None,
        status="failed",
        error=None if work.problem is None else one_line(work.job, work.problem),
        seconds=work.seconds,
        iterations=None,
        target=None,
        target_probability=None,
        models=(),
        change=None,
        metadata_removed=(),
    )


def untouched(work: Work, photo: Photo, protection: Protection) -> PhotoRow:
    """The row of a photo that reveals nothing that is to be hidden: no copy, and what the networks saw."""
    kept = metadata_removed(photo, protection.keep, output_format(photo, protection.format))
    models = _model_readings(work, work.before, protection)
    return replace(
        failed(work),
        status="untouched",
        iterations=0,
        models=models,
        notes=(*photo.notes, *_notes_untouched(kept, models)),
    )


def one_line(job: Job, error: Exception) -> str:
    """What went wrong with one photo; an error nobody foresaw must not stop the others, but is told as it is."""
    if isinstance(error, OSError):
        return visible(f"{job.source}: {error.strerror or error}; check the folder {job.target.parent}")
    return one_line_on(job.source, error, "please report it, the photo is untouched")


def _model_readings(work: Work, after: tuple[Tensor, ...], protection: Protection) -> tuple[ModelReading, ...]:
    return tuple(
        ModelReading(
            name=network.name,
            role="surrogate" if number < len(protection.surrogates) else "held-out",
            reference=network.class_names[reference],
            before=(was := reading(before, reference, network.class_names)),
            after=(is_now := reading(now, reference, network.class_names)),
            hidden=hidden_reading(protection, network, (before, now), (was, is_now)),
        )
        for number, (network, reference, before, now) in enumerate(
            zip(protection.networks, work.references, work.before, after, strict=True)
        )
    )


def _with_targets(row: PhotoRow, targets: list[int], after: tuple[Tensor, ...], protection: Protection) -> PhotoRow:
    """The row with the targets' names and their probability, the lowest sum over the surrogates."""
    surrogates = after[: len(protection.surrogates)]
    return replace(
        row,
        target=" + ".join(protection.surrogates[0].class_names[target] for target in targets),
        target_probability=min(logits.softmax(0)[targets].sum().item() for logits in surrogates),
    )


def _change(original: Pixels, protected: Pixels) -> Change:
    pair = same_channels(original, protected)
    before, after = (torch.from_numpy(pixels).permute(2, 0, 1)[None] for pixels in pair)
    mean, largest = mean_abs(before, after).item(), max_abs(before, after).item()
    return Change(
        mean_abs=mean,
        max_abs=largest,
        mean_abs_levels=mean * 255,
        max_abs_levels=round(largest * 255) if math.isfinite(largest) else largest,
        psnr=psnr(before, after).item(),
        ssim=ssim(before, after).item(),
    )


def _notes_untouched(metadata: tuple[str, ...], models: tuple[ModelReading, ...]) -> tuple[str, ...]:
    """What the owner of a photo without a copy should know before sharing the original."""
    notes = [f"no copy was written, and the original still holds {', '.join(metadata)}"] if metadata else []
    notes += [
        f"{model.name}, which only judges, does see it ({percent(model.hidden.before)}); protect against it as well"
        for model in models
        if model.role == "held-out" and model.hidden and model.hidden.revealed_before
    ]
    return tuple(notes)


def _notes(photo: Photo, saved: Saved, protection: Protection) -> tuple[str, ...]:
    """What the owner should know about how the copy was saved."""
    encoding, original = saved.encoding, photo.encoding
    if protection.quality is not None:
        spoilt = not saved.is_hidden and not encoding.lossless
        return (f"saved at quality {encoding.quality} as asked; a higher one may protect it",) if spoilt else ()
    if encoding == original:
        return ()
    if encoding.lossless:
        grew = not original.lossless and saved.photo.format == photo.format
        return ("saved lossless, because the protection did not survive coarser compression",) if grew else ()
    if original.quality is None or saved.photo.format != photo.format:
        return (f"saved at quality {encoding.quality}",)
    chosen, former = (f"{one.quality} {one.subsampling or ''}".strip() for one in (encoding, original))
    return (f"saved at quality {chosen}, because the protection did not survive the original's {former}",)
