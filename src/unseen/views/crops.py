"""Parts of the picture."""

from dataclasses import dataclass

import torch
from torch import Generator

from unseen.types import Images
from unseen.views.ranges import between, require_ratio, require_ratios, share_of


@dataclass(frozen=True, kw_only=True)
class CentreCrop:
    """The middle of the picture: `ratio` of its height and of its width. Only slices, so bytes may go in as well."""

    ratio: float

    def __post_init__(self) -> None:
        require_ratio("ratio", self.ratio)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        tall, wide = (share_of(side, self.ratio) for side in images.shape[-2:])
        top, left = (images.shape[-2] - tall) // 2, (images.shape[-1] - wide) // 2
        return images[..., top : top + tall, left : left + wide]


@dataclass(frozen=True, kw_only=True)
class RandomCrop:
    """A part of each picture at a random place of its own, as large as a ratio drawn once for the whole batch.

    Only slices, so bytes may go in as well.

    Attributes:
        smallest, largest: limits of the share of the height and of the width that is kept, in (0, 1].
    """

    smallest: float
    largest: float

    def __post_init__(self) -> None:
        require_ratios(self.smallest, self.largest)

    def __call__(self, images: Images, generator: Generator, /) -> Images:
        ratio = between(self.smallest, self.largest, generator)
        tall, wide = (share_of(side, ratio) for side in images.shape[-2:])
        tops = torch.randint(images.shape[-2] - tall + 1, (len(images),), generator=generator).tolist()
        lefts = torch.randint(images.shape[-1] - wide + 1, (len(images),), generator=generator).tolist()
        parts = zip(images, tops, lefts, strict=True)
        return torch.stack([image[:, top : top + tall, left : left + wide] for image, top, left in parts])
