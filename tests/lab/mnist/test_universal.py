from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from unseen.budget import L2, Linf
from unseen.lab.mnist.universal import universal_noise
from unseen.objective import Away, Toward
from unseen.shaping import unit
from unseen.types import Images, Logits

from ...schemes.classifiers import Linear, calm, random_linear

SHAPE, PIXELS, COUNT = (1, 8, 8), 64, 30
TWO = Linear(random_linear(2, PIXELS, scale=1.0).weight, torch.zeros(2))
"""Two classes: whatever the image, the gradient is along the difference of their weights."""
UPHILL = (TWO.weight[1] - TWO.weight[0]).reshape(1, *SHAPE)


@dataclass(frozen=True)
class Logit:
    """A gain that is linear in the image, so that the best noise is known."""

    entries: Tensor

    def gain(self, logits: Logits) -> Tensor:
        return logits[:, 1] - logits[:, 0]

    def achieved(self, logits: Logits) -> Tensor:
        return logits[:, 1] > logits[:, 0]

    def take(self, index: Tensor) -> "Logit":
        return replace(self, entries=self.entries[index])


def images() -> Images:
    return calm(COUNT, *SHAPE)


def toward(label: int) -> Toward:
    return Toward(target=torch.full((COUNT,), label), required_score=0.99)


def test_within_a_limit_every_value_goes_all_the_way_uphill() -> None:
    noise = universal_noise(images(), TWO, toward(1), budget=Linf(0.1), step=0.01, iterations=60, batch=8)
    torch.testing.assert_close(noise, 0.1 * UPHILL.sign())


def test_away_from_a_label_is_toward_the_only_other_one() -> None:
    away = Away(label=torch.zeros(COUNT, dtype=torch.long), allowed_score=0.1)
    noise = universal_noise(images(), TWO, away, budget=Linf(0.1), step=0.01, iterations=60, batch=8)
    torch.testing.assert_close(noise, 0.1 * UPHILL.sign())


def test_within_a_norm_the_noise_is_along_the_gradient() -> None:
    noise = universal_noise(images(), TWO, toward(1), budget=L2(0.5), step=0.05, iterations=30, batch=8, shaping=unit())
    torch.testing.assert_close(noise, 0.5 * UPHILL / UPHILL.norm())


def test_the_price_of_noise_stops_it_where_it_costs_as_much_as_it_gains() -> None:
    price = 40.0
    noise = universal_noise(
        images(),
        TWO,
        Logit(torch.arange(COUNT)),
        budget=Linf(1.0),
        step=0.01,
        iterations=600,
        batch=8,
        l2_weight=price,
    )
    torch.testing.assert_close(noise, UPHILL / price, atol=2e-3, rtol=0)


def test_an_objective_follows_the_images_into_their_batches() -> None:
    """Half of the images are asked one way, half the other: what is left is the difference of the halves."""
    sides = torch.arange(COUNT) % 2
    black_and_white = sides[:, None, None, None].float().expand(COUNT, *SHAPE).clone()
    pixels = Linear(torch.stack([torch.zeros(PIXELS), torch.ones(PIXELS)]), torch.zeros(2))
    objective = Toward(target=1 - sides, required_score=0.99)
    noise = universal_noise(black_and_white, pixels, objective, budget=Linf(0.3), step=0.05, iterations=1, batch=COUNT)
    assert noise.abs().max() < 0.051
    alone = replace(objective, target=torch.ones(COUNT, dtype=torch.long))
    upward = universal_noise(black_and_white, pixels, alone, budget=Linf(0.3), step=0.05, iterations=9, batch=4)
    torch.testing.assert_close(upward, torch.full_like(upward, 0.3))


def test_the_seed_decides_the_order_and_nothing_else_is_random() -> None:
    classifier = random_linear(5, PIXELS, scale=1.0)
    objective = Toward(target=torch.arange(COUNT) % 5, required_score=0.99)

    def noise(seed: int) -> Images:
        return universal_noise(
            images(), classifier, objective, budget=Linf(0.2), step=0.02, iterations=10, batch=7, seed=seed
        )

    assert torch.equal(noise(0), noise(0))
    assert not torch.equal(noise(0), noise(1))


def test_every_image_takes_part_before_any_comes_again() -> None:
    seen: list[int] = []

    @dataclass(frozen=True)
    class Watching(Logit):
        def take(self, index: Tensor) -> "Logit":
            seen.extend(index.tolist())
            return super().take(index)

    universal_noise(images(), TWO, Watching(torch.arange(COUNT)), budget=Linf(0.1), step=0.1, iterations=9, batch=10)
    for epoch in range(3):
        assert sorted(seen[epoch * COUNT : (epoch + 1) * COUNT]) == list(range(COUNT))


def test_no_images_are_refused() -> None:
    with pytest.raises(ValueError, match="no images to make a noise for"):
        universal_noise(images()[:0], TWO, toward(1), budget=Linf(0.1), step=0.01, iterations=1, batch=8)
