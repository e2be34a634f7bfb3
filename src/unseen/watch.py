"""Whoever waits for photos may watch the steps taken on them, and give a photo up while it is computed.

A watch is no setting, for it changes no pixel of a photo that is not given up; so it does not pass through the schemes,
but lies around them. Between two steps, and where a scheme takes none, every question to a network asks whether anybody
still waits for any of the photos at hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch

from unseen.errors import UnseenError
from unseen.randomness import fingerprint
from unseen.types import Flags, Images

Watch = Callable[[int, int], bool]
"""Told that a photo has taken so many steps, of so many at most; whether it is still wanted."""

Watched = Mapping[bytes, tuple[Watch, ...]]

Wanted = Callable[[], bool]
"""Whether anybody still waits."""

_NOBODY: Watched = {}
_WATCHED: ContextVar[Watched] = ContextVar("watched", default=_NOBODY)
_WANTED: ContextVar[Wanted | None] = ContextVar("wanted", default=None)


class GivenUpError(UnseenError):
    """Nobody waits for a photo any more."""

    def __init__(self) -> None:
        super().__init__("was given up; send it again if it is wanted after all")


@contextmanager
def while_wanted(wanted: Wanted) -> Iterator[None]:
    """Within it, no network is asked any more once nobody waits.

    Raises:
        GivenUpError: nobody does.
    """
    token = _WANTED.set(wanted)
    try:
        require_wanted()
        yield
    finally:
        _WANTED.reset(token)


def require_wanted() -> None:
    """Go on only where somebody waits, or nobody has said otherwise.

    Raises:
        GivenUpError: nobody waits.
    """
    is_wanted = _WANTED.get()
    if is_wanted is not None and not is_wanted():
        raise GivenUpError


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
