"""How much a photo may change: a norm with a limit, as pure functions of tensors."""

import math
from dataclasses import dataclass

from torch.nn import functional

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


@dataclass(frozen=True, kw_only=True)
class Masked:
    """No element changes by more than `epsilon`, and by less where eyes would notice.

    A change hides in texture and shows on what is smooth: sky, skin, walls. So the limit of a place grows with its
    contrast, as the threshold of seeing does (contrast masking, Legge and Foley 1980), from `calm` to `epsilon`. What
    counts is how densely a place is covered by small contrasts, so that the sky beside a roof stays smooth. Green,
    which makes most of what eyes see of brightness, may change less.

    Attributes:
        epsilon: in [0, 1]; 8 levels are 8/255.
        calm: the limit where nothing hides a change, in [0, 1].
        texture: how much the limit grows with the mean contrast between neighbouring pixels.
    """

    epsilon: float
    calm: float
    texture: float

    def __post_init__(self) -> None:
        Linf(self.epsilon)
        if not self.calm > 0:
            raise ValueError(f"calm is {self.calm}: give a limit above 0")
        if not self.texture >= 0:
            raise ValueError(f"texture is {self.texture}: give 0 or more")

    def limits(self, images: Images) -> Images:
        """The largest change of every value of images (B, C, H, W), in [0, epsilon]."""
        limits = (self.calm + self.texture * _busyness(images)).clamp_max(self.epsilon)
        channels = _BY_CHANNEL if images.shape[1] == 3 else (1.0,)
        return limits * limits.new_tensor(channels).view(1, -1, 1, 1)

    def within(self, delta: Images) -> Images:
        """Clip every element to the hard limit: where a change is made decides on the rest."""
        return Linf(self.epsilon).within(delta)

    def project(self, delta: Images, images: Images) -> Images:
        """Clip every element to the limit of its place, and images + delta to [0, 1]."""
        limits = self.limits(images)
        return delta.clamp(-limits, limits).add_(images).clamp_(0, 1).sub_(images)

    def project_on_grid(self, delta: Images, images: Images) -> Images:
        """The same in whole levels, of which every value may change by at least one."""
        limits = self.limits(images).mul_(LEVELS).add_(1e-4).floor_().clamp_min_(1).div_(LEVELS)
        limits = limits.clamp_max_(math.floor(self.epsilon * LEVELS + 1e-4) / LEVELS)
        return quantise(images + delta.clamp(-limits, limits)).sub_(images)

    def size(self, delta: Images) -> PerPhoto:
        """The largest absolute change of an element."""
        return Linf(self.epsilon).size(delta)


_BY_CHANNEL = (1.0, 0.85, 1.0)
_NEIGHBOURHOOD = 9
"""Pixels a side of what is looked at to tell texture from a lone edge."""


def _busyness(images: Images) -> Images:
    """How densely the neighbourhood of a pixel is covered by contrasts; (B, 1, H, W) in [0, 1].

    The squared mean of the square roots of differences between neighbouring pixels of the grey picture: many small
    ones count for more than one large one.
    """
    grey = functional.pad(images.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    middle = grey[..., 1:-1, 1:-1]
    across = (grey[..., 1:-1, 2:] - middle).abs() + (middle - grey[..., 1:-1, :-2]).abs()
    down = (grey[..., 2:, 1:-1] - middle).abs() + (middle - grey[..., :-2, 1:-1]).abs()
    return _blurred((across + down).div_(4).sqrt_()).square_()


def _blurred(maps: Images) -> Images:
    """The mean over a square neighbourhood, without what lies outside of the picture."""
    margin = _NEIGHBOURHOOD // 2
    return functional.avg_pool2d(maps, _NEIGHBOURHOOD, stride=1, padding=margin, count_include_pad=False)
