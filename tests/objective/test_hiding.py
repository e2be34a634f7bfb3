"""The objective over a set of classes."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from torch import Tensor

from unseen.objective import NO_CLASS, Away, AwayFromAll, NoneOf

from .answers import logits_of, random_logits

CATS = torch.tensor([True, True, False, False, False, True, False])
OWN = torch.stack([CATS, ~CATS, torch.zeros(7, dtype=torch.bool)])
"""A set for each of three networks; the third knows none of it."""


def none_of(classes: Tensor = CATS, allowed: float = 0.1) -> NoneOf:
    return NoneOf(classes=classes, allowed_score=allowed)


def test_the_gain_is_the_closed_form_in_probabilities() -> None:
    """-log(1 + p(set) / p(best other)), from an independent softmax in double precision."""
    logits = random_logits(9, 7)
    shares = softmax(logits.double().numpy(), axis=-1)
    expected = -np.log1p(shares[:, CATS].sum(1) / shares[:, ~CATS].max(1))
    np.testing.assert_allclose(none_of().gain(logits), expected, rtol=1e-5)


def test_the_gradient_is_the_closed_form() -> None:
    """-s p(k | set) on the set's classes, s on the best other, 0 elsewhere, where s = sigmoid(set - best other)."""
    logits = random_logits(5, 7).double().requires_grad_()
    (gradient,) = torch.autograd.grad(none_of().gain(logits).sum(), logits)
    values = logits.detach().numpy()
    own, others = values[:, CATS], values[:, ~CATS]
    share = 1 / (1 + np.exp(others.max(1) - np.log(np.exp(own).sum(1))))
    expected = np.zeros_like(values)
    expected[:, CATS] = -share[:, None] * softmax(own, axis=1)
    best = np.where(CATS, -np.inf, values).argmax(1)
    expected[range(5), best] = share
    np.testing.assert_allclose(gradient, expected, atol=1e-12)


def test_it_pushes_the_whole_set_where_the_label_alone_leaves_its_kin() -> None:
    """Two cats share the answer: moving along the gradient lowers both, that of `Away` raises the second."""
    logits = torch.tensor([[3.0, 2.9, 1.0, 0.0, 0.0, -2.0, 0.0]], requires_grad=True)
    (together,) = torch.autograd.grad(none_of().gain(logits).sum(), logits)
    (alone,) = torch.autograd.grad(Away(label=torch.tensor([0]), allowed_score=0.1).gain(logits).sum(), logits)
    assert (together[0, CATS] < 0).all()
    assert alone[0, 1] > 0


def test_gains_add_up_over_networks_that_each_have_a_set() -> None:
    logits = random_logits(4, 3, 7)
    each = sum(none_of(classes).gain(logits[:, member]) for member, classes in enumerate(OWN[:2]))
    torch.testing.assert_close(none_of(OWN).gain(logits), each)
    assert none_of(CATS).gain(logits).shape == none_of(OWN).achieved(logits).shape == (4,)


def test_a_network_that_knows_none_of_it_is_done_and_has_no_gradient() -> None:
    logits = random_logits(4, 3, 7).requires_grad_()
    assert none_of(OWN[2:]).achieved(logits[:, 2:]).all()
    (gradient,) = torch.autograd.grad(none_of(OWN).gain(logits).sum(), logits)
    assert gradient.isfinite().all()
    assert not gradient[:, 2].any()
    assert gradient[:, :2].any()


def test_classes_that_a_shorter_list_lacks_change_nothing() -> None:
    logits = random_logits(4, 7)
    longer = torch.nn.functional.pad(logits, (0, 5), value=NO_CLASS)
    wider = torch.nn.functional.pad(CATS, (0, 5))
    torch.testing.assert_close(none_of(wider).gain(longer), none_of().gain(logits))
    assert torch.equal(none_of(wider).achieved(longer), none_of().achieved(logits))


