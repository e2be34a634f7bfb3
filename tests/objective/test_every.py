"""What holds of every objective, or of several."""

import math

import numpy as np
import pytest
import torch

from unseen.objective import Away, Blend, Hit, Miss, Toward, Undecided
from unseen.types import Objective

from .answers import OWN, PAIRS, TARGET, among, logits_of, probabilities, random_logits, uniform


@pytest.mark.parametrize(
    "objective",
    [
        Toward(target=TARGET, required_score=0.9),
        Away(label=TARGET, allowed_score=0.1),
        uniform(),
        among(PAIRS),
        Hit(target=TARGET, softness=2),
        Miss(label=TARGET, softness=2),
        Undecided(required_share=0.9),
    ],
)
def test_gains_add_up_over_the_networks(objective: Objective) -> None:
    logits = random_logits(4, 3, 7)
    each = sum(objective.gain(logits[:, member]) for member in range(3))
    torch.testing.assert_close(objective.gain(logits), each)
    assert objective.gain(logits).shape == objective.achieved(logits).shape == (4,)


def test_the_goal_must_hold_on_every_network() -> None:
    sure, unsure = [0.995, 0.003, 0.002], [0.5, 0.25, 0.25]
    logits = torch.stack([logits_of(sure, sure), logits_of(sure, unsure)], 1)
    assert Toward(target=torch.tensor([0, 0]), required_score=0.99).achieved(logits).tolist() == [True, False]
    assert Away(label=torch.tensor([1, 1]), allowed_score=0.01).achieved(logits).tolist() == [True, False]
    assert uniform(0.9, torch.tensor([1])).achieved(torch.stack([logits_of(unsure), logits_of(sure)], 1)).tolist() == [
        False
    ]
    own = torch.tensor([[1, 2], [1, 0]])
    assert Away(label=own, allowed_score=0.01).achieved(logits).tolist() == [True, False]


def test_take_follows_the_photos() -> None:
    index = torch.tensor([2, 0, 0])
    logits = random_logits(4, 3, 7)
    for objective in (
        Toward(target=TARGET, required_score=0.9),
        Away(label=OWN, allowed_score=0.1),
        uniform(),
        among(PAIRS, ratio=9, allowed=0.5),
        Hit(target=TARGET, softness=2),
        Miss(label=OWN, softness=2),
        Undecided(required_share=0.5),
        Blend(((1, uniform()), (3, Miss(label=OWN, softness=2)))),
    ):
        torch.testing.assert_close(objective.take(index).gain(logits[index]), objective.gain(logits)[index])
        assert torch.equal(objective.take(index).achieved(logits[index]), objective.achieved(logits)[index])


def test_gains_are_finite_where_a_class_is_hopeless() -> None:
    logits = torch.tensor([[0.0, -1e4, 50.0]], requires_grad=True)
    for objective in (Toward(target=torch.tensor([1]), required_score=0.9), uniform(0.9, torch.tensor([1]))):
        (gradient,) = torch.autograd.grad(objective.gain(logits).sum(), logits)
        assert gradient.isfinite().all()
        assert gradient[0, 1] > 0.3


@pytest.mark.parametrize("gap", [1, 10, 17, 40, 80])
def test_the_gradient_is_right_where_a_network_is_certain(gap: float) -> None:
    logits = torch.tensor([[float(gap), 0.0, -1.0]])
    others = math.exp(-gap) + math.exp(-gap - 1)
    probabilities = np.array([-others, math.exp(-gap), math.exp(-gap - 1)]) / (1 + others)
    for objective, sign in (
        (Away(label=torch.tensor([0]), allowed_score=0.1), 1),
        (Toward(target=torch.tensor([0]), required_score=0.9), -1),
    ):
        given = logits.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(objective.gain(given).sum(), given)
        np.testing.assert_allclose(gradient[0].numpy(), sign * probabilities, rtol=1e-4)


@pytest.mark.parametrize("softness", [0.5, 1.0, 4.0])
def test_hits_and_misses_are_counted_softly(softness: float) -> None:
    logits = random_logits(4, 7)
    likely = probabilities(logits)[range(4), TARGET]
    odds = np.log(likely / (1 - likely))
    expected = 1 / (1 + np.exp(-odds / softness))
    np.testing.assert_allclose(Hit(target=TARGET, softness=softness).gain(logits), expected, rtol=1e-5)
    np.testing.assert_allclose(Miss(label=TARGET, softness=softness).gain(logits), 1 - expected, rtol=1e-5)


def test_a_hit_is_the_first_answer_and_a_miss_is_not() -> None:
    logits = logits_of([0.4, 0.35, 0.25], [0.3, 0.4, 0.3])
    first = torch.tensor([0, 0])
    assert Hit(target=first, softness=1).achieved(logits).tolist() == [True, False]
    assert Miss(label=first, softness=1).achieved(logits).tolist() == [False, True]
