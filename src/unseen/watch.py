"""Whoever waits for photos may watch the steps taken on them, and give a photo up while it is computed.

A watch is no setting, for it changes no pixel of a photo that is not given up; so it does not pass through the schemes,
but lies around them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch

from unseen.randomness import fingerprint
from unseen.types import Flags, Images

Watch = Callable[[int, int], bool]
"""Told that a photo has taken so many steps, of so many at most; whether it is still wanted."""

Watched = Mapping[bytes, tuple[Watch, ...]]

_NOBODY: Watched = {}
_WATCHED: ContextVar[Watched] = ContextVar("watched", default=_NOBODY)


@contextmanager
def watching(images: Images, watches: Sequence[Watch]) -> Iterator[None]:
    """Within it, every step on one of images (B, C, H, W) is told to its watch, one an image.

    A photo is known by its content. Of photos that are the same, all are told and one that is wanted keeps them.
    """
    watched: dict[bytes, tuple[Watch, ...]] = {}
    for image, watch in zip(images, watches, strict=True):
        key = fingerprint(image)
        watched[key] = (*watched.get(key, ()), watch)
    with _set(watched):
        yield


@contextmanager
def carried_over(before: Images, after: Images) -> Iterator[None]:
    """Within it, images `after` are watched as `before` were: what one scheme made of them for the next."""
    watched = _WATCHED.get()
    if not watched:
        yield
        return
    carried: dict[bytes, tuple[Watch, ...]] = {}
    for old, new in zip(before, after, strict=True):
        key = fingerprint(new)
        carried[key] = (*carried.get(key, ()), *watched.get(fingerprint(old), ()))
    with _set(carried):
        yield


def wanted(images: Images, most: int) -> Callable[[Sequence[int], Sequence[int]], Flags]:
    """A function that tells the watches of some of images which steps these have taken, and which are still wanted.

    Args:
        most: steps that each may take.

    Returns:
        indices into `images` and the steps of each -> (n,) on the CPU; what nobody watches is wanted.
    """
    watched = _WATCHED.get()
    watches = [watched.get(fingerprint(image), ()) for image in images] if watched else []

    def told(indices: Sequence[int], steps: Sequence[int]) -> Flags:
        if not watched:
            return torch.ones(len(indices), dtype=torch.bool)
        answers = [[watch(step, most) for watch in watches[index]] for index, step in zip(indices, steps, strict=True)]
        return torch.tensor([not answer or any(answer) for answer in answers], dtype=torch.bool)

    return told


@contextmanager
def _set(watched: Watched) -> Iterator[None]:
    token = _WATCHED.set(watched)
    try:
        yield
    finally:
        _WATCHED.reset(token)
