"""Noise of its own for every image: what the paper did on photos, done on digits."""

from collections.abc import Mapping

from unseen.schemes import Among, ClassIndistinguishability, ClassReplacement, Uniform
from unseen.types import Scheme

_LANES = 250
"""Digits are small: so many at a time fill the machine without leaving its cache."""
_STEP = 0.03


def per_image_schemes(limit: float, count: int) -> Mapping[str, Scheme]:
    """The ways to protect each of `count` images by itself, by name.

    A top k of 2 leaves enough of ten classes to draw targets from.
    """
    lanes = min(_LANES, count)
    return {
        "uniform": Uniform(epsilon=limit, step=_STEP, required_share=0.98, lanes=lanes),
        "replace": ClassReplacement(epsilon=limit, step=_STEP, top_k=2, draws=1, lanes=lanes),
        "indistinguish": ClassIndistinguishability(
            epsilon=limit, step=_STEP, top_k=2, draws=1, clip="range", lanes=lanes
        ),
        "among": Among(epsilon=limit, step=_STEP, top_k=2, draws=1, lanes=lanes),
    }
