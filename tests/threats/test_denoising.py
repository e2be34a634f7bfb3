import time

import numpy as np
import pytest
import torch
from skimage.data import chelsea
from skimage.restoration import denoise_nl_means

from unseen.threats.denoising import Denoised, non_local_means


@pytest.fixture(scope="module")
def cat() -> np.ndarray:
    return chelsea()[60:160, 120:240]


def in_words(image: np.ndarray, strength: float, patch: int, reach: int) -> np.ndarray:
    """The definition by Buades et al., pixel by pixel: image (H, W, C)."""
    margin = patch // 2
    edges = ((reach + margin, reach + margin), (reach + margin, reach + margin), (0, 0))
    around = np.pad(image, edges, mode="edge")

    def neighbourhood(row: int, column: int) -> np.ndarray:
        return around[row - margin : row + margin + 1, column - margin : column + margin + 1]

    result = np.empty_like(image)
    for row, column in np.ndindex(image.shape[:2]):
        centre = (row + reach + margin, column + reach + margin)
        places = [
            (centre[0] + down - reach, centre[1] + right - reach) for down, right in np.ndindex((2 * reach + 1,) * 2)
        ]
        own = neighbourhood(*centre)
        weights = [np.exp(-np.square(neighbourhood(*place) - own).mean() / strength**2) for place in places]
        result[row, column] = sum(weight * around[place] for weight, place in zip(weights, places, strict=True)) / sum(
            weights
        )
    return result


@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_what_its_definition_says(cat: np.ndarray, channels: int) -> None:
    image = cat[40:52, 50:65, :channels].astype(np.float32)
    ours = non_local_means(torch.from_numpy(image).permute(2, 0, 1), strength=10, patch=3, reach=2).permute(1, 2, 0)
    np.testing.assert_allclose(ours.numpy(), in_words(image.astype(float), 10, 3, 2), atol=1e-3)


def test_it_denoises_as_well_as_scikit_images(cat: np.ndarray) -> None:
    """Whose neighbourhoods are one pixel smaller in its fast mode, so that pixels differ a little."""
    noisy = (cat + np.random.default_rng(0).normal(0, 8, cat.shape)).astype(np.float32)
    ours = non_local_means(torch.from_numpy(noisy).permute(2, 0, 1), strength=10, patch=5, reach=5).permute(1, 2, 0)
    theirs = denoise_nl_means(noisy, patch_size=5, patch_distance=5, h=10, fast_mode=True, channel_axis=2)
    errors = [np.square(cleaned - cat).mean() for cleaned in (ours.numpy(), theirs, noisy)]
    assert errors[0] == pytest.approx(errors[1], rel=0.25)
    assert errors[0] < errors[2] / 2


def test_it_takes_noise_away_and_keeps_edges(cat: np.ndarray) -> None:
    random = np.random.default_rng(1)
    noisy = np.clip(cat + random.choice([-8, 8], cat.shape), 0, 255).astype(np.uint8)
    cleaned = Denoised(strength=10, patch=5, reach=5)(noisy)
    before, after = (np.square(pixels.astype(float) - cat).mean() for pixels in (noisy, cleaned))
    assert after < before / 2
    step = np.full((20, 20, 1), 40, np.uint8)
    step[:, 10:] = 200
    assert np.abs(Denoised(strength=10, patch=5, reach=5)(step).astype(int) - step).max() <= 1


def test_no_photo_is_too_small_or_too_large() -> None:
    tiny = np.full((1, 2, 3), 7, np.uint8)
    denoised = Denoised(strength=10, patch=5, reach=5)
    np.testing.assert_array_equal(denoised(tiny), tiny)
    started = time.process_time()
    assert max(denoised(np.zeros((3000, 4000, 1), np.uint8)).shape) == 512
    assert time.process_time() - started < 20
