"""What objectives ask of an answer: odds, probabilities and entropy, of one network or of several."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from unseen.types import Labels, Logits

NO_CLASS = -1e9
"""The logit of a class that a network does not have: its probability is 0, and no sum or gradient becomes infinite."""


def log_probability(logits: Logits, labels: Labels) -> Tensor:
    """log p of one class a photo, or of one a photo and network; (B,) or (B, M).

    From the odds, because the gradient of a softmax is lost in rounding where a network is certain.
    """
    return -softplus(-log_odds(logits, labels))


def log_odds(logits: Logits, labels: Labels, *, best_only: bool = False) -> Tensor:
    """log (p / (1 - p)) of those classes, or with `best_only` log (p / p of the likeliest other); (B,) or (B, M)."""
    if logits.ndim == 3 and labels.ndim == 1:
        labels = labels[:, None].expand(logits.shape[:-1])
    index = labels[..., None]
    others = logits.scatter(-1, index, -math.inf)
    return logits.gather(-1, index).squeeze(-1) - (others.amax(-1) if best_only else others.logsumexp(-1))


def entropy(logits: Logits) -> Tensor:
    """Of the answer, in nats; (B,) or (B, M)."""
    log_shares = torch.log_softmax(logits, -1)
    return -(log_shares.exp() * log_shares).sum(-1)


def over_members(values: Tensor) -> Tensor:
    """(B,) or (B, M) -> (B, M)."""
    return values.reshape(len(values), -1)
