"""Several classes: single noises and their sums are made again here, in whole levels."""

import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from unseen.lab.imagenet.bench import best_replacement, joint
from unseen.lab.imagenet.figure12 import figure12_numbers, figure12_rows, figure12_section
from unseen.lab.imagenet.pictures import read_picture
from unseen.schemes.targets import candidate_targets

SIDE = 32


def levels(images: torch.Tensor) -> torch.Tensor:
    return images.mul(255).round().int()


def test_sums_of_noises_and_the_joint_noise(samples, bench, read) -> None:
    asked = bench()
    rows = figure12_rows(asked, samples[:3])
    for sample, row in zip(samples[:3], rows, strict=True):
        image, label = read_picture(sample.path, asked.network, SIDE), torch.tensor([sample.label])
        with torch.no_grad():
            logits = asked.network(image)
        (targets,) = candidate_targets(image, logits, label, top_k=5, draws=8, count=3, seed=0, together=3)
        scheme = best_replacement(asked.extent)
        single = [scheme.toward_candidates(image, asked.network, target.view(1, 1)) for target in targets]
        assert row["reached"] == [each.achieved.item() for each in single]
        original = levels(image)
        for count in range(4):
            total = sum((levels(each.images) - original for each in single[:count]), torch.zeros_like(original))
            chosen = targets[None, :count]
            together = original
            if count:
                together = levels(joint(asked.extent, count).toward_targets(image, asked.network, chosen, label).images)
            expected = {"sum": original + total, "clipped": original + total.clamp(-2, 2), "joint": together}
            for kind, unclipped in expected.items():
                picture = unclipped.clamp(0, 255)
                shares, scores = softmax(read(picture).numpy()), row[kind][count]
                assert scores["ice"] == pytest.approx(entropy(shares), rel=1e-3, abs=1e-5)
                assert scores["icp"] == pytest.approx(shares[sample.label], rel=1e-3)
                assert scores["mean_abs"] == pytest.approx(
                    (picture - original).abs().double().mean().item() / 255, rel=1e-4
                )
                if count:
                    own = shares[targets[:count].numpy()]
                    assert scores["ratio"] == pytest.approx(own.max() / own.min(), rel=1e-3)
    assert any(any(row["reached"]) for row in rows)


def test_the_mean_and_the_median_over_photos() -> None:
    def row(ice: float, ratio: float) -> dict:
        first = {"ice": ice, "icp": 0.5, "mean_abs": 0.0, "mass": 0.0}
        points = [first, {"ice": 2 * ice, "icp": 0.25, "mean_abs": 0.001, "mass": 0.9, "ratio": ratio}]
        return {"reached": [True], "sum": points, "clipped": points, "joint": points}

    numbers = figure12_numbers([row(0.1, 1.0), row(0.2, 3.0), row(0.6, 100.0)])
    assert [point["targets"] for point in numbers] == [0, 1]
    before = {"ice": pytest.approx(0.3), "icp": 0.5, "mean_abs": 0.0, "mass": 0.0, "ratio": None}
    assert numbers[0]["joint"] == before
    assert numbers[1]["joint"]["mass"] == pytest.approx(0.9)
    assert numbers[1]["joint"]["ratio"] == 3
    assert numbers[1]["sum"]["ice"] == pytest.approx(0.6)
    section = figure12_section(numbers, [row(0.1, 1.0)] * 3)
    assert [figure.name for figure in section.figures] == ["figure-12-entropy", "figure-12-noise"]
    assert section.tables[0].rows[1][:3] == ("1", "0.00", "0.60")
    assert section.tables[1].rows[0][-1] == "–"
