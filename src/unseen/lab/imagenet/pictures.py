"""From a photo to the picture that a network reads, which is what the paper calls the image.

Photos of all sizes become pictures of the one size that the network takes in, resized and cropped in 8 bit as its own
preprocessing says. The noise is made for that picture and scored on it, as in the paper (299x299 for Inception v3).
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch

from unseen.canvas import working_copy
from unseen.datasets.labelled import LabelledPhoto
from unseen.errors import PhotoError
from unseen.grid import LEVELS, quantise
from unseen.models import Network
from unseen.models.preprocessing import Preprocessing
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.types import Images, Logits


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A labelled photo, and the key under which its results are kept: its name, content and label."""

    path: Path
    label: int
    key: str


def sample(photo: LabelledPhoto) -> Sample:
    """The sample of a photo.

    Raises:
        PhotoError: the file cannot be read.
    """
    key = f"{photo.path.name} {content_hash(photo.path)} {photo.label}"
    return Sample(path=photo.path, label=photo.label, key=key)


def content_hash(path: Path) -> str:
    """A photo's content in 16 letters.

    Raises:
        PhotoError: the file cannot be read.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise PhotoError(path, f"cannot be read ({error.strerror})", "correct its name") from error


def read_picture(path: Path, network: Network, side: int) -> Images:
    """The picture (1, 3, h, w) in [0, 1], on the k/255 grid, that a network reads of a photo's file; on its device.

    Args:
        side: of the square that the photo is squashed to for a network that takes any size.

    Raises:
        PhotoError: the file is no photo, or damaged.
    """
    return picture(read_photo(path).srgb, network, side).to(network.device)


def picture(pixels: Pixels, network: Network, side: int) -> Images:
    """The same of a decoded photo (H, W, C) uint8 in sRGB, on the CPU."""
    preprocessing = network.preprocessing
    if not isinstance(preprocessing, Preprocessing):
        return working_copy(pixels, (side, side)).expand(-1, 3, -1, -1).contiguous()
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
    normalised = preprocessing(torch.from_numpy(pixels).permute(2, 0, 1)[None])
    return quantise(normalised * std + mean)


def answers(network: Network, images: Images) -> Logits:
    """Logits (B, K) on pictures (B, C, h, w), from their 8-bit values and one picture at a time, as crawlers ask."""
    levels = images.mul(LEVELS).round().to(torch.uint8)
    with torch.no_grad():
        return torch.cat([network(level[None]).float() for level in levels])
