"""A part of the photo in place of the whole: the first approach of Liu and Zhao 2018, and the easiest to use."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator

from unseen.grid import LEVELS
from unseen.photo import Photo
from unseen.photo.photo import Pixels
from unseen.randomness import generator_for
from unseen.schemes.settings import require_share, setting
from unseen.views import CentreCrop, RandomCrop

PLACES = ("centre", "random")


@dataclass(frozen=True, kw_only=True)
class Crop:
    """Keep the centre of the photo, or a part at a random place; with the default ratio, half of its area."""

    ratio: float = setting(0.7, "share of the height and of the width that a crop keeps")
    place: str = setting("centre", "where a crop is made: 'centre' or 'random'")

    def __post_init__(self) -> None:
        require_share("ratio", self.ratio)
        if self.place not in PLACES:
            raise ValueError(f"place is {self.place!r}: choose {' or '.join(PLACES)}")

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The part that is kept of the photo and of its alpha."""
        if photo.alpha is None:
            return replace(photo, pixels=self._part(photo.pixels, seed))
        part = self._part(np.dstack([photo.pixels, photo.alpha]), seed)
        return replace(photo, pixels=part[..., :-1], alpha=part[..., -1])

    def _part(self, pixels: Pixels, seed: int) -> Pixels:
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        if self.place == "centre":
            part = CentreCrop(ratio=self.ratio)(image[None], Generator())
        else:
            part = RandomCrop(smallest=self.ratio, largest=self.ratio)(image[None], generator_for(image / LEVELS, seed))
        return part[0].permute(1, 2, 0).numpy()
