"""Be read as none of a whole set of classes: what is to be hidden by name, or what means the same to people."""

from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn.functional import softplus

from unseen.objective.answers import NO_CLASS, over_members
from unseen.types import Flags, Logits, PerPhoto


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
        return -over_members(softplus(self._together(logits) - self._others(logits).amax(-1))).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        """The total is at most `allowed_score`, and none of the set is first."""
        odds = self._together(logits) - self._others(logits).logsumexp(-1)
        behind = self._own(logits).amax(-1) < self._others(logits).amax(-1)
        return over_members(behind & (odds.sigmoid() <= self.allowed_score)).all(1)

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
class AwayFromAll:
    """Lower the total probability of a set of classes, and never let go of it.

    For noise that other networks are to obey as well: the gradient of `NoneOf` fades where the set is overtaken, and
    what these networks no longer see, others still do.

    Attributes:
        classes: (B, K) bool, or (B, M, K) where each network has its own; a network of which none, or every one, is
            meant asks for nothing.
        allowed_score: of the total probability, in [0, 1], at which a photo is released.
    """

    classes: Tensor
    allowed_score: float

    def gain(self, logits: Logits) -> PerPhoto:
        """-log p(set), the cross-entropy of the set as if it were one class."""
        asked = self.classes.any(-1) & ~self.classes.all(-1)
        return over_members(softplus(-self._log_odds(logits)).where(asked, 0)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(self._log_odds(logits).sigmoid() <= self.allowed_score).all(1)

    def take(self, index: Tensor) -> "AwayFromAll":
        return replace(self, classes=self.classes[index])

    def _log_odds(self, logits: Logits) -> Tensor:
        own = logits.masked_fill(~self.classes, NO_CLASS).logsumexp(-1)
        return own - logits.masked_fill(self.classes, NO_CLASS).logsumexp(-1)
