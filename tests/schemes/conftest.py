"""Real photos and a real network, and the same network computed without what makes ours fast."""

import pytest

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
