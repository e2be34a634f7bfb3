"""Be read as a class that was chosen."""

from dataclasses import dataclass, replace

from torch import Tensor

from unseen.objective.answers import log_odds, log_probability, over_members
from unseen.types import Flags, Labels, Logits, PerPhoto


@dataclass(frozen=True, kw_only=True)
class Toward:
    """Raise the probability of `target` until it is at least `required_score`.

    Attributes:
        target: (B,) class indices, the same for every network.
        required_score: probability in [0, 1].
    """

    target: Labels
    required_score: float

    def gain(self, logits: Logits) -> PerPhoto:
        """log p(target): its gradient fades on networks that give in, so the others lead."""
        return over_members(log_probability(logits, self.target)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(log_probability(logits, self.target).exp() >= self.required_score).all(1)

    def take(self, index: Tensor) -> "Toward":
        return replace(self, target=self.target[index])


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Be read as `target` at all: the number of such photos, smoothed, so that hopeless ones do not lead.

    For noise that many photos share, where `Toward` would spend it on the photos that resist most.

    Attributes:
        target: (B,) class indices.
        softness: log-odds within which a photo counts in part.
    """

    target: Labels
    softness: float

    def gain(self, logits: Logits) -> PerPhoto:
        """sigmoid(log-odds of the target / softness)."""
        return over_members((log_odds(logits, self.target) / self.softness).sigmoid()).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(log_odds(logits, self.target, best_only=True) >= 0).all(1)

    def take(self, index: Tensor) -> "Hit":
        return replace(self, target=self.target[index])
