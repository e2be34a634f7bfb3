"""From protected pixels to the file: as the original was saved, but never coarser than the protection survives."""

from dataclasses import dataclass, replace

from torch import Tensor

from unseen.photo import Encoding, Photo, encode, encodings, output_format, read_photo_bytes
from unseen.photo.photo import Pixels
from unseen.protect.hiding import revealing
from unseen.protect.protection import Protection, Work
from unseen.reading import answer


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A copy as it will be on the disk.

    Attributes:
        data: the file.
        photo: the file, decoded again.
        encoding: how it is compressed.
        after: every network's logits (K,) on it, in the order of `Protection.networks`.
        is_hidden: whether no surrogate's answer is its reference, or reveals what is to be hidden.
    """

    data: bytes
    photo: Photo
    encoding: Encoding
    after: tuple[Tensor, ...]
    is_hidden: bool


def saved_finely(work: Work, photo: Photo, pixels: Pixels, protection: Protection) -> Saved:
    """Encode at the first quality at which the decoded file hides from every network that the pixels hide from.

    A finer file than that would hide no more, and be larger.
    """
    form = output_format(photo, protection.format)
    choices = encodings(photo, form, protection.quality)
    unsaved: list[bool] = []
    for encoding in choices:
        data = encode(photo, pixels, format=form, encoding=encoding, keep=protection.keep)
        again = read_photo_bytes(data, work.job.target)
        after, hides = _asked(again, work, protection)
        if all(hides):
            break
        unsaved = unsaved or _asked(replace(photo, pixels=pixels), work, protection)[1]
        if sum(hides) >= sum(unsaved):
            break
    after += tuple(answer(network, again.srgb) for network in protection.held_out)
    return Saved(data=data, photo=again, encoding=encoding, after=after, is_hidden=all(hides))


def _asked(photo: Photo, work: Work, protection: Protection) -> tuple[tuple[Tensor, ...], list[bool]]:
    """What each surrogate answers, and whether that tells neither its reference nor what is to be hidden."""
    answers = tuple(answer(network, photo.srgb) for network in protection.surrogates)
    if protection.hide:
        return answers, [not told for told in revealing(protection, answers)]
    references = work.references[: len(answers)]
    return answers, [int(logits.argmax()) != label for logits, label in zip(answers, references, strict=True)]
