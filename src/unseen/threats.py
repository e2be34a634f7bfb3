"""Who reads shared photos: a platform that handles them, and the network of a crawler that downloads them there."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from unseen.errors import UnseenError
from unseen.models import Network
from unseen.photo.decoders import open_jpeg
from unseen.photo.ladder import LONGEST_EDGES
from unseen.photo.photo import Pixels
from unseen.reading import answer

Handling = Callable[[Pixels], Pixels]
"""What becomes of a photo (H, W, C) uint8 in sRGB on its way from its owner to a network, such as a `Platform`."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A social network: it makes large photos smaller (Lanczos) and compresses all of them again (JPEG, 4:2:0).

    Attributes:
        long_edge: pixels of the longer side at most; None keeps every size.
        quality: of the JPEG, 1 to 100; None serves the pixels as they were posted.

    Raises:
        UnseenError: a number out of range; in a call, a photo that is too long for a JPEG.
    """

    long_edge: int | None = None
    quality: int | None = None

    def __post_init__(self) -> None:
        if self.long_edge is not None and self.long_edge < 1:
            raise UnseenError(f"long edge {self.long_edge} is out of range; give 1 pixel or more")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise UnseenError(f"quality {self.quality} is out of range; choose 1 to 100")

    def __call__(self, pixels: Pixels) -> Pixels:
        """What can be downloaded of a posted photo: both (H, W, C) uint8 in sRGB, the same C."""
        picture = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
        longest = max(picture.size)
        if self.long_edge is not None and longest > self.long_edge:
            width, height = (max(1, round(side * self.long_edge / longest)) for side in picture.size)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        if self.quality is not None:
            picture = _recompressed(picture, self.quality)
        return np.array(picture).reshape(picture.height, picture.width, -1)


AS_POSTED = Platform()
"""The file itself, such as a photo in a public folder."""


@dataclass(frozen=True, kw_only=True)
class ScaleAndCrop:
    """One more round of what networks do to photos anyway: the short edge is scaled and the centre cut out (bicubic).

    Attributes:
        edge: pixels of the scaled photo's short edge.
        side: of the square that is left.

    Raises:
        UnseenError: numbers out of range.
    """

    edge: int = 256
    side: int = 224

    def __post_init__(self) -> None:
        if not 1 <= self.side <= self.edge:
            raise UnseenError(f"cannot cut {self.side} pixels out of {self.edge}; give a side from 1 to the edge")

    def __call__(self, pixels: Pixels) -> Pixels:
        """The centre (side, side, C) uint8 of a scaled photo (H, W, C) uint8."""
        picture = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
        scale = self.edge / min(picture.size)
        width, height = (max(self.edge, round(side * scale)) for side in picture.size)
        left, top = (width - self.side) // 2, (height - self.side) // 2
        scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
        centre = scaled.crop((left, top, left + self.side, top + self.side))
        return np.array(centre).reshape(self.side, self.side, -1)


@dataclass(frozen=True, kw_only=True)
class Threat:
    """One way in which a photo is read by a machine.

    Attributes:
        name: what it is called in rows and reports.
        platform: what becomes of the photo before the network gets it.
        classifier: the crawler's network.
    """

    name: str
    platform: Handling
    classifier: Network

    def __call__(self, pixels: Pixels) -> Tensor:
        """The logits (K,) on a posted photo (H, W, C) uint8 in sRGB."""
        return self.read(self.platform(pixels))

    def read(self, served: Pixels) -> Tensor:
        """The same on what the platform has handled already."""
        return answer(self.classifier, served)


def _recompressed(picture: Image.Image, quality: int) -> Image.Image:
    longest = max(picture.size)
    if longest > LONGEST_EDGES["jpeg"]:
        problem = f"a picture {longest} pixels long is more than the {LONGEST_EDGES['jpeg']} of JPEG"
        raise UnseenError(f"{problem}; give the platform a long edge")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return open_jpeg(file.getvalue())
