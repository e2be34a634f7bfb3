"""From protected pixels to the file: as the original was saved, but never coarser than the protection survives."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from unseen.photo import Encoding, Photo, encode, encodings, output_format, read_photo_bytes, write_new
from unseen.photo.photo import Pixels
from unseen.protect.protection import Protection, Work
from unseen.reading import answer
from unseen.schemes import Unchanged, hidden


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A copy as it will be on the disk.

    Attributes:
        data: the file.
        photo: the file, decoded again.
        encoding: how it is compressed.
        after: every network's logits (K,) on it, in the order of `Protection.networks`.
        is_hidden: whether no surrogate's answer is its reference.
    """

    data: bytes
    photo: Photo
    encoding: Encoding
    after: tuple[Tensor, ...]
    is_hidden: bool


def saved_finely(work: Work, photo: Photo, pixels: Pixels, protection: Protection) -> Saved:
    """Encode at the first quality at which the decoded file is protected, else at the finest.

    Without noise nothing has to survive, so the original's quality is the only one.
    """
    form = output_format(photo, protection.format)
    choices = encodings(photo, form, protection.quality)
    for encoding in choices[:1] if isinstance(protection.scheme, Unchanged) else choices:
        data = encode(photo, pixels, format=form, encoding=encoding, keep=protection.keep)
        again = read_photo_bytes(data, work.job.target)
        after = tuple(answer(network, again.srgb) for network in protection.surrogates)
        is_hidden = _is_hidden(after, work.references)
        if is_hidden:
            break
    after += tuple(answer(network, again.srgb) for network in protection.held_out)
    return Saved(data=data, photo=again, encoding=encoding, after=after, is_hidden=is_hidden)


def publish(saved: Saved, target: Path) -> None:
    """Put the file in its place, whole or not at all.

    Raises:
        PhotoError: it cannot be written.
        OSError: its folder cannot be made.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    write_new(target, saved.data)


def _is_hidden(after: tuple[Tensor, ...], references: tuple[int, ...]) -> bool:
    return bool(hidden(torch.stack(after)[None], torch.tensor([references[: len(after)]])))
