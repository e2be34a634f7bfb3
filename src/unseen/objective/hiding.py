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
        own, others = _parted(logits, self.classes)
        return -over_members(softplus(own.logsumexp(-1) - others.amax(-1))).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        """The total is at most `allowed_score`, and none of the set is first."""
        own, others = _parted(logits, self.classes)
        behind = own.amax(-1) < others.amax(-1)
        return over_members(behind & (_log_odds(logits, self.classes).sigmoid() <= self.allowed_score)).all(1)

    def take(self, index: Tensor) -> "NoneOf":
        return self


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
        return over_members(softplus(-_log_odds(logits, self.classes)).where(asked, 0)).sum(1)

    def achieved(self, logits: Logits) -> Flags:
        return over_members(_log_odds(logits, self.classes).sigmoid() <= self.allowed_score).all(1)

    def take(self, index: Tensor) -> "AwayFromAll":
        return replace(self, classes=self.classes[index])


def _log_odds(logits: Logits, classes: Tensor) -> Tensor:
    """Of a set of classes as if it were one, against all others; (B,), or (B, M)."""
    own, others = _parted(logits, classes)
    return own.logsumexp(-1) - others.logsumexp(-1)


def _parted(logits: Logits, classes: Tensor) -> tuple[Logits, Logits]:
    """The answer about a set of classes alone, and about all others."""
    return logits.masked_fill(~classes, NO_CLASS), logits.masked_fill(classes, NO_CLASS)
