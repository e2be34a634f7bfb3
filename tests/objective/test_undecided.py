import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from unseen.objective import Undecided

from .answers import PAIRS, TARGET, among, logits_of, probabilities, random_logits, uniform


def test_uniform_gains_the_mean_log_probability_less_the_lead_of_the_label() -> None:
    logits = random_logits(4, 7)
    shares = probabilities(logits)
    own = np.log(shares[range(4), TARGET])
    others = np.log(np.stack([np.delete(row, label) for row, label in zip(shares, TARGET, strict=True)])).max(1)
    expected = np.log(shares).mean(1) - 0.05 * np.maximum(own - others, -0.1)
    np.testing.assert_allclose(uniform().gain(logits), expected, rtol=1e-5)


def test_a_label_that_is_behind_enough_weighs_nothing_more_in_uniform() -> None:
    near, far = ([1.0, 1.0, 1.0 - behind] for behind in (0.05, 0.15))
    logits = torch.tensor([near, far], requires_grad=True)
    (gradient,) = torch.autograd.grad(uniform(label=torch.tensor([2, 2])).gain(logits).sum(), logits)
    mean = torch.full((2, 3), 1 / 3) - logits.detach().softmax(1)
    assert (gradient - mean)[0, 2].item() == pytest.approx(-0.05)
    torch.testing.assert_close(gradient[1], mean[1])


def test_uniform_is_achieved_by_its_share_of_the_largest_entropy() -> None:
    logits = random_logits(200, 7) / 3
    shares = entropy(probabilities(logits), axis=-1) / math.log(7)
    assert 0 < (shares >= 0.8).sum() < 200
    worst = logits.argmin(1)
    assert np.array_equal(uniform(0.8, worst).achieved(logits).numpy(), shares >= 0.8)


def test_uniform_is_not_achieved_while_the_label_is_the_answer() -> None:
    logits = logits_of([0.30, 0.36, 0.34], [0.36, 0.30, 0.34], [1 / 3, 1 / 3, 1 / 3])
    assert uniform(0.9, torch.tensor([1, 1, 1])).achieved(logits).tolist() == [False, True, True]


def test_uniform_gains_most_where_all_classes_are_equal() -> None:
    equal = torch.full((1, 7), 2.0, requires_grad=True)
    objective = uniform(1 - 1e-6, torch.tensor([0]))
    objective.gain(equal).sum().backward()
    assert equal.grad is not None
    assert equal.grad[0, 0].item() == pytest.approx(-0.05)  # but for the label, which may be a little behind
    assert equal.grad[0, 1:].abs().max() < 0.05
    assert objective.gain(equal.detach()).item() == pytest.approx(-math.log(7))
    assert (objective.gain(random_logits(100, 7)) < -math.log(7)).all()
    assert objective.achieved(equal.detach()).all()


def test_among_gains_with_its_targets_most_with_the_last_of_them() -> None:
    logits = random_logits(4, 7)
    answer = np.log(probabilities(logits))
    targets = np.take_along_axis(answer, PAIRS.numpy(), -1)
    expected = 0.7 * targets.mean(1) + 0.3 * targets.min(1)
    np.testing.assert_allclose(among(PAIRS, allowed=1).gain(logits), expected, rtol=1e-5)
    excess = np.maximum(answer[range(4), TARGET] - math.log(0.1), 0)
    assert 0 < (excess > 0).sum() < 4
    np.testing.assert_allclose(among(PAIRS, allowed=0.1).gain(logits), expected - 0.3 * excess, rtol=1e-5)


def test_among_gains_most_where_its_targets_share_the_answer() -> None:
    objective = among(torch.tensor([[0, 1]]), torch.tensor([2]))
    even = objective.gain(logits_of([0.5, 0.5, 1e-9, 1e-9])).item()
    assert even == pytest.approx(math.log(0.5), abs=1e-6)
    for other in ([0.45, 0.55, 1e-9, 1e-9], [0.4, 0.4, 0.1, 0.1], [0.999, 1e-3, 1e-9, 1e-9]):
        assert objective.gain(logits_of(other)).item() < even


@pytest.mark.parametrize(
    ("answer", "achieved"),
    [
        ([0.40, 0.40, 0.05, 0.15], True),
        ([0.53, 0.27, 0.05, 0.15], True),  # hardly twice as likely
        ([0.60, 0.25, 0.05, 0.10], False),  # not even
        ([0.40, 0.40, 0.15, 0.05], False),  # the label is too likely
        ([0.60, 0.39, 0.005, 0.005], True),  # entropy 0.73
        ([0.64, 0.358, 0.001, 0.001], False),  # entropy 0.67, below ln 2
        ([0.30, 0.30, 0.09, 0.31], False),  # another class is in front of both
        ([0.40, 0.25, 0.05, 0.30], False),  # and of one
    ],
)
def test_among_asks_for_an_even_answer_without_the_label(answer: list[float], achieved: bool) -> None:
    objective = among(torch.tensor([[0, 1]]), torch.tensor([2]), ratio=2)
    assert objective.achieved(logits_of(answer)).item() == achieved


def test_undecided_gains_the_entropy() -> None:
    logits = random_logits(4, 7)
    expected = entropy(probabilities(logits), axis=-1)
    np.testing.assert_allclose(Undecided(required_share=0.5).gain(logits), expected, rtol=1e-5)
    share = float(np.median(expected)) / math.log(7)
    assert Undecided(required_share=share).achieved(logits).tolist() == (expected >= np.median(expected)).tolist()
