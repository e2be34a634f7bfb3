"""Each loss beside the paper's formula, written out over single numbers."""

import math

import pytest
import torch

from unseen.train.style import losses

REAL, MADE, SMOOTHED = (torch.tensor(numbers).reshape(1, 1, 2, 2) for numbers in (
    [0.9, 1.2, -0.3, 0.5], [0.1, -2.0, 0.7, 0.0], [1.5, -0.5, 0.2, 3.0],
))  # fmt: skip


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def test_least_squares() -> None:
    real, made = REAL.flatten().tolist(), MADE.flatten().tolist()
    assert losses.painter_least_squares(MADE).item() == pytest.approx(mean([(score - 1) ** 2 for score in made]))
    judged = mean([(score - 1) ** 2 for score in real]) + mean([score**2 for score in made])
    assert losses.judge_least_squares(REAL, MADE).item() == pytest.approx(judged / 2)


def test_cycle_and_identity_cost_ten_and_five_a_unit_of_difference() -> None:
    pictures = torch.zeros(2, 3, 4, 4)
    assert losses.cycle(pictures, pictures + 0.25).item() == pytest.approx(10 * 0.25)
    assert losses.identity(pictures, pictures - 0.25).item() == pytest.approx(5 * 0.25)
    half = pictures.clone()
    half[0] = 0.5
    assert losses.cycle(pictures, half).item() == pytest.approx(10 * 0.25)


def test_edge_promoting_loss_has_three_terms() -> None:
    real, smoothed, made = (scores.flatten().tolist() for scores in (REAL, SMOOTHED, MADE))
    expected = (
        mean([-math.log(sigmoid(score)) for score in real])
        + mean([-math.log(1 - sigmoid(score)) for score in smoothed])
        + mean([-math.log(1 - sigmoid(score)) for score in made])
    )
    assert losses.judge_edge_promoting(REAL, SMOOTHED, MADE).item() == pytest.approx(expected)
    painter = mean([-math.log(sigmoid(score)) for score in made])
    assert losses.painter_logistic(MADE).item() == pytest.approx(painter)


def test_the_logistic_losses_hold_for_scores_that_overflow() -> None:
    sure = torch.full((1, 1, 2, 2), 200.0)
    assert losses.judge_edge_promoting(-sure, sure, sure).item() == pytest.approx(600)
    assert losses.painter_logistic(-sure).item() == pytest.approx(200)


def test_a_judge_that_knows_nothing_says_a_half() -> None:
    """Where both kinds are alike, the best answer is 1/2 and its loss is known (Mao et al. 2017, log 2 otherwise)."""
    scores = torch.full((1, 1, 3, 3), 0.5, requires_grad=True)
    loss = losses.judge_least_squares(scores, scores)
    (slope,) = torch.autograd.grad(loss, scores)
    assert loss.item() == pytest.approx(0.25)
    assert slope.abs().max() == 0
    undecided = torch.zeros(1, 1, 3, 3)
    assert losses.judge_edge_promoting(undecided, undecided, undecided).item() == pytest.approx(3 * math.log(2))


def test_content_is_the_mean_distance() -> None:
    one, other = torch.tensor([[1.0, -2.0, 4.0]]), torch.tensor([[0.0, 1.0, 4.5]])
    assert losses.content(one, other).item() == pytest.approx((1 + 3 + 0.5) / 3)
