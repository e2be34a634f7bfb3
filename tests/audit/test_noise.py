import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from unseen.audit.noise import sign_noise


@pytest.mark.parametrize("size", [0, 1, 2.5, 8, 16])
def test_it_has_the_size_of_the_change(size: float) -> None:
    random = np.random.default_rng(0)
    original = random.integers(60, 190, (64, 80, 3), np.uint8)
    change = np.round(random.uniform(-2 * size, 2 * size, original.shape))
    protected = (original + change).astype(np.uint8)
    noisy = sign_noise(original, protected, seed=0)
    own, wanted = (np.square(pixels.astype(float) - original).mean() for pixels in (noisy, protected))
    assert own == pytest.approx(wanted, rel=0.02)
    if size:
        assert peak_signal_noise_ratio(original, noisy) == pytest.approx(
            peak_signal_noise_ratio(original, protected), abs=0.1
        )


def test_it_is_all_one_size_and_half_up() -> None:
    original = np.full((64, 64, 3), 128, np.uint8)
    difference = sign_noise(original, original + np.uint8(7), seed=1).astype(int) - original
    assert set(np.abs(difference).ravel().tolist()) == {7}
    assert (difference > 0).mean() == pytest.approx(0.5, abs=0.02)
    assert abs(np.corrcoef(difference[:, 1:].ravel(), difference[:, :-1].ravel())[0, 1]) < 0.03


def test_it_depends_on_the_seed_and_the_photo_alone() -> None:
    original = np.full((8, 8, 3), 128, np.uint8)
    first = sign_noise(original, original + np.uint8(5), seed=0)
    np.testing.assert_array_equal(sign_noise(original.copy(), original + np.uint8(5), seed=0), first)
    assert (sign_noise(original, original + np.uint8(5), seed=1) != first).any()


def test_black_and_white_stay_in_range() -> None:
    original = np.zeros((16, 16, 1), np.uint8)
    assert set(sign_noise(original, original + np.uint8(9), seed=0).ravel().tolist()) == {0, 9}
