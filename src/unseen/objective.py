"""What to ask of a classifier's answer: a gain to ascend and a goal to stop at.

Logits are (B, K), or (B, M, K) from an ensemble: gains add up over the M networks, a goal must hold on every one.
Every objective is frozen and holds one entry a photo; `take` picks the entries of a batch whose photos change.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import softplus

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
        return _over_members(_log_probability(logits, self.target)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return _over_members(_log_probability(logits, self.target).exp() >= self.required_score).all(1)

    def take(self, index: Tensor) -> "Toward":
        return replace(self, target=self.target[index])


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
        return -_over_members(_log_probability(logits, self.label)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return _over_members(_log_probability(logits, self.label).exp() <= self.allowed_score).all(1)

    def take(self, index: Tensor) -> "Away":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Make all classes equally likely until the entropy is `required_share` of ln K (problem P2 of Liu et al. 2019)."""

    required_share: float

    def gain(self, logits: Logits) -> PerPhoto:
        """Mean log-probability of the classes: the negative cross-entropy to the uniform answer, up to a constant."""
        return _over_members(torch.log_softmax(logits, -1).mean(-1)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        log_probability = torch.log_softmax(logits, -1)
        entropy = -(log_probability.exp() * log_probability).sum(-1)
        return _over_members(entropy >= self.required_share * math.log(logits.shape[-1])).all(1)

    def take(self, index: Tensor) -> "Uniform":
        return self


def _log_probability(logits: Logits, labels: Labels) -> Tensor:
    """log p of one class a photo, or of one a photo and network; (B,) or (B, M).

    From the odds, because the gradient of a softmax is lost in rounding where a network is certain.
    """
    if logits.ndim == 3 and labels.ndim == 1:
        labels = labels[:, None].expand(logits.shape[:-1])
    index = labels[..., None]
    others = logits.scatter(-1, index, -math.inf).logsumexp(-1)
    return -softplus(others - logits.gather(-1, index).squeeze(-1))


def _over_members(values: Tensor) -> Tensor:
    """(B,) or (B, M) -> (B, M)."""
    return values.reshape(len(values), -1)
