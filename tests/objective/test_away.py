import math

import numpy as np
import pytest
import torch

from unseen.objective import Away, Overtaken

from .answers import OWN, TARGET, logits_of, probabilities, random_logits


def test_away_gains_the_cross_entropy() -> None:
    logits = random_logits(4, 7)
    expected = -np.log(probabilities(logits)[range(4), TARGET])
    np.testing.assert_allclose(Away(label=TARGET, allowed_score=0.1).gain(logits), expected, rtol=1e-5)


def test_each_network_may_have_its_own_label() -> None:
    logits = random_logits(4, 3, 7)
    expected = -np.log(np.take_along_axis(probabilities(logits), OWN.numpy()[..., None], -1)).sum((1, 2))
    np.testing.assert_allclose(Away(label=OWN, allowed_score=0.1).gain(logits), expected, rtol=1e-5)


def test_away_is_achieved_from_the_allowed_score_down() -> None:
    logits = logits_of([0.0011, 0.9989], [0.0009, 0.9991])
    objective = Away(label=torch.tensor([0, 0]), allowed_score=0.001)
    assert objective.achieved(logits).tolist() == [False, True]


def test_overtaken_gains_by_its_formula() -> None:
    logits, labels = random_logits(6, 9), torch.arange(6)
    probability = logits.double().softmax(1)
    own = probability[range(6), labels]
    best = probability.scatter(1, labels[:, None], 0).amax(1)
    found = Overtaken(label=labels, required_ratio=2).gain(logits)
    torch.testing.assert_close(found.double(), -(1 + own / best).log(), rtol=1e-5, atol=1e-6)


def test_overtaken_is_reached_where_another_class_is_so_many_times_as_likely() -> None:
    logits = torch.tensor([[0.0, math.log(2.001), -9.0], [0.0, math.log(1.999), -9.0], [1.0, 0.0, 0.0]])
    labels = torch.zeros(3, dtype=torch.long)
    assert Overtaken(label=labels, required_ratio=2).achieved(logits).tolist() == [True, False, False]
    assert Overtaken(label=labels, required_ratio=1).achieved(logits).tolist() == [True, True, False]


def test_an_overtaken_network_leaves_the_lead_to_the_others() -> None:
    logits = torch.tensor([[[9.0, 0.0], [-9.0, 0.0]]], requires_grad=True)
    objective = Overtaken(label=torch.tensor([[0, 0]]), required_ratio=2)
    objective.gain(logits).sum().backward()
    assert logits.grad is not None
    known, overtaken = logits.grad.abs().sum((0, 2)).tolist()
    assert known == pytest.approx(2, abs=1e-3)
    assert overtaken < 1e-3
    assert objective.achieved(logits.detach()).tolist() == [False]


def test_overtaken_follows_a_batch_that_changes() -> None:
    logits, labels = random_logits(4, 5), torch.tensor([0, 1, 2, 3])
    index = torch.tensor([3, 0])
    taken = Overtaken(label=labels, required_ratio=2).take(index)
    whole = Overtaken(label=labels, required_ratio=2).gain(logits)
    assert torch.equal(taken.gain(logits[index]), whole[index])
