import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from unseen.canvas import EDGE, canvas_shape, lay, working_copy
from unseen.grid import quantise
from unseen.photo.photo import Pixels

SIDES = st.integers(1, 20_000)


def random_pixels(height: int, width: int, channels: int = 3) -> Pixels:
    return np.random.default_rng(height).integers(0, 256, (height, width, channels), dtype=np.uint8)


@given(SIDES, SIDES, st.booleans())
def test_a_canvas_is_small_and_never_larger_than_the_photo(height: int, width: int, keeps_aspect: bool) -> None:
    tall, wide = canvas_shape(height, width, keeps_aspect=keeps_aspect)
    assert 1 <= tall <= min(height, 2 * EDGE)
    assert 1 <= wide <= min(width, 2 * EDGE)
    if max(height, width) <= EDGE:
        assert (tall, wide) == (height, width)
    if not keeps_aspect:
        assert max(tall, wide) <= EDGE


@given(st.integers(EDGE, 10_000), st.floats(0.5, 2.0))
def test_the_shape_is_kept_where_a_network_crops(height: int, ratio: float) -> None:
    width = max(EDGE, round(height * ratio))
    tall, wide = canvas_shape(height, width, keeps_aspect=True)
    assert wide / tall == pytest.approx(width / height, rel=0.1)
    assert min(tall, wide) >= 0.95 * EDGE


def test_large_photos_share_a_square_canvas_where_none_crops() -> None:
    shapes = {
        canvas_shape(height, width, keeps_aspect=False) for height, width in [(3000, 4000), (4000, 3000), (400, 9000)]
    }
    assert shapes == {(EDGE, EDGE)}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_photo_that_fits_is_its_own_canvas(channels: int) -> None:
    pixels = random_pixels(30, 40, channels)
    copy = working_copy(pixels, (30, 40))
    assert copy.shape == (1, channels, 30, 40)
    assert np.array_equal(copy[0].permute(1, 2, 0).mul(255).round().numpy(), pixels)


def test_a_working_copy_is_what_pillow_resizes() -> None:
    pixels = random_pixels(500, 700)
    copy = working_copy(pixels, (384, 300))
    resized = np.asarray(Image.fromarray(pixels).resize((300, 384), Image.Resampling.BICUBIC))
    assert np.array_equal(copy[0].permute(1, 2, 0).mul(255).round().numpy(), resized)
    assert torch.equal(quantise(copy), copy)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(30, 40), (500, 700)])
def test_no_noise_changes_nothing(size: tuple[int, int], channels: int) -> None:
    pixels = random_pixels(*size, channels)
    assert np.array_equal(lay(torch.zeros(channels, 20, 30), pixels), pixels)


def test_noise_of_the_photo_s_own_size_is_added_and_cut() -> None:
    pixels = random_pixels(30, 40)
    levels = torch.randint(-16, 17, (3, 30, 40), generator=torch.Generator().manual_seed(0))
    expected = np.clip(pixels.astype(int) + levels.permute(1, 2, 0).numpy(), 0, 255)
    assert np.array_equal(lay(levels / 255, pixels), expected)


def test_enlarged_noise_is_bilinear_and_rounded() -> None:
    pixels = np.full((123, 217, 3), 128, np.uint8)
    noise = torch.randint(-8, 9, (3, 40, 50), generator=torch.Generator().manual_seed(0)) / 255
    enlarged = F.interpolate(noise[None] * 255, (123, 217), mode="bilinear", align_corners=False)[0].permute(1, 2, 0)
    change = lay(noise, pixels).astype(int) - 128
    assert np.abs(change - enlarged.numpy()).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("limit", [1, 2, 8, 16])
def test_enlarging_keeps_the_limit(limit: int) -> None:
    pixels = random_pixels(333, 517)
    signs = torch.randn(3, 100, 99, generator=torch.Generator().manual_seed(limit)).sign()
    change = np.abs(lay(signs * limit / 255, pixels).astype(int) - pixels)
    assert change.max() == limit


def test_noise_in_any_memory_layout() -> None:
    pixels = random_pixels(30, 40)
    noise = torch.randint(-8, 9, (1, 3, 30, 40), generator=torch.Generator().manual_seed(0)) / 255
    assert np.array_equal(lay(noise.to(memory_format=torch.channels_last)[0], pixels), lay(noise[0], pixels))
