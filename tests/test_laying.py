import numpy as np
import torch

from unseen.canvas import lay
from unseen.laying import InTurn, Noise, layings
from unseen.types import Protected

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def protected(images: torch.Tensor) -> Protected:
    return Protected(
        images=images, achieved=torch.ones(len(images), dtype=torch.bool), iterations=torch.zeros(len(images))
    )


def test_what_a_scheme_changed_is_noise_where_it_says_nothing() -> None:
    images = torch.randint(20, 230, (2, 3, 30, 40), generator=torch.Generator().manual_seed(0)) / 255
    changed = (images * 255 + torch.randint(-8, 9, images.shape)).round() / 255
    for laying, noise in zip(layings(protected(changed), images), changed - images, strict=True):
        assert np.array_equal(laying(PIXELS), lay(noise, PIXELS))


def test_what_a_scheme_says_outranks_that() -> None:
    images = torch.zeros(1, 3, 4, 4)
    mirrored = lambda pixels: pixels[:, ::-1]  # noqa: E731
    made = Protected(images=images, achieved=torch.tensor([True]), iterations=torch.tensor([0]), layings=(mirrored,))
    assert np.array_equal(layings(made, images)[0](PIXELS), PIXELS[:, ::-1])


def test_changes_in_turn() -> None:
    darker = Noise(noise=torch.full((3, 2, 2), -20 / 255))
    lighter = Noise(noise=torch.full((3, 2, 2), 20 / 255))
    expected = np.clip(PIXELS.astype(int) - 20, 0, 255) + 20
    assert np.array_equal(InTurn(parts=(darker, lighter))(PIXELS), expected)
    assert np.array_equal(InTurn(parts=())(PIXELS), PIXELS)
