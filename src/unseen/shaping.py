"""Gradient shaping: what turns gradients into steps, as small (initial, update) pairs and a chain of them.

The last one of a chain yields the direction that the loop multiplies by its step: `sign` or `ramp` for a limit on
every value, `unit` for a Euclidean one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from unseen.types import Images

State = tuple[Tensor, ...]
"""Tensors whose first dimension is the lane; all start at zero, so that the loop can let one lane start anew."""


@dataclass(frozen=True)
class Shaping:
    """A pure transformation of gradients that may remember.

    Attributes:
        initial: an image batch (for its shape) -> the state before the first gradient.
        update: (gradient, state) -> (shaped gradient, next state).
    """

    initial: Callable[[Images], State]
    update: Callable[[Images, State], tuple[Images, State]]


def sign() -> Shaping:
    """Every value takes the whole step (iterated FGSM, Kurakin et al. 2017)."""
    return Shaping(lambda images: (), lambda gradient, state: (gradient.sign(), state))


def unit() -> Shaping:
    """The gradient divided by its Euclidean norm over a photo."""

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        norm = gradient.flatten(1).norm(dim=1).clamp_min(1e-20)
        return gradient / norm[:, None, None, None], state

    return Shaping(lambda images: (), update)


def momentum(decay: float) -> Shaping:
    """g <- decay * g + gradient / mean|gradient| (MI-FGSM, Dong et al. 2018)."""

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        mean = gradient.abs().mean((1, 2, 3), keepdim=True).clamp_min(1e-20)
        accumulated = state[0].mul(decay).add_(gradient / mean)
        return accumulated, (accumulated,)

    return Shaping(lambda images: (torch.zeros_like(images),), update)


def ramp(first: float = 0.3, growth: float = 1.1, largest: float = 2.0) -> Shaping:
    """Steps in proportion to the gradient that grow until they are twice its sign.

    direction = clip(first * growth^t * gradient, -largest, largest), for gradients of mean absolute value about 1:
    a photo that gives in early is changed only where it helps most, a stubborn one in every value.
    """

    def initial(images: Images) -> State:
        return (torch.zeros(len(images), 1, 1, 1, dtype=images.dtype, device=images.device),)

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        # The exponent is bounded because growth^t would leave the range of floats in long ascents.
        factor = first * growth ** state[0].clamp_max(100)
        return (gradient * factor).clamp_(-largest, largest), (state[0] + 1,)

    return Shaping(initial, update)


def clipped(gain: float) -> Shaping:
    """clip(gain * g / mean|g|, -1, 1): a whole step only where it helps, less where the sign would be wasted."""

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        mean = gradient.abs().mean((1, 2, 3), keepdim=True).clamp_min(1e-20)
        return (gradient * (gain / mean)).clamp_(-1, 1), state

    return Shaping(lambda images: (), update)


def adam(first: float = 0.9, second: float = 0.999) -> Shaping:
    """Every value takes about a whole step, less where its gradients disagree (Kingma and Ba 2015).

    m <- first * m + (1 - first) * g,  v <- second * v + (1 - second) * g²,  direction = m' / (sqrt(v') + 1e-8)
    with m' = m / (1 - first^t) and v' = v / (1 - second^t).
    """

    def initial(images: Images) -> State:
        count = torch.zeros(len(images), 1, 1, 1, dtype=images.dtype, device=images.device)
        return torch.zeros_like(images), torch.zeros_like(images), count

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        mean = state[0].lerp(gradient, 1 - first)
        square = state[1].lerp(gradient.square(), 1 - second)
        count = state[2] + 1
        scale = (square / (1 - second**count)).sqrt_().add_(1e-8)
        return mean / (1 - first**count) / scale, (mean, square, count)

    return Shaping(initial, update)


def chain(*parts: Shaping) -> Shaping:
    """One shaping after the other."""

    def initial(images: Images) -> State:
        return tuple(tensor for part in parts for tensor in part.initial(images))

    def update(gradient: Images, state: State) -> tuple[Images, State]:
        following: State = ()
        rest = state
        for part, length in zip(parts, lengths(gradient), strict=True):
            gradient, own = part.update(gradient, rest[:length])
            following, rest = following + own, rest[length:]
        return gradient, following

    def lengths(gradient: Images) -> list[int]:
        return [len(part.initial(gradient[:0])) for part in parts]

    return Shaping(initial, update)


SHAPINGS: Mapping[str, Shaping] = {
    "ramp": chain(momentum(0.5), ramp()),
    "sign": sign(),
    "momentum": chain(momentum(1.0), sign()),
    "clipped": chain(momentum(1.0), clipped(1.0)),
    "adam": adam(0.8, 0.95),
}
"""Shapings by the names that settings use."""


def shaping_named(name: str) -> Shaping:
    """One of `SHAPINGS`.

    Raises:
        ValueError: no such shaping.
    """
    if name not in SHAPINGS:
        raise ValueError(f"shaping is {name!r}: choose one of {', '.join(SHAPINGS)}")
    return SHAPINGS[name]
