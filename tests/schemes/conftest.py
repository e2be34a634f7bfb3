"""Real photos and a real network, and the same network computed without what makes ours fast."""

import numpy as np
import pytest
import torch
from scipy.special import softmax

from unseen.models import Network, load_classifier
from unseen.types import Images

from .photos import real_photos


@pytest.fixture(scope="session")
def photos() -> Images:
    return real_photos()


@pytest.fixture(scope="session")
def lite0() -> Network:
    return load_classifier("lite0")


@pytest.fixture(scope="session")
def plain() -> Network:
    """Unfolded, for a judgement and gradients of its own."""
    return load_classifier("lite0", fold=False)


def judged(network: Network, images: Images) -> np.ndarray:
    """Probabilities (B, K) of pictures taken from 8-bit values, one picture at a time."""
    levels = images.mul(255).round().to(torch.uint8)
    with torch.inference_mode():
        logits = [network(photo[None] / 255) for photo in levels]
    return softmax(torch.cat(logits).double().numpy(), axis=1)
