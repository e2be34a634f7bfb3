"""Several objectives at once."""

from dataclasses import dataclass

import torch
from torch import Tensor

from unseen.types import Flags, Logits, Objective, PerPhoto


@dataclass(frozen=True)
class Blend:
    """Several objectives at once: the sum of their gains, each with a weight, until all of them hold."""

    parts: tuple[tuple[float, Objective], ...]

    def gain(self, logits: Logits) -> PerPhoto:
        return torch.stack([weight * part.gain(logits) for weight, part in self.parts]).sum(0)

    def achieved(self, logits: Logits) -> Flags:
        return torch.stack([part.achieved(logits) for _, part in self.parts]).all(0)

    def take(self, index: Tensor) -> "Blend":
        return Blend(tuple((weight, part.take(index)) for weight, part in self.parts))
