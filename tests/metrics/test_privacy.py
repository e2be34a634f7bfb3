import math

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from unseen.metrics import ice, icp, top_k


def random_logits(*shape: int) -> torch.Tensor:
    return 4 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_uniform_answer_is_as_undecided_as_can_be() -> None:
    logits = torch.full((2, 1000), 3.0)
    torch.testing.assert_close(ice(logits), torch.full((2,), math.log(1000)))
    torch.testing.assert_close(icp(logits, torch.tensor([0, 999])), torch.full((2,), 1e-3))


@pytest.mark.parametrize("gap", [1e3, 1e30, math.inf])
def test_certain_answer_has_no_entropy(gap: float) -> None:
    logits = torch.full((1, 10), -gap)
    logits[0, 7] = 0.0
    assert ice(logits).tolist() == [0.0]
    assert icp(logits, torch.tensor([7])).tolist() == [1.0]
    assert icp(logits, torch.tensor([0])).tolist() == [0.0]


def test_two_classes_follow_the_closed_form() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0]])
    expected = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    torch.testing.assert_close(ice(logits), torch.tensor([expected]))
    torch.testing.assert_close(icp(logits, torch.tensor([0])), torch.tensor([0.75]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_agrees_with_scipy(dtype: torch.dtype) -> None:
    logits = random_logits(6, 1000).to(dtype)
    labels = torch.arange(6)
    probabilities = softmax(logits.double().numpy(), axis=-1)
    np.testing.assert_allclose(ice(logits).numpy(), entropy(probabilities, axis=-1), rtol=1e-5)
    np.testing.assert_allclose(icp(logits, labels).numpy(), probabilities[range(6), range(6)], rtol=1e-5)


def test_each_member_of_an_ensemble_has_its_own_answer_and_reference() -> None:
    logits = random_logits(3, 2, 10)
    labels = torch.tensor([[0, 1], [2, 3], [4, 5]])
    for member in range(2):
        torch.testing.assert_close(icp(logits, labels)[:, member], icp(logits[:, member], labels[:, member]))
        torch.testing.assert_close(ice(logits)[:, member], ice(logits[:, member]))
    assert top_k(logits, labels, 5).shape == (3, 2)


def test_top_k_agrees_with_sorting() -> None:
    logits = random_logits(50, 20)
    labels = torch.arange(50) % 20
    for k in (1, 5, 20, 21):
        best = logits.argsort(dim=-1, descending=True)[:, :k]
        assert torch.equal(top_k(logits, labels, k), (best == labels[:, None]).any(dim=-1))


def test_a_tie_counts_as_a_hit() -> None:
    assert top_k(torch.tensor([[1.0, 2.0, 2.0]]), torch.tensor([2]), 1).tolist() == [True]


def test_top_0_is_refused() -> None:
    with pytest.raises(ValueError, match="top-0"):
        top_k(torch.zeros(1, 2), torch.tensor([0]), 0)