@pytest.mark.parametrize(
    ("shares", "reached"),
    [
        ([0.06, 0.03, 0.5, 0.3, 0.05, 0.009, 0.051], True),
        ([0.06, 0.03, 0.5, 0.3, 0.05, 0.011, 0.049], False),  # 0.101 in all
        ([0.0, 0.9, 0.1, 0.0, 0.0, 0.0, 0.0], False),
    ],
)
def test_achieved_is_about_the_total(shares: list[float], reached: bool) -> None:
    assert none_of().achieved(logits_of(shares)).tolist() == [reached]


def test_none_of_the_set_may_be_first_however_much_is_allowed() -> None:
    """0.3 is less than 0.9 in all, but first."""
    logits = logits_of([0.3, 0.0, 0.2, 0.2, 0.2, 0.0, 0.1], [0.2, 0.0, 0.3, 0.2, 0.2, 0.0, 0.1])
    assert none_of(allowed=0.9).achieved(logits).tolist() == [False, True]


def test_every_network_must_reach_it() -> None:
    hidden, seen = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    logits = logits_of(hidden, hidden, hidden, seen).reshape(2, 2, 7)
    assert none_of().achieved(logits).tolist() == [True, False]


def test_which_photos_are_in_the_lanes_does_not_matter() -> None:
    objective = none_of()
    assert objective.take(torch.tensor([2, 0])) is objective


SETS = torch.stack([CATS, ~CATS, CATS.roll(2), CATS])
"""A set for each of four photos."""


def test_away_from_all_gains_the_cross_entropy_of_the_set() -> None:
    logits = random_logits(4, 7)
    together = (softmax(logits.double().numpy(), axis=-1) * SETS.numpy()).sum(1)
    objective = AwayFromAll(classes=SETS, allowed_score=0.1)
    np.testing.assert_allclose(objective.gain(logits), -np.log(together), rtol=1e-5)
    assert objective.achieved(logits).tolist() == (together <= 0.1).tolist()


def test_away_from_a_set_of_one_is_away_from_it() -> None:
    logits, labels = random_logits(4, 3, 7), torch.tensor([0, 3, 6, 6])
    alone = torch.nn.functional.one_hot(labels, 7).bool()[:, None].expand(-1, 3, -1)
    torch.testing.assert_close(
        AwayFromAll(classes=alone, allowed_score=0.1).gain(logits), Away(label=labels, allowed_score=0.1).gain(logits)
    )


def test_away_from_all_does_not_let_go_of_what_is_overtaken() -> None:
    logits = torch.tensor([[-9.0, -9.0, 9.0]], requires_grad=True)
    classes = torch.tensor([[True, True, False]])
    (kept,) = torch.autograd.grad(AwayFromAll(classes=classes, allowed_score=0).gain(logits).sum(), logits)
    (faded,) = torch.autograd.grad(none_of(classes[0]).gain(logits).sum(), logits)
    assert kept.abs().sum() == pytest.approx(2, abs=1e-3)
    assert faded.abs().sum() < 1e-3


@pytest.mark.parametrize("whole", [True, False])
def test_away_from_all_asks_nothing_of_a_network_that_knows_none_of_it_or_nothing_else(whole: bool) -> None:
    logits = random_logits(4, 2, 7).requires_grad_()
    classes = torch.stack([SETS, torch.full_like(SETS, whole)], 1)
    gain = AwayFromAll(classes=classes, allowed_score=0.1).gain(logits)
    (gradient,) = torch.autograd.grad(gain.sum(), logits)
    assert gain.isfinite().all()
    assert gradient[:, 0].abs().sum() > 0
    assert not gradient[:, 1].any()


def test_away_from_all_follows_the_photos() -> None:
    logits, index = random_logits(4, 7), torch.tensor([2, 0])
    objective = AwayFromAll(classes=SETS, allowed_score=0.1)
    torch.testing.assert_close(objective.take(index).gain(logits[index]), objective.gain(logits)[index])
