import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unseen.grid import LEVELS, on_grid, quantise


def test_what_a_file_holds_stays_as_it_is() -> None:
    held = torch.arange(256) / LEVELS
    assert torch.equal(quantise(held), held)


@given(st.lists(st.floats(-0.5, 1.5, width=32), min_size=1))
def test_the_nearest_level_within_the_range(values: list[float]) -> None:
    rounded = quantise(torch.tensor(values))
    levels = rounded.double().numpy() * 255
    assert np.abs(levels - np.rint(levels)).max() < 1e-4
    assert np.abs(levels - np.clip(np.array(values) * 255, 0, 255)).max() <= 0.5 + 1e-4
    assert torch.equal(quantise(rounded), rounded)


def test_rounds_and_never_truncates() -> None:
    assert quantise(torch.tensor([2.9, 2.1, 254.6]) / 255).mul(255).round().tolist() == [3, 2, 255]


def test_leaves_its_argument_alone() -> None:
    images = torch.rand(10)
    before = images.clone()
    quantise(images)
    assert torch.equal(images, before)


@pytest.mark.parametrize(
    ("images", "problem"),
    [
        (torch.zeros(3, 8, 8), "shape"),
        (torch.zeros(0, 3, 8, 8), "shape"),
        (torch.zeros(1, 4, 8, 8), "shape"),
        (torch.full((1, 3, 8, 8), 255.0), "divide 8-bit values by 255"),
        (torch.full((1, 3, 8, 8), float("nan")), "divide 8-bit values by 255"),
        (torch.zeros(1, 3, 8, 8, dtype=torch.uint8), "divide 8-bit values by 255"),
    ],
)
def test_what_is_no_batch_of_photos_is_refused(images: torch.Tensor, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        on_grid(images)


def test_photos_are_rounded() -> None:
    assert torch.equal(on_grid(torch.full((1, 1, 2, 2), 0.5)), torch.full((1, 1, 2, 2), 128 / 255))
