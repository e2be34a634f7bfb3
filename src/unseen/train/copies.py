"""Photos to train a noise on: small copies in bytes, so that thousands fit into memory whatever the files' size."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from torch import Generator, Tensor

from unseen.canvas import working_copy
from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.photo import read_photo
from unseen.plan import plan
from unseen.progress import Progress, silent
from unseen.types import Images, Logits

_FORWARD = 8
"""Copies that a network is asked about at a time."""


def training_photos(sources: Sequence[Path], limit: int | None = None, seed: int = 0) -> tuple[Path, ...]:
    """The photos of files and folders, or so many of them, drawn at random.

    Raises:
        UnseenError: a folder that cannot be read or holds no photos.
    """
    photos = [Path(job.source) for job in plan(sources, None, {})]
    if limit is None or limit >= len(photos):
        return tuple(photos)
    drawn = torch.randperm(len(photos), generator=torch.Generator().manual_seed(seed))[:limit]
    return tuple(photos[index] for index in sorted(drawn.tolist()))


def copies_of(photos: Sequence[Path], side: int, progress: Progress = silent) -> Tensor:
    """Squashed copies (N, 3, side, side) uint8, read one after the other.

    Raises:
        PhotoError: a photo that cannot be read.
        UnseenError: no photos.
    """
    if not photos:
        raise UnseenError("no photos to train on; give at least one")
    copies = torch.empty(len(photos), 3, side, side, dtype=torch.uint8)
    for copy, path in zip(copies, progress(photos, len(photos), "Reading photos"), strict=True):
        copy[:] = (working_copy(read_photo(path).srgb, (side, side))[0] * LEVELS).round()
    return copies


@lru_cache(maxsize=4)
def order(count: int, seed: int, time: int) -> Tensor:
    """The order (count,) in which photos come for the so manieth time."""
    return torch.randperm(count, generator=Generator().manual_seed(seed * 7_919 + time))


def as_images(copies: Tensor) -> Images:
    """Bytes as floats in [0, 1]."""
    return copies.float() / LEVELS


def answers(copies: Tensor, classifier: Callable[[Images], Logits], noise: Images | None = None) -> Tensor:
    """The class read in each copy (N,), or (N, M), with the noise on it as bytes if there is one."""
    found = []
    with torch.no_grad():
        for batch in copies.split(_FORWARD):
            pictures = as_images(batch)
            if noise is not None:
                pictures = (pictures + noise).mul_(LEVELS).round_().clamp_(0, LEVELS).div_(LEVELS)
            found.append(classifier(pictures).argmax(-1).cpu())
    return torch.cat(found)


def fooled_share(copies: Tensor, classifier: Callable[[Images], Logits], clean: Tensor, noise: Images) -> Tensor:
    """The share of copies whose answer the noise changes, for each network (M,)."""
    changed = answers(copies, classifier, noise) != clean
    return changed.reshape(len(copies), -1).double().mean(0)
