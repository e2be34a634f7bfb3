"""What a network still knows about a photo: the two privacy metrics of paper A, section 3.2, and the top-k hit."""

import torch
from torch import Tensor

from unseen.types import Labels, Logits


def icp(logits: Logits, labels: Labels) -> Tensor:
    """Image classification privacy: the probability that the network gives to the reference class.

    Args:
        logits: (B, K), or (B, M, K) from M networks.
        labels: (B,) or (B, M), the reference class of each answer.

    Returns:
        (B,) or (B, M) in [0, 1]: 0 is private, 1 fully exposed.

    Source: paper A, equation 1.
    """
    probabilities = logits.float().softmax(dim=-1)
    return probabilities.gather(-1, labels.unsqueeze(-1)).squeeze(-1)


def ice(logits: Logits) -> Tensor:
    """Image classification entropy: how undecided the network is about the photo.

    Args:
        logits: (B, K), or (B, M, K) from M networks; a class may be ruled out with -inf.

    Returns:
        (B,) or (B, M) in nats: 0 when one class has all the probability, ln K when all classes are equally likely.

    Source: paper A, equation 2, with 0 ln 0 = 0.
    """
    return torch.special.entr(logits.float().softmax(dim=-1)).sum(dim=-1)


def top_k(logits: Logits, labels: Labels, k: int) -> Tensor:
    """Whether the reference class is among the k best answers; a tie at the k-th place counts as a hit.

    Args:
        logits: (B, K), or (B, M, K) from M networks.
        labels: (B,) or (B, M), the reference class of each answer.
        k: how many answers are looked at, at least 1.

    Returns:
        (B,) or (B, M) of booleans.
    """
    if k < 1:
        raise ValueError(f"top-{k} looks at no answer; k must be at least 1")
    reference = logits.gather(-1, labels.unsqueeze(-1))
    return (logits > reference).sum(dim=-1) < k
