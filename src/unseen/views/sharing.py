"""What platforms do with photos."""

from dataclasses import dataclass

from torch import Generator

from unseen.types import Images
from unseen.views.blur import Blur
from unseen.views.composing import Sometimes, compose
from unseen.views.crops import RandomCrop
from unseen.views.jpeg import Jpeg
from unseen.views.ranges import require_probability
from unseen.views.sizes import RandomResize, Resize


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """In some calls the picture as platforms hand it on: perhaps cropped, smaller, blurred, compressed; in this order.

    It comes back in its own size (bicubic), as any network resizes it anyway: so it can be composed with views that
    keep the size of a batch. Everything but a crop's place is drawn once for the whole batch.

    Attributes:
        share: the probability that a call does any of it, in [0, 1]; the others give the picture itself.
        cropped, reduced, blurred, compressed: the probabilities of each step in such a call, in [0, 1].
        kept: the share of each side that a crop leaves, at least, in (0, 1].
        smallest: the share of each side that reducing leaves, at least, in (0, 1].
        sigma: standard deviation of the strongest blur, in pixels of the reduced picture.
        quality_low, quality_high: limits of the quality of JPEG, 1 to 100.
    """

    share: float
    cropped: float = 0.25
    reduced: float = 0.5
    blurred: float = 0.25
    compressed: float = 0.75
    kept: float = 0.9
    smallest: float = 0.4
    sigma: float = 1.0
    quality_low: int = 50
    quality_high: int = 95

    def __post_init__(self) -> None:
        for name in ("share", "cropped", "reduced", "blurred", "compressed"):
            require_probability(name, getattr(self, name))
        self._steps()

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        height, width = images.shape[-2:]
        handed_on = compose(*self._steps(), Resize(height=height, width=width))
        return Sometimes(view=handed_on, share=self.share)(images, generator)

    def _steps(self) -> tuple[Sometimes, ...]:
        return (
            Sometimes(view=RandomCrop(smallest=self.kept, largest=1.0), share=self.cropped),
            Sometimes(view=RandomResize(smallest=self.smallest), share=self.reduced),
            Sometimes(view=Blur(sigma_low=0.0, sigma_high=self.sigma), share=self.blurred),
            Sometimes(view=Jpeg(quality_low=self.quality_low, quality_high=self.quality_high), share=self.compressed),
        )
