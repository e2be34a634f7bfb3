"""Views made of views."""

from dataclasses import dataclass

import torch
from torch import Generator

from unseen.types import Images, View
from unseen.views.ranges import require_probability


@dataclass(frozen=True, kw_only=True)
class Sometimes:
    """A view in some calls, drawn once for the whole batch, and the picture itself in the others.

    Attributes:
        share: the probability that a call shows the view, in [0, 1].
    """

    view: View
    share: float

    def __post_init__(self) -> None:
        require_probability("share", self.share)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        drawn = torch.rand((), generator=generator, dtype=torch.float64).item()
        return self.view(images, generator) if drawn < self.share else images


def compose(*views: View) -> View:
    """One view after the other, with the same generator; of no view, the picture itself."""

    def composed(images: Images, generator: Generator, /) -> Images:
        for view in views:
            images = view(images, generator)
        return images

    return composed
