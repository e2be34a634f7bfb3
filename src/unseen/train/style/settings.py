"""What a training depends on; the defaults are the papers' own."""

import math
from dataclasses import dataclass

from unseen.errors import UnseenError
from unseen.naming import nearest
from unseen.schemes.settings import require_at_least
from unseen.styles.networks import GRANULE

METHODS = ("cyclegan", "cartoongan")

SMALLEST_CROP = 32
"""Below this CycleGAN's discriminator has no patch left to judge."""


@dataclass(frozen=True, kw_only=True)
class StyleTraining:
    """How a style is trained.

    Attributes:
        method: one of `METHODS`.
        iterations: steps of the generators; in CycleGAN's second half the rate falls linearly to nothing.
        initial: the first of them, in which CartoonGAN only learns to repeat the photo; None for a twentieth.
        crop: pixels a side of what is learnt from.
        batch: photos, and as many pictures of the style, a step.
        filters: channels of the generator's first layer; its file grows with their square.
        blocks: residual blocks of CycleGAN's generators; CartoonGAN always has 8.
        discriminator_filters: channels of the discriminators' first layer; None for what was published.
        content: the network whose features CartoonGAN keeps, as `content_network` reads it.
        content_weight: ω of CartoonGAN, the price of features that the photo does not have.
        rate: of Adam.
        seed: decides the first weights, the order of the pictures, the crops and what the pools give back.

    Raises:
        UnseenError: a value out of range.
    """

    method: str
    iterations: int = 100_000
    initial: int | None = None
    crop: int = 256
    batch: int = 1
    filters: int = 64
    blocks: int = 9
    discriminator_filters: int | None = None
    content: str = "lite0"
    content_weight: float = 10.0
    rate: float = 2e-4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UnseenError(f"unknown method {self.method!r}; {nearest(self.method, METHODS)}")
        try:
            for name in ("iterations", "batch", "filters", "blocks"):
                require_at_least(name, getattr(self, name), 1)
            require_at_least("crop", self.crop, SMALLEST_CROP)
            if self.discriminator_filters is not None:
                require_at_least("discriminator_filters", self.discriminator_filters, 1)
        except ValueError as error:
            raise UnseenError(str(error)) from error
        if self.crop % GRANULE:
            raise UnseenError(f"crop is {self.crop}: give a multiple of {GRANULE}, which the networks halve twice")
        if self.initial is not None and not 0 <= self.initial <= self.iterations:
            raise UnseenError(f"initial is {self.initial}: give 0 to {self.iterations}, the number of iterations")
        if not 0 < self.content_weight < math.inf:
            raise UnseenError(f"content_weight is {self.content_weight:g}: give a number above 0")
        if not 0 < self.rate < 1:
            raise UnseenError(f"rate is {self.rate:g}: give a number between 0 and 1, such as 2e-4")

    @property
    def initial_iterations(self) -> int:
        """Steps with the content loss alone."""
        if self.method != "cartoongan":
            return 0
        return self.iterations // 20 if self.initial is None else self.initial
