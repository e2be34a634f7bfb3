from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
from scipy.stats import linregress

from unseen.lab.imagenet.cost import cost_numbers, cost_section, straight_line, with_size
from unseen.models import load_classifier
from unseen.models.libraries import prepare_imports


def points(x: np.ndarray, y: np.ndarray) -> list[dict[str, float]]:
    return [{"pixels": each, "seconds_a_step": seconds} for each, seconds in zip(x.tolist(), y.tolist(), strict=True)]


def test_the_straight_line_is_scipys() -> None:
    random = np.random.default_rng(0)
    x = random.uniform(1e4, 1e5, 8)
    y = 0.01 + 3e-7 * x + random.normal(0, 2e-3, 8)
    found, expected = straight_line(points(x, y), "pixels"), linregress(x, y)
    assert found is not None
    assert found["slope"] == pytest.approx(expected.slope)
    assert found["base"] == pytest.approx(expected.intercept)
    assert found["r_squared"] == pytest.approx(expected.rvalue**2)


def test_two_points_prove_no_line() -> None:
    assert straight_line(points(np.array([1, 2, 2]), np.array([1, 2, 3])), "pixels") is None
    assert straight_line([], "parameters") is None


@pytest.mark.parametrize(
    ("name", "sized"),
    [
        ("lite0", "lite0?size=96"),
        ("timm:a?size=3&weights=b%26c", "timm:a?weights=b%26c&size=96"),
    ],
)
def test_a_name_with_another_size(name: str, sized: str) -> None:
    assert with_size(name, 96) == sized


def test_a_network_of_any_size_is_timed_at_every_size(samples, bench) -> None:
    asked = bench(scales=(1.0, 2.0, 3.0), timed=2)
    found = cost_numbers(asked, samples[:2])
    assert [point["side"] for point in found["by_input"]] == [32, 64, 96]
    assert all(point["seconds"] > 0 and point["iterations"] >= 1 for point in found["by_input"])
    assert found["by_parameters"] == []
    assert found["lines"]["parameters"] is None
    assert cost_numbers(asked, samples[:2]) == found
    section = cost_section(found)
    assert [figure.name for figure in section.figures] == ["cost-pixels"]
    assert "R²" in section.paragraphs[1]


def test_a_network_of_one_size_is_timed_at_that(samples, bench, tmp_path: Path) -> None:
    prepare_imports()
    import timm

    path = tmp_path / "fixed.safetensors"
    save_file(timm.create_model("test_vit3", num_classes=12).state_dict(), path)
    network = load_classifier(f"timm:test_vit3?weights={path}&num_classes=12&img_size=160")
    asked = replace(bench(scales=(0.5, 1.0), max_iterations=2), network=network, reader=network.whole())
    assert [point["side"] for point in cost_numbers(asked, samples[:1])["by_input"]] == [160]
