import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from unseen.grid import LEVELS, quantise


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
