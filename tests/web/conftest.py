"""A desk with quick networks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unseen.web.desk import Desk
from unseen.web.limits import Limits
from unseen.web.offer import Offer


@pytest.fixture
def offer(tiny: str) -> Offer:
    """A quick network to protect against, and another that only judges."""
    return Offer(models=(tiny,), audit_models=(f"{tiny}?seed=1",), device="cpu")


@pytest.fixture
def slow(tiny: str) -> Offer:
    """One network that thinks for a hundredth of a second."""
    return Offer(models=(f"{tiny}?pause=0.01",), audit_models=(), device="cpu")


@pytest.fixture
def opened() -> Iterator[Callable[..., Desk]]:
    """Open desks, which close with the test: opened(offer, on_batch=…, waiting=…)."""
    desks = []

    def open_desk(offer: Offer, *, on_batch: Callable[[int], None] = lambda count: None, **limits: float) -> Desk:
        desks.append(desk := Desk(offer, Limits(**limits)))  # type: ignore[arg-type]
        desk.on_batch = on_batch
        desk.start()
        return desk

    yield open_desk
    for desk in desks:
        desk.stop()


@pytest.fixture
def photos(draw) -> list[bytes]:
    """Files of eight photos."""
    paths: list[Path] = [draw(f"{seed}.jpg", seed=seed, quality=90) for seed in range(8)]
    return [path.read_bytes() for path in paths]
