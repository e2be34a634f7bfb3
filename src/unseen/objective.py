"""What to ask of a classifier's answer: a gain to ascend and a goal to stop at.

Logits are (B, K), or (B, M, K) from an ensemble: gains add up over the M networks, a goal must hold on every one.
Every objective is frozen and holds one entry a photo; `take` picks the entries of a batch whose photos change.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import softplus

from unseen.types import Flags, Labels, Logits, Objective, PerPhoto

NO_CLASS = -1e9
"""The logit of a class that a network does not have: its probability is 0, and no sum or gradient becomes infinite."""

_LABEL_SHARE = 0.3
"""Of the label in the gain of `Among`: enough to keep it falling, too little to outweigh the targets."""
_LAST_SHARE = 0.3
"""Of the least likely target in the gain of `Among`, beside the mean of all."""

_LEAD_SHARE = 0.05
"""Of the label's lead in the gain of `Uniform`."""
_BEHIND = 0.1
"""Log-odds of the likeliest other to the label beyond which that lead counts no more."""


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
        return -_over_members(softplus(_log_odds(logits, self.label, best_only=True))).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        overtaken = _log_odds(logits, self.label, best_only=True) <= -math.log(self.required_ratio)
        return _over_members(overtaken).all(1)

    def take(self, index: Tensor) -> "Overtaken":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class NoneOf:
    """See none of a set of classes: lower their total probability, so that the answer is not another of them.

    Attributes:
        classes: (K,) bool, the same for every photo, or (M, K) where each network has its own; a network of which no
            class is meant has reached its goal.
        allowed_score: of the total probability, in [0, 1].
    """

    classes: Tensor
    allowed_score: float

    def gain(self, logits: Logits) -> PerPhoto:
        """-log(1 + p(set) / p(best other)): its gradient fades on networks where the set is overtaken as a whole."""
        return -_over_members(softplus(self._together(logits) - self._others(logits).amax(-1))).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        """The total is at most `allowed_score`, and none of the set is first."""
        odds = self._together(logits) - self._others(logits).logsumexp(-1)
        behind = self._own(logits).amax(-1) < self._others(logits).amax(-1)
        return _over_members(behind & (odds.sigmoid() <= self.allowed_score)).all(1)

    def take(self, index: Tensor) -> "NoneOf":
        return self

    def _together(self, logits: Logits) -> Tensor:
        """The logit of the set as if it were one class; (B,), or (B, M)."""
        return self._own(logits).logsumexp(-1)

    def _own(self, logits: Logits) -> Tensor:
        return logits.masked_fill(~self.classes, NO_CLASS)

    def _others(self, logits: Logits) -> Tensor:
        return logits.masked_fill(self.classes, NO_CLASS)


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
        lead = _log_odds(logits, self.label, best_only=True).clamp_min(-_BEHIND)
        return _over_members(torch.log_softmax(logits, -1).mean(-1) - _LEAD_SHARE * lead).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        undecided = _entropy(logits) >= self.required_share * math.log(logits.shape[-1])
        return _over_members(undecided & (_log_odds(logits, self.label, best_only=True) <= 0)).all(1)

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
        excess = (_log_probability(logits, self.label) - math.log(self.allowed_score)).relu()
        return _over_members(even - _LABEL_SHARE * excess).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        """Even among the targets, none behind any other class, the label ruled out, and an entropy of at least ln n."""
        targets = self._log_probabilities(logits)
        in_front = targets.amin(-1) >= self._best_other(logits)
        even = targets.amax(-1) - targets.amin(-1) <= math.log(self.required_ratio)
        unlikely = _log_probability(logits, self.label).exp() <= self.allowed_score
        undecided = _entropy(logits) >= math.log(self.targets.shape[-1])
        return _over_members(even & in_front & unlikely & undecided).all(1)

    def take(self, index: Tensor) -> "Among":
        return replace(self, targets=self.targets[index], label=self.label[index])

    def _log_probabilities(self, logits: Logits) -> Tensor:
        """(B, n), or (B, M, n)."""
        return torch.stack([_log_probability(logits, target) for target in self.targets.unbind(-1)], -1)

    def _best_other(self, logits: Logits) -> Tensor:
        """log p of the likeliest class that is no target; (B,), or (B, M)."""
        targets = self.targets if logits.ndim == 2 else self.targets[:, None].expand(*logits.shape[:-1], -1)
        return torch.log_softmax(logits, -1).scatter(-1, targets, -math.inf).amax(-1)


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
        return _over_members((_log_odds(logits, self.target) / self.softness).sigmoid()).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return _over_members(_log_odds(logits, self.target, best_only=True) >= 0).all(1)

    def take(self, index: Tensor) -> "Hit":
        return replace(self, target=self.target[index])


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
        return _over_members((-_log_odds(logits, self.label) / self.softness).sigmoid()).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return _over_members(_log_odds(logits, self.label, best_only=True) < 0).all(1)

    def take(self, index: Tensor) -> "Miss":
        return replace(self, label=self.label[index])


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """Raise the entropy of the answer, until it is `required_share` of ln K.

    For noise that many photos share: other than with `Uniform`, a class that a photo rules out costs nothing.
    """

    required_share: float

    def gain(self, logits: Logits) -> PerPhoto:
        """The entropy in nats."""
        return _over_members(_entropy(logits)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return _over_members(_entropy(logits) >= self.required_share * math.log(logits.shape[-1])).all(1)

    def take(self, index: Tensor) -> "Undecided":
        return self


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


def _log_probability(logits: Logits, labels: Labels) -> Tensor:
    """log p of one class a photo, or of one a photo and network; (B,) or (B, M).

    From the odds, because the gradient of a softmax is lost in rounding where a network is certain.
    """
    return -softplus(-_log_odds(logits, labels))


def _log_odds(logits: Logits, labels: Labels, *, best_only: bool = False) -> Tensor:
    """log (p / (1 - p)) of those classes, or with `best_only` log (p / p of the likeliest other); (B,) or (B, M)."""
    if logits.ndim == 3 and labels.ndim == 1:
        labels = labels[:, None].expand(logits.shape[:-1])
    index = labels[..., None]
    others = logits.scatter(-1, index, -math.inf)
    return logits.gather(-1, index).squeeze(-1) - (others.amax(-1) if best_only else others.logsumexp(-1))


def _entropy(logits: Logits) -> Tensor:
    """In nats; (B,) or (B, M)."""
    log_probability = torch.log_softmax(logits, -1)
    return -(log_probability.exp() * log_probability).sum(-1)


def _over_members(values: Tensor) -> Tensor:
    """(B,) or (B, M) -> (B, M)."""
    return values.reshape(len(values), -1)
