"""The objective `Overtaken`, against probabilities and against autograd's view of the formula."""

import math

import pytest
import torch

from unseen.objective import Overtaken


def random_logits(*shape: int) -> torch.Tensor:
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_the_gain_is_its_formula() -> None:
    logits, labels = random_logits(6, 9), torch.arange(6)
    probability = logits.double().softmax(1)
    own = probability[range(6), labels]
    best = probability.scatter(1, labels[:, None], 0).amax(1)
    found = Overtaken(label=labels, required_ratio=2).gain(logits)
    torch.testing.assert_close(found.double(), -(1 + own / best).log(), rtol=1e-5, atol=1e-6)


def test_it_is_reached_where_another_class_is_so_many_times_as_likely() -> None:
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


def test_a_batch_that_changes() -> None:
    logits, labels = random_logits(4, 5), torch.tensor([0, 1, 2, 3])
    index = torch.tensor([3, 0])
    taken = Overtaken(label=labels, required_ratio=2).take(index)
    whole = Overtaken(label=labels, required_ratio=2).gain(logits)
    assert torch.equal(taken.gain(logits[index]), whole[index])
