"""Be read as anything but one class."""

import math
from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn.functional import softplus

from unseen.objective.answers import log_odds, log_probability, over_members
from unseen.types import Flags, Labels, Logits, PerPhoto


@dataclass(frozen=True, kw_only=True)
class Away:
    """Lower the probability of `label` until it is at most `allowed_score` (problem P1 of Liu et al. 2019).

    Attributes:
        label: (B,) class indices, or (B, M) where each network has its own.
        allowed_score: probability in [0, 1].
    """

    label: Labels
    allowed_score: float

    def gain(self, logits: Logits) -> PerPhoto:
        """-log p(label), the cross-entropy."""
        return -over_members(log_probability(logits, self.label)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(log_probability(logits, self.label).exp() <= self.allowed_score).all(1)

    def take(self, index: Tensor) -> "Away":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class Overtaken:
    """Let any other class be `required_ratio` times as likely as `label`, however likely that is.

    Attributes:
        label: (B,) class indices, or (B, M) where each network has its own.
        required_ratio: at least 1.
    """

    label: Labels
    required_ratio: float

    def gain(self, logits: Logits) -> PerPhoto:
        """-log(1 + p(label) / p(best other)): its gradient fades on networks where the label is overtaken."""
        return -over_members(softplus(log_odds(logits, self.label, best_only=True))).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        overtaken = log_odds(logits, self.label, best_only=True) <= -math.log(self.required_ratio)
        return over_members(overtaken).all(1)

    def take(self, index: Tensor) -> "Overtaken":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class Miss:
    """Be read as anything but `label`: the number of such photos, smoothed as in `Hit`.

    Attributes:
        label: (B,) class indices, or (B, M).
        softness: log-odds within which a photo counts in part.
    """

    label: Labels
    softness: float

    def gain(self, logits: Logits) -> PerPhoto:
        """sigmoid(-log-odds of the label / softness)."""
        return over_members((-log_odds(logits, self.label) / self.softness).sigmoid()).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(log_odds(logits, self.label, best_only=True) < 0).all(1)

    def take(self, index: Tensor) -> "Miss":
        return replace(self, label=self.label[index])
