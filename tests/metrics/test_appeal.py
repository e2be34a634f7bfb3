import math

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve
from scipy.stats import norm, rv_discrete
from skimage import data
from torch import Tensor

from unseen.metrics import appeal
from unseen.metrics.appeal import APPEAL, colourfulness, contrast, mean_and_spread, sharpness

parametrize_measures = pytest.mark.parametrize("name", APPEAL)


def photos() -> Tensor:
    """Two real photos, uint8 (2, 3, 201, 301)."""
    pixels = [data.chelsea()[40:241, 60:361], data.coffee()[100:301, 200:501]]
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)


def planes(image: Tensor) -> tuple[np.ndarray, ...]:
    return tuple(image.double().numpy())


def luma(image: Tensor) -> np.ndarray:
    red, green, blue = planes(image)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def expected(name: str, image: Tensor) -> float:
    """As the papers' formulas read, with numpy and scipy, on a whole photo at once."""
    red, green, blue = planes(image)
    if name == "colourfulness":
        difference, other = red - green, 0.5 * (red + green) - blue
        spread = np.hypot(difference.std(), other.std())
        return float(spread + 0.3 * np.hypot(difference.mean(), other.mean()))
    if name == "contrast":
        return float(luma(image).std())
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return float(convolve(luma(image), kernel)[1:-1, 1:-1].std())


@parametrize_measures
@pytest.mark.parametrize("band", [1, 7_000, 1 << 20])
def test_a_measure_is_its_formula_through_bands(name: str, band: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appeal, "BAND_VALUES", band)
    wanted = [expected(name, photo) for photo in photos()]
    assert APPEAL[name](photos()).numpy() == pytest.approx(wanted, rel=1e-5)
    assert APPEAL[name](photos() / 255).numpy() == pytest.approx(wanted, rel=1e-4)


@parametrize_measures
def test_an_even_picture_has_none_but_of_colour(name: str) -> None:
    even = torch.tensor([200, 100, 50], dtype=torch.uint8).view(1, 3, 1, 1).expand(2, 3, 20, 30)
    bias = 0.3 * math.hypot(200 - 100, 150 - 50) if name == "colourfulness" else 0.0
    assert APPEAL[name](even).tolist() == pytest.approx([bias, bias], abs=1e-3)


@parametrize_measures
def test_grey_is_a_photo_of_three_equal_channels(name: str) -> None:
    grey = photos()[:, 1:2]
    torch.testing.assert_close(APPEAL[name](grey), APPEAL[name](grey.expand(-1, 3, -1, -1)))


def test_each_measure_tells_what_its_name_says() -> None:
    original = photos() / 255
    grey = original.mean(1, keepdim=True)
    assert (colourfulness(grey) < 1e-3).all()
    assert (colourfulness(grey + 0.5 * (original - grey)) < colourfulness(original)).all()
    torch.testing.assert_close(contrast(0.5 * original), 0.5 * contrast(original))
    blurred = torch.nn.functional.avg_pool2d(original, 3, 1, 1, count_include_pad=False)
    assert (sharpness(blurred) < 0.6 * sharpness(original)).all()


def test_pictures_too_small_for_an_edge() -> None:
    assert sharpness(torch.zeros(2, 3, 2, 50)).isnan().all()
    assert contrast(torch.zeros(1, 3, 1, 1)).tolist() == [0]


def test_the_score_of_a_known_distribution() -> None:
    scores = np.arange(1, 11)
    shares = np.stack([norm.pdf(scores, 5.5, 1.7), np.exp(-scores), scores == 8, np.ones(10)])
    shares = shares / shares.sum(1, keepdims=True)
    known = [rv_discrete(values=(scores, row)) for row in shares]
    mean, spread = mean_and_spread(torch.from_numpy(shares))
    assert mean.numpy() == pytest.approx([one.mean() for one in known])
    assert spread.numpy() == pytest.approx([one.std() for one in known], abs=1e-6)
    assert mean[3].item() == pytest.approx(5.5)
    assert spread[3].item() == pytest.approx(math.sqrt(99 / 12))
