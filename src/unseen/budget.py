"""How much a photo may change: a norm with a limit, as pure functions of tensors."""

import math
from dataclasses import dataclass

from unseen.grid import LEVELS, quantise
from unseen.types import Images, PerPhoto


@dataclass(frozen=True)
class Linf:
    """No element changes by more than `epsilon` (in [0, 1]; 8 levels are 8/255)."""

    epsilon: float

    def __post_init__(self) -> None:
        if not 0 < self.epsilon <= 1:
            raise ValueError(f"epsilon is {self.epsilon}: give a limit above 0 and at most 1 (8 levels are 8/255)")

    def within(self, delta: Images) -> Images:
        """Clip every element to the limit."""
        return delta.clamp(-self.epsilon, self.epsilon)

    def project(self, delta: Images, images: Images) -> Images:
        """Clip every element to the limit, and images + delta to [0, 1]."""
        return self.within(delta).add_(images).clamp_(0, 1).sub_(images)

    def project_on_grid(self, delta: Images, images: Images) -> Images:
        """A delta that takes images on k/255 to k/255; a limit of 2.55 levels allows a change of 2."""
        # The small number keeps a limit such as 8/255 from losing its last level to floating point.
        limit = math.floor(self.epsilon * LEVELS + 1e-4) / LEVELS
        return quantise(images + delta.clamp(-limit, limit)).sub_(images)

    def size(self, delta: Images) -> PerPhoto:
        """The largest absolute change of an element."""
        return delta.abs().amax((1, 2, 3))


@dataclass(frozen=True)
class L2:
    """The Euclidean norm of a photo's change is at most `epsilon`, in units of [0, 1]."""

    epsilon: float

    def __post_init__(self) -> None:
        if not self.epsilon > 0:
            raise ValueError(f"epsilon is {self.epsilon}: give a limit above 0")

    def within(self, delta: Images) -> Images:
        """Shrink towards zero onto the ball."""
        scale = (self.epsilon / self.size(delta).clamp_min(1e-12)).clamp_max(1)
        return delta * scale[:, None, None, None]

    def project(self, delta: Images, images: Images) -> Images:
        """Shrink towards zero onto the ball, then clip images + delta to [0, 1], which shrinks it further."""
        return self.within(delta).add_(images).clamp_(0, 1).sub_(images)

    def project_on_grid(self, delta: Images, images: Images) -> Images:
        """Round; where rounding up made the norm too large, drop the fractions instead, which can only shrink it."""
        allowed = self.project(delta, images)
        rounded = quantise(images + allowed).sub_(images)
        shrunk = allowed.mul(LEVELS).trunc_().div_(LEVELS)
        # The small share keeps a change that fills the limit exactly from losing a level to floating point.
        too_large = (self.size(rounded) > self.epsilon * (1 + 1e-6))[:, None, None, None]
        return shrunk.where(too_large, rounded)

    def size(self, delta: Images) -> PerPhoto:
        """The Euclidean norm over all elements of a photo."""
        return delta.flatten(1).norm(dim=1)
