"""The photos that are scored, and those that universal noise is trained on: never the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from unseen.datasets.accepted import AcceptedPhoto
from unseen.errors import PhotoError, UnseenError
from unseen.plan import plan

Item = TypeVar("Item")

_EVERY = 3
"""Of the set every so many-th photo is kept for training, where no others are given."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A photo that is scored, and the key under which its results are kept: its name, content and labels."""

    path: Path
    labels: frozenset[int]
    key: str


def parted(
    photos: Sequence[AcceptedPhoto], training: Path | None, limit: int | None, wanted: int
) -> tuple[tuple[AcceptedPhoto, ...], tuple[Path, ...]]:
    """At most `limit` photos to score and `wanted` others to train on, both spread over what there is.

    Args:
        training: a folder of photos; None holds every third photo of the set apart.

    Raises:
        UnseenError: nothing to score or to train on, or photos that are both.
    """
    if training is not None:
        others = [Path(job.source) for job in plan([training], None, {})]
        scored = list(photos)
    else:
        others = [photo.path for photo in photos[_EVERY - 1 :: _EVERY]]
        scored = [photo for number, photo in enumerate(photos, start=1) if number % _EVERY]
    if not others:
        remedy = "give more photos, or others to train on with --training-photos"
        raise UnseenError(f"{len(photos)} labelled photos are too few to hold some apart for universal noise; {remedy}")
    scored = list(spread(scored, limit or len(scored)))
    both = {path.resolve() for path in others} & {photo.path.resolve() for photo in scored}
    if both:
        problem = f"{min(both)} is to be scored and trained on"
        raise UnseenError(f"{problem}; give --training-photos a folder of other photos")
    return tuple(scored), spread(others, wanted)


def spread(items: Sequence[Item], count: int) -> tuple[Item, ...]:
    """At most `count` items, at even distances."""
    if len(items) <= count:
        return tuple(items)
    return tuple(items[place * len(items) // count] for place in range(count))


def sample(photo: AcceptedPhoto) -> Sample:
    """The sample of a photo.

    Raises:
        PhotoError: the file cannot be read.
    """
    labels = ";".join(map(str, sorted(photo.labels)))
    return Sample(path=photo.path, labels=photo.labels, key=f"{photo.path.name} {_content(photo.path)} {labels}")


def _content(path: Path) -> str:
    """A file's content in 16 letters."""
    try:
        return sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise PhotoError(path, f"cannot be read ({error.strerror})", "correct its name") from error
