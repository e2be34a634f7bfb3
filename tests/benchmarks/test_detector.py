"""The detector against sums over all pairs, another library and the conditions of its optimum."""

import importlib
from types import ModuleType

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu


@pytest.fixture
def detector(beside: None) -> ModuleType:
    return importlib.import_module("detector")


@pytest.mark.parametrize(
    ("wanted", "others", "expected"),
    [
        ([3.0, 2.0], [1.0, 0.0], 1.0),
        ([0.0], [1.0, 2.0], 0.0),
        ([1.0, 1.0], [1.0], 0.5),
        ([3.0, 1.0], [2.0], 0.5),
        ([2.0, 5.0, 2.0], [2.0, 1.0], 5 / 6),  # 0.5 + 1, 1 + 1, 0.5 + 1 of 6 pairs
    ],
)
def test_the_auc_is_what_is_worked_out_by_hand(
    detector: ModuleType, wanted: list[float], others: list[float], expected: float
) -> None:
    assert detector.auc(wanted, others) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_auc_is_the_share_of_pairs_in_order_and_scipys(detector: ModuleType, seed: int) -> None:
    random = np.random.default_rng(seed)
    wanted, others = random.integers(2, 9, 37).tolist(), random.integers(0, 8, 53).tolist()  # many ties
    pairs = [1.0 if one > other else 0.5 if one == other else 0.0 for one in wanted for other in others]
    found = detector.auc(wanted, others)
    assert found == pytest.approx(np.mean(pairs))
    assert found == pytest.approx(mannwhitneyu(wanted, others).statistic / (37 * 53))


def test_what_is_found_costs_no_more_false_alarms_than_allowed(detector: ModuleType) -> None:
    others = [float(score) for score in range(100)]
    assert detector.found_at([98.5, 99.5, 50.0, 97.5], others, alarms=0.01) == 0.5  # above 98: one alarm of 100
    assert detector.found_at([98.5, 99.5, 50.0, 97.5], others, alarms=0.0) == 0.25
    assert detector.found_at([99.0, 98.0], others, alarms=0.01) == 0.5  # a tie with the last one is no finding


def test_a_flat_photo_has_one_pair_in_every_residual(detector: ModuleType) -> None:
    flat = detector.fingerprint(np.full((9, 12, 3), 100, np.uint8)).reshape(9, 25)
    assert np.allclose(flat.sum(1), np.sqrt(2))  # the pair of zeros is its own negative, so it counts twice
    assert (flat[:, -1] > 0).all()


def test_grey_and_its_three_channels_a_negative_and_a_turned_photo_are_alike(detector: ModuleType) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 31, 1), dtype=np.uint8)
    expected = detector.fingerprint(pixels)
    assert np.allclose(detector.fingerprint(np.repeat(pixels, 3, 2)), expected)
    assert np.allclose(detector.fingerprint(255 - pixels), expected)
    assert np.allclose(detector.fingerprint(np.swapaxes(pixels, 0, 1)), expected)


def test_first_differences_are_counted_as_by_hand(detector: ModuleType) -> None:
    pixels = np.array([[0, 2, 8, 8]] * 4, np.uint8)[..., None]
    # Along rows 2, 6, 0, that is 1, 3, 0 quanta: the pairs (1, 3) and (3, 0), 4 times each; along columns 8 of (0, 0).
    frequencies = np.zeros(25)
    frequencies[2 * 7 + 0] = 4 / 16  # (1, 3) by its negative (-1, -3), counted from (-3, -3)
    frequencies[0 * 7 + 3] = 4 / 16  # (3, 0) by (-3, 0)
    frequencies[3 * 7 + 3] = 2 * 8 / 16  # its own negative
    assert np.allclose(detector.fingerprint(pixels)[:25] ** 2, frequencies)


def test_the_regression_is_at_its_optimum(detector: ModuleType) -> None:
    random = torch.Generator().manual_seed(0)
    wanted, others = torch.randn(40, 6, generator=random) + 0.5, torch.randn(30, 6, generator=random)
    found = detector.regression(wanted, others, penalty=0.01)
    inputs = (torch.cat([wanted, others]).double() - found.mean) / found.scale
    truth = torch.tensor([1.0] * 40 + [0.0] * 30).double()
    surplus = torch.sigmoid(inputs @ found.weights + found.bias) - truth
    assert torch.allclose(surplus.mean(), torch.tensor(0.0).double(), atol=1e-5)
    assert torch.allclose(inputs.T @ surplus / 70 + 0.02 * found.weights, torch.zeros(6).double(), atol=1e-5)


def test_a_detector_finds_grain_in_photos_that_it_never_saw_and_no_difference_where_there_is_none(
    detector: ModuleType,
) -> None:
    def prints(first: int, grain: int) -> torch.Tensor:
        rows = []
        for seed in range(first, first + 15):
            random = np.random.default_rng(seed)
            soft = np.kron(random.integers(60, 190, (6, 6, 3)), np.ones((8, 8, 1), int))
            noise = np.random.default_rng(1000 + seed).integers(-grain, grain + 1, soft.shape)
            rows.append(detector.fingerprint((soft + noise).astype(np.uint8)))
        return torch.tensor(np.array(rows))

    found = detector.trained(prints(0, 6), prints(0, 2), seed=0)
    again = detector.trained(prints(0, 6), prints(0, 2), seed=0)
    new = prints(100, 6), prints(100, 2)
    assert detector.auc(found(new[0]).tolist(), found(new[1]).tolist()) == 1.0
    assert torch.equal(found.weights, again.weights)
    nothing = detector.trained(prints(0, 2), prints(0, 2), seed=0)
    assert detector.auc(nothing(new[0]).tolist(), nothing(new[0]).tolist()) == 0.5
