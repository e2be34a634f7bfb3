"""What a run of the lab is told."""

from dataclasses import dataclass
from pathlib import Path

from unseen.errors import UnseenError

PAPER_LEVELS = 10
"""The limit of universal noise, in 8-bit levels: ours, because the paper tells none."""
FAINT_LEVELS = 4
"""The limit of the noise that follows an enhancement: `--strength low`."""
STRONG_LEVELS = 16
"""The limit of the noise that is to survive scaling, cropping and compression: `--strength high`."""
PROFILE = "places-60"
"""The classes of the paper's task."""


@dataclass(frozen=True, kw_only=True)
class PixelPrivacySettings:
    """What decides the numbers, beside the photos and the networks.

    Attributes:
        limit: of photos that are scored, at most so many, spread over the set; None is all.
        training_photos: of photos that universal noise is trained on, at most.
        training_passes: through these photos, at most, for the paper's method.
        training_views: how often our method looks at each of them, each time at another part.
        training_side: of the square copies that noise is trained on, in pixels.
        max_iterations: steps a photo may take; None is each approach's own number.
        styles: names such as `hayao?weights=FILE`, with or without `style:`.
        nima: weights of NIMA, if they are at hand.
        profile: classes whose photos are told apart as well; None is `PROFILE`, where the network knows them.
        seed: decides random choices, such as where crops are made.
    """

    limit: int | None = None
    training_photos: int = 100
    training_passes: int = 10
    training_views: int = 30
    training_side: int = 256
    max_iterations: int | None = None
    styles: tuple[str, ...] = ()
    nima: Path | None = None
    profile: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("training_photos", "training_passes", "training_views", "training_side"):
            if getattr(self, name) < 1:
                raise UnseenError(f"{name} is {getattr(self, name)}; give 1 or more")
