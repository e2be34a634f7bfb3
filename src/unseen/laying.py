"""How the change that a scheme made on the working copy comes onto the photo itself, one photo at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from unseen.canvas import lay
from unseen.photo.photo import Pixels
from unseen.types import Images, Laying, Protected


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Noise of the working copy, enlarged to the photo.

    Attributes:
        noise: (C, h, w) in [0, 1], on the CPU.
    """

    noise: Tensor

    def __call__(self, pixels: Pixels) -> Pixels:
        """Pixels (H, W, C) uint8 with the noise on them, rounded."""
        return lay(self.noise, pixels)


@dataclass(frozen=True, kw_only=True)
class InTurn:
    """One change after the other."""

    parts: Sequence[Laying]

    def __call__(self, pixels: Pixels) -> Pixels:
        """Pixels (H, W, C) uint8 after all changes."""
        for part in self.parts:
            pixels = part(pixels)
        return pixels


def layings(protected: Protected, images: Images) -> tuple[Laying, ...]:
    """How each photo's change is made at full size: as the scheme says, or as noise where it says nothing.

    Args:
        protected: what a scheme made of `images`.
        images: (B, C, h, w) in [0, 1], what the scheme was given, on the k/255 grid.
    """
    if protected.layings is not None:
        return protected.layings
    return tuple(Noise(noise=noise) for noise in (protected.images - images).cpu())
