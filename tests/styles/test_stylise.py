import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.errors import UnseenError
from unseen.styles.instance_norm import with_statistics_of
from unseen.styles.networks import Generator
from unseen.styles.stylise import FRAME, painted_small, stylised

from .pictures import Pixels, pixels_of, scene, small_cartoon, small_cycle, tensor_of

GENERATORS = [pytest.param(small_cartoon, id="cartoongan"), pytest.param(small_cycle, id="cyclegan")]
TILE = 240


def in_frame(pixels: Pixels) -> Pixels:
    """The photo in its reflection, by hand: to a multiple of 4 at the bottom and at the right."""
    rows, columns = (
        [min(abs(index), 2 * side - 2 - abs(index)) for index in range(-FRAME, side + FRAME + -side % 4)]
        for side in pixels.shape[:2]
    )
    return pixels[rows][:, columns]


def assert_same(one: Pixels, other: Pixels) -> None:
    """Alike but for values in the middle between two levels, which may be rounded either way."""
    difference = np.abs(one.astype(int) - other)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


@pytest.mark.parametrize("make", GENERATORS)
def test_a_photo_that_fits_goes_through_as_a_whole(make: Callable[[], Generator]) -> None:
    photo, generator = scene(70, 93), make()
    expected = pixels_of(generator(tensor_of(in_frame(photo))))[FRAME : FRAME + 70, FRAME : FRAME + 93]
    assert_same(stylised(photo, generator), expected)


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.parametrize("shape", [(410, 333), (90, 700), (257, 61)])
def test_tiles_agree_with_the_whole(make: Callable[[], Generator], shape: tuple[int, int]) -> None:
    photo = scene(*shape)
    fixed = with_statistics_of(make(), tensor_of(scene(96, 96, seed=5)))
    whole = stylised(photo, fixed, tile=2000)
    assert whole.std() > 10
    assert_same(stylised(photo, fixed, tile=TILE), whole)


@pytest.mark.parametrize("make", GENERATORS)
def test_statistics_come_from_the_whole_photo(make: Callable[[], Generator]) -> None:
    """Two halves of different contrast: what a tile sees alone would make them alike."""
    photo, generator = scene(400, 800), make()
    photo[:, 400:] = photo[:, 400:] // 8 + 100
    whole = stylised(photo, generator, tile=2000).astype(float)
    tiled = stylised(photo, generator, tile=TILE).astype(float)
    alone = stylised(photo[:, 400:].copy(), generator, tile=2000).astype(float)
    assert np.abs(tiled - whole).mean() < 0.75 * np.abs(alone - whole[:, 400:]).mean()


@pytest.mark.parametrize("shape", [(1500, 1100), (40, 9000), (600, 601)])
def test_no_more_than_a_tile_is_in_memory(shape: tuple[int, int]) -> None:
    generator, read = small_cycle(blocks=1), []
    tile = 300
    hook = generator.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].shape[-2:].numel()))
    stylised(scene(*shape), generator, tile=tile)
    hook.remove()
    assert len(read) > 2  # the reduced photo, then the tiles, which go through a copy that has the hook too
    assert max(read) <= 1.02 * tile**2


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2), (5, 300), (31, 33)])
def test_photos_smaller_than_a_tile(shape: tuple[int, int]) -> None:
    painted = stylised(scene(*shape), small_cartoon())
    assert painted.shape == (*shape, 3)
    assert painted.dtype == np.uint8


def test_strength_is_the_share_of_the_change() -> None:
    photo, generator = scene(60, 80), small_cycle()
    painted = stylised(photo, generator).astype(float)
    assert np.array_equal(stylised(photo, generator, strength=0), photo)
    half = stylised(photo, generator, strength=0.5).astype(float)
    assert np.abs(half - (photo + painted) / 2).max() <= 0.75  # each of the two was rounded


def test_kept_colours_are_those_of_the_photo() -> None:
    photo, generator = scene(60, 80, low=110, high=146), small_cycle()
    strength = 0.3  # so that nothing is clipped
    kept = stylised(photo, generator, strength=strength, keep_colour=True)
    free = stylised(photo, generator, strength=strength)
    assert 0 < kept.min() <= kept.max() < 255
    before, with_colours, without = (
        np.asarray(Image.fromarray(each).convert("YCbCr"), int) for each in (photo, kept, free)
    )
    assert np.abs(with_colours[..., 1:] - before[..., 1:]).max() <= 1
    assert np.abs(without[..., 1:] - before[..., 1:]).max() > 5
    assert np.abs(with_colours[..., 0] - without[..., 0]).max() <= 1
    assert np.abs(with_colours[..., 0] - before[..., 0]).max() > 5


def test_a_change_painted_small_is_that_of_the_small_photo() -> None:
    photo, generator = scene(200, 300), small_cycle()
    small = np.asarray(Image.fromarray(photo).resize((150, 100), Image.Resampling.BICUBIC))
    change = stylised(small, generator).astype(np.float32) - small
    planes = [
        Image.fromarray(change[..., channel]).resize((300, 200), Image.Resampling.BILINEAR) for channel in range(3)
    ]
    expected = (photo + np.stack([np.asarray(plane) for plane in planes], 2)).clip(0, 255)
    assert np.abs(painted_small(photo, generator, 150) - expected).max() < 0.6  # rounded
    assert np.array_equal(painted_small(photo, generator, 300), stylised(photo, generator))
    assert np.array_equal(painted_small(photo, generator, 150, strength=0), photo)


def test_grey_stays_grey() -> None:
    grey, generator = scene(60, 80, channels=1), small_cycle()
    painted = stylised(grey, generator)
    assert painted.shape == (60, 80, 1)
    coloured = stylised(grey.repeat(3, axis=2), generator)
    light = np.asarray(Image.fromarray(coloured).convert("L"), int)
    assert np.abs(painted[..., 0] - light).mean() < 1  # clipped colours apart, the light of the coloured picture
    assert np.array_equal(painted, stylised(grey, generator, keep_colour=True))
    assert painted_small(grey, generator, 40).shape == (60, 80, 1)


def test_nothing_is_left_behind() -> None:
    photo, generator = scene(300, 300), small_cartoon()
    before, names = photo.copy(), dict(generator.named_modules()).keys()
    first, second = (stylised(photo, generator, tile=TILE) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(photo, before)
    assert dict(generator.named_modules()).keys() == names
    assert not any(module._forward_pre_hooks for module in generator.modules())


def test_what_is_no_photo_is_refused() -> None:
    generator = small_cycle(blocks=1)
    photos = (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8))
    for photo in itertools.chain(photos, [np.zeros((4, 4, 3), np.float32)]):
        with pytest.raises(UnseenError, match=r"give .*uint8"):
            stylised(photo, generator)


def test_the_result_does_not_need_gradients() -> None:
    generator = small_cartoon().requires_grad_(requires_grad=True)
    assert stylised(scene(20, 20), generator).shape == (20, 20, 3)
    assert torch.is_grad_enabled()
