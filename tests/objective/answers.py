"""Answers of three networks to four photos, and what these are asked."""

import numpy as np
import torch
from scipy.special import softmax
from torch import Tensor

from unseen.objective import Among, Uniform

TARGET = torch.tensor([0, 3, 6, 6])
OWN = torch.tensor([[0, 1, 2], [3, 4, 5], [6, 0, 1], [6, 6, 6]])
"""One class a photo and network."""
PAIRS = torch.tensor([[1, 2], [4, 5], [0, 3], [2, 5]])


def random_logits(*shape: int) -> Tensor:
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def probabilities(logits: Tensor) -> np.ndarray:
    return softmax(logits.double().numpy(), axis=-1)


def logits_of(*rows: list[float]) -> Tensor:
    """Logits of these probabilities."""
    return torch.tensor(rows, dtype=torch.float64).log()


def among(targets: Tensor, label: Tensor = TARGET, *, ratio: float = 2, allowed: float = 0.1) -> Among:
    return Among(targets=targets, label=label, required_ratio=ratio, allowed_score=allowed)


def uniform(share: float = 0.9, label: Tensor = TARGET) -> Uniform:
    return Uniform(label=label, required_share=share)
