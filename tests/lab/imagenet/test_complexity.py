import math

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from unseen.lab.imagenet.complexity import (
    complexity_numbers,
    complexity_rows,
    compressed_size,
    edge_density,
    rank_correlation,
)


def slope(down: float, across: float) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(20.0), torch.arange(30.0), indexing="ij")
    return (rows * down + columns * across).expand(1, 3, -1, -1) / 255


def test_edge_density_is_the_steepness_of_the_luminance() -> None:
    images = torch.cat([slope(0, 0) + 0.5, slope(0, 3), slope(3, 4)])
    assert edge_density(images).tolist() == pytest.approx([0, 3 / 255, 5 / 255], abs=1e-6)
    green = slope(0, 3)
    green[:, [0, 2]] = 0
    assert edge_density(green).item() == pytest.approx(0.587 * 3 / 255, abs=1e-6)


def test_compressed_size_grows_with_what_is_in_a_picture() -> None:
    flat = torch.full((1, 3, 64, 64), 0.5)
    noise = torch.randint(0, 256, (1, 3, 64, 64), generator=torch.Generator().manual_seed(0)) / 255
    smooth, sizes = slope(1, 1)[..., :20, :20], compressed_size(torch.cat([flat, noise]))
    assert sizes[0] < 0.1
    assert 3 <= sizes[1] < 3.2
    assert compressed_size(smooth).item() < 3


def test_rank_correlation_is_scipys() -> None:
    random = np.random.default_rng(0)
    x, y = random.integers(0, 6, 40), random.integers(0, 9, 40)
    y = y + x
    assert rank_correlation(x.tolist(), y.tolist()) == pytest.approx(spearmanr(x, y).statistic)
    assert rank_correlation([1, 2, 3], [1, 8, 27]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [5, 5, 5]) is None
    assert rank_correlation([1], [2]) is None


def test_numbers_of_photos(samples, bench) -> None:
    rows = complexity_rows(bench(), samples)
    effort = [{"iterations": number, "mean_abs": -row["edges"]} for number, row in enumerate(rows)]
    found = complexity_numbers(rows, effort)
    assert found["photos"] == 5
    assert found["rank_correlation"]["edges"]["mean_abs"] == pytest.approx(-1)
    sizes = [row["bytes_per_pixel"] for row in rows]
    assert found["rank_correlation"]["bytes_per_pixel"]["iterations"] == pytest.approx(
        spearmanr(sizes, range(5)).statistic
    )
    assert all(math.isfinite(row["edges"]) for row in rows)
