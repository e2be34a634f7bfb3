"""A crawler's network at the end of one way in which photos come to it."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from unseen.models import Network
from unseen.photo.photo import Pixels
from unseen.reading import answer
from unseen.report.layout import Role
from unseen.threats.presets import Preset


@dataclass(frozen=True, kw_only=True)
class Threat:
    """One way in which a photo is read by a machine.

    Attributes:
        network: who reads.
        role: whether the protection was made against that network.
        preset: what becomes of the photo before the network gets it, and how it looks at it.
    """

    network: Network
    role: Role
    preset: Preset

    def __call__(self, *copies: Pixels) -> Tensor:
        """The logits (K,) on a posted photo (H, W, C) uint8 in sRGB, of which there may be several copies."""
        return self.read(self.preset.serve(copies))

    def read(self, served: Pixels) -> Tensor:
        """The same on what `preset.serve` gave."""
        logits = answer(self.network, served)
        if not self.preset.mirrored:
            return logits
        mirrored = answer(self.network, np.ascontiguousarray(served[:, ::-1]))
        return ((logits.softmax(0) + mirrored.softmax(0)) / 2).log()  # logarithms of a distribution are its logits
