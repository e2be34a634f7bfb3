"""Leave the answer a guess, between all classes or a few."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from unseen.objective.answers import entropy, log_odds, log_probability, over_members
from unseen.types import Flags, Labels, Logits, PerPhoto

_LABEL_SHARE = 0.3
"""Of the label in the gain of `Among`: enough to keep it falling, too little to outweigh the targets."""
_LAST_SHARE = 0.3
"""Of the least likely target in the gain of `Among`, beside the mean of all."""

_LEAD_SHARE = 0.05
"""Of the label's lead in the gain of `Uniform`."""
_BEHIND = 0.1
"""Log-odds of the likeliest other to the label beyond which that lead counts no more."""


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Make all classes equally likely: problem P2 of Liu et al. 2019.

    Attributes:
        label: (B,) class indices, or (B, M); another class must be at least as likely, however little that says.
        required_share: of ln K that the entropy must reach, in [0, 1].
    """

    label: Labels
    required_share: float

    def gain(self, logits: Logits) -> PerPhoto:
        """Mean log-probability of the classes, less a share of the label's lead over the likeliest other.

        The mean is the negative cross-entropy to the uniform answer, up to a constant. Where all classes are nearly
        equal, it does not mind which of them is first by a hair; the lead does, until the label is a little behind.
        """
        lead = log_odds(logits, self.label, best_only=True).clamp_min(-_BEHIND)
        return over_members(torch.log_softmax(logits, -1).mean(-1) - _LEAD_SHARE * lead).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        undecided = entropy(logits) >= self.required_share * math.log(logits.shape[-1])
        return over_members(undecided & (log_odds(logits, self.label, best_only=True) <= 0)).all(1)

    def take(self, index: Tensor) -> "Uniform":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class Among:
    """Make n classes equally likely and rule out the label, so that the answer is a guess with them in front.

    Attributes:
        targets: (B, n) class indices, different ones for a photo, the same for every network.
        label: (B,) class indices, or (B, M), none a target.
        required_ratio: the most likely target is at most so many times as likely as the least likely one.
        allowed_score: the largest probability of `label`, in [0, 1].
    """

    targets: Labels
    label: Labels
    required_ratio: float
    allowed_score: float

    def gain(self, logits: Logits) -> PerPhoto:
        """Mean log p over the targets, with more weight on the last one, and less what the label has too much.

        The mean is the negative cross-entropy to an even answer. Its own pull on the label fades with the label's
        probability, long before that is small enough, and a target that lags behind would be one of many.
        """
        targets = self._log_probabilities(logits)
        even = targets.mean(-1).lerp(targets.amin(-1), _LAST_SHARE)
        excess = (log_probability(logits, self.label) - math.log(self.allowed_score)).relu()
        return over_members(even - _LABEL_SHARE * excess).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        """Even among the targets, none behind any other class, the label ruled out, and an entropy of at least ln n."""
        targets = self._log_probabilities(logits)
        in_front = targets.amin(-1) >= self._best_other(logits)
        even = targets.amax(-1) - targets.amin(-1) <= math.log(self.required_ratio)
        unlikely = log_probability(logits, self.label).exp() <= self.allowed_score
        undecided = entropy(logits) >= math.log(self.targets.shape[-1])
        return over_members(even & in_front & unlikely & undecided).all(1)

    def take(self, index: Tensor) -> "Among":
        return replace(self, targets=self.targets[index], label=self.label[index])

    def _log_probabilities(self, logits: Logits) -> Tensor:
        """(B, n), or (B, M, n)."""
        return torch.stack([log_probability(logits, target) for target in self.targets.unbind(-1)], -1)

    def _best_other(self, logits: Logits) -> Tensor:
        """log p of the likeliest class that is no target; (B,), or (B, M)."""
        targets = self.targets if logits.ndim == 2 else self.targets[:, None].expand(*logits.shape[:-1], -1)
        return torch.log_softmax(logits, -1).scatter(-1, targets, -math.inf).amax(-1)


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """Raise the entropy of the answer, until it is `required_share` of ln K.

    For noise that many photos share: other than with `Uniform`, a class that a photo rules out costs nothing.
    """

    required_share: float

    def gain(self, logits: Logits) -> PerPhoto:
        """The entropy in nats."""
        return over_members(entropy(logits)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(entropy(logits) >= self.required_share * math.log(logits.shape[-1])).all(1)

    def take(self, index: Tensor) -> "Undecided":
        return self
