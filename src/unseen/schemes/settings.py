"""A scheme's settings: fields that say what they mean, so that the command line can offer each as a flag."""

from dataclasses import field
from typing import Any

from unseen.budget import Linf
from unseen.shaping import SHAPINGS, shaping_named

PAPER_EPSILON = 2.55 / 255
"""The limit of Liu et al. 2019: 1 % of the range."""


def setting(default: Any, meaning: str, *, levels: bool = False) -> Any:
    """A dataclass field with a sentence for people.

    Args:
        meaning: what it does, in plain words.
        levels: whether people give it in 8-bit levels, while the field holds [0, 1].
    """
    return field(default=default, metadata={"meaning": meaning, "levels": levels})


def epsilon_setting() -> Any:
    """The limit every scheme within a norm has."""
    return setting(PAPER_EPSILON, "limit of every value's change", levels=True)


def step_setting() -> Any:
    """The length of one step of the ascent."""
    return setting(0.5 / 255, "length of a step of the ascent", levels=True)


def shaping_setting(default: str) -> Any:
    """What turns gradients into steps."""
    names = list(SHAPINGS)
    return setting(default, f"how a gradient becomes a step: {', '.join(names[:-1])} or {names[-1]}")


def lanes_setting() -> Any:
    """The batch shape of the arithmetic."""
    return setting(None, "photos computed at a time; by default 1 for a photo alone and 4 for several")


def require_share(name: str, value: float) -> None:
    """A probability or share must lie in (0, 1]."""
    if not 0 < value <= 1:
        raise ValueError(f"{name} is {value}: give a number above 0 and at most 1")


def require_positive(name: str, value: float) -> None:
    """A length must be above 0."""
    if not value > 0:
        raise ValueError(f"{name} is {value}: give a number above 0")


def require_at_least(name: str, value: float, least: float) -> None:
    """A count must not be below `least`."""
    if not value >= least:
        raise ValueError(f"{name} is {value}: give at least {least}")


def require_lanes(lanes: int | None) -> None:
    """A batch holds at least one photo."""
    if lanes is not None:
        require_at_least("lanes", lanes, 1)


def require_ascent(*, epsilon: float, step: float, max_iterations: int, shaping: str, lanes: int | None) -> None:
    """What every scheme has that ascends within a limit must be possible."""
    Linf(epsilon)
    shaping_named(shaping)
    require_lanes(lanes)
    require_positive("step", step)
    require_at_least("max_iterations", max_iterations, 1)
