"""Numbers drawn from a range, and what ranges may be."""

import torch
from torch import Generator


def between(low: float, high: float, generator: Generator) -> float:
    """A number drawn evenly from low to high."""
    return low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()


def share_of(length: int, ratio: float) -> int:
    """A share of `length` pixels, at least one."""
    return max(1, round(ratio * length))


def require_ratio(name: str, value: float) -> None:
    """A share of something that must not vanish."""
    if not 0 < value <= 1:
        raise ValueError(f"{name} is {value}: give a number above 0 and at most 1")


def require_ratios(smallest: float, largest: float) -> None:
    """The limits of such a share."""
    require_ratio("smallest", smallest)
    require_ratio("largest", largest)
    if smallest > largest:
        raise ValueError(f"smallest is {smallest}: give at most the largest ratio, {largest}")


def require_probability(name: str, value: float) -> None:
    """How often something is done, from never to always."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}: give a number from 0 to 1")


def require_pixels(name: str, value: int) -> None:
    """The length of a side."""
    if value < 1:
        raise ValueError(f"{name} is {value}: give at least 1 pixel")
