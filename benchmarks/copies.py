"""Finding copies of a photo by perceptual hashes, as platforms and image searches do: does a protected copy match?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import imagehash
from imagehash import ImageHash

from unseen.photo.photo import Pixels
from unseen.pictures import to_pillow

HASHES = {"pHash": imagehash.phash, "dHash": imagehash.dhash}
"""By the cosine transform of a small grey copy, and by its differences; 64 bits each."""

ALIKE = 10
"""Bits that two hashes of 64 may differ by to count as copies: the default of imagededup, a usual choice."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """How far hashes are apart.

    Attributes:
        mean: bits that differ, over the pairs.
        matched: the share of pairs that count as copies.
        pairs: how many there are.
    """

    mean: float
    matched: float
    pairs: int


def hashes(pixels: Pixels) -> dict[str, ImageHash]:
    """A photo's hashes by name."""
    picture = to_pillow(pixels)
    return {name: make(picture) for name, make in HASHES.items()}


def matching(distances: Sequence[int]) -> Matching:
    """Distances of pairs in bits, put together."""
    return Matching(
        mean=fmean(distances), matched=fmean(distance <= ALIKE for distance in distances), pairs=len(distances)
    )


def between(photos: Sequence[Mapping[str, ImageHash]], name: str) -> Matching:
    """How far different photos are apart: all pairs of them."""
    return matching([int(one[name] - other[name]) for one, other in combinations(photos, 2)])
