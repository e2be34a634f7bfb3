import math

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy
from torch import Tensor

from unseen.objective import Among, Away, Blend, Hit, Miss, Toward, Undecided, Uniform
from unseen.types import Objective

TARGET = torch.tensor([0, 3, 6, 6])
OWN = torch.tensor([[0, 1, 2], [3, 4, 5], [6, 0, 1], [6, 6, 6]])
"""One class a photo and network."""
PAIRS = torch.tensor([[1, 2], [4, 5], [0, 3], [2, 5]])


def among(targets: Tensor, label: Tensor = TARGET, *, ratio: float = 2, allowed: float = 0.1) -> Among:
    return Among(targets=targets, label=label, required_ratio=ratio, allowed_score=allowed)


def uniform(share: float = 0.9, label: Tensor = TARGET) -> Uniform:
    return Uniform(label=label, required_share=share)


def random_logits(*shape: int) -> Tensor:
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def probabilities(logits: Tensor) -> np.ndarray:
    return softmax(logits.double().numpy(), axis=-1)


def logits_of(*rows: list[float]) -> Tensor:
    """Logits of these probabilities."""
    return torch.tensor(rows, dtype=torch.float64).log()


def test_toward_gains_the_log_probability() -> None:
    logits = random_logits(4, 7)
    expected = np.log(probabilities(logits)[range(4), TARGET])
    np.testing.assert_allclose(Toward(target=TARGET, required_score=0.9).gain(logits), expected, rtol=1e-5)


def test_away_gains_the_cross_entropy() -> None:
    logits = random_logits(4, 7)
    expected = -np.log(probabilities(logits)[range(4), TARGET])
    np.testing.assert_allclose(Away(label=TARGET, allowed_score=0.1).gain(logits), expected, rtol=1e-5)


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


def test_each_network_may_have_its_own_label() -> None:
    logits = random_logits(4, 3, 7)
    expected = -np.log(np.take_along_axis(probabilities(logits), OWN.numpy()[..., None], -1)).sum((1, 2))
    np.testing.assert_allclose(Away(label=OWN, allowed_score=0.1).gain(logits), expected, rtol=1e-5)


def test_toward_is_achieved_from_the_required_score_on() -> None:
    logits = logits_of([0.989, 0.011], [0.991, 0.009])
    objective = Toward(target=torch.tensor([0, 0]), required_score=0.99)
    assert objective.achieved(logits).tolist() == [False, True]


def test_away_is_achieved_from_the_allowed_score_down() -> None:
    logits = logits_of([0.0011, 0.9989], [0.0009, 0.9991])
    objective = Away(label=torch.tensor([0, 0]), allowed_score=0.001)
    assert objective.achieved(logits).tolist() == [False, True]


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


def test_undecided_gains_the_entropy() -> None:
    logits = random_logits(4, 7)
    expected = entropy(probabilities(logits), axis=-1)
    np.testing.assert_allclose(Undecided(required_share=0.5).gain(logits), expected, rtol=1e-5)
    share = float(np.median(expected)) / math.log(7)
    assert Undecided(required_share=share).achieved(logits).tolist() == (expected >= np.median(expected)).tolist()


def test_a_blend_adds_its_parts_by_weight_and_asks_for_all_of_them() -> None:
    logits = random_logits(4, 3, 7)
    away, even = Away(label=OWN, allowed_score=0.5), uniform(0.5)
    blend = Blend(((2.0, away), (0.5, even)))
    torch.testing.assert_close(blend.gain(logits), 2 * away.gain(logits) + 0.5 * even.gain(logits))
    assert torch.equal(blend.achieved(logits), away.achieved(logits) & even.achieved(logits))
