"""One photo at a time: what is told of it is recomputed here by other means."""

import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from unseen.lab import paper_a
from unseen.lab.imagenet import bench as benches
from unseen.lab.imagenet.bench import best_replacement, paper_replacement, uniform
from unseen.lab.imagenet.pictures import read_picture
from unseen.lab.imagenet.table3 import (
    protection_rows,
    table3_numbers,
    table3_section,
    uniform_numbers,
    uniform_section,
)

SIDE = 32


@pytest.mark.parametrize("make", [paper_replacement, best_replacement, uniform])
def test_every_number_of_a_row(make, samples, bench, network, read) -> None:
    asked = bench()
    scheme = make(asked.extent)
    rows = protection_rows(asked, samples, scheme, "some")
    assert len(rows) == len(samples)
    for sample, row in zip(samples, rows, strict=True):
        image = read_picture(sample.path, network, SIDE)
        released = scheme(image, network, references=torch.tensor([sample.label]))
        before, after = (softmax(read(each.mul(255).round()).numpy()) for each in (image, released.images))
        assert row["icp_before"] == pytest.approx(before[sample.label], rel=1e-4)
        assert row["icp_after"] == pytest.approx(after[sample.label], rel=1e-4)
        assert row["ice_before"] == pytest.approx(entropy(before), rel=1e-4, abs=1e-6)
        assert row["ice_after"] == pytest.approx(entropy(after), rel=1e-4, abs=1e-6)
        assert row["mean_abs"] == pytest.approx((released.images - image).abs().mean().item(), rel=1e-5)
        assert row["iterations"] == released.iterations.item()
        assert row["achieved"] == released.achieved.item()
        if released.targets is not None:
            assert row["target_probability"] == pytest.approx(after[released.targets.item()], rel=1e-4)
            assert not row["achieved"] or row["target_probability"] >= 0.99
    assert make is uniform or any(row["achieved"] for row in rows)


def test_neighbours_chunks_and_resumes_change_nothing(samples, bench) -> None:
    def without_time(rows):
        return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]

    asked = bench()
    scheme = best_replacement(asked.extent)
    first = protection_rows(asked, samples[:2], scheme, "best")
    resumed = protection_rows(asked, samples[::-1], scheme, "best")[::-1]
    assert resumed[:2] == first
    assert without_time(protection_rows(bench("other"), samples, scheme, "best")) == without_time(resumed)


def test_finished_photos_are_never_computed_again(samples, bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, opened = bench(), []
    scheme = paper_replacement(asked.extent)
    monkeypatch.setattr(benches, "read_picture", lambda *given: opened.append(given[0]) or read_picture(*given))
    monkeypatch.setattr(benches, "CHUNK", 2)
    rows = protection_rows(asked, samples[:3], scheme, "ours")
    assert opened == [each.path for each in samples[:3]]
    protection_rows(asked, samples, scheme, "ours")
    assert opened == [each.path for each in samples]
    assert protection_rows(asked, samples[:3], scheme, "ours") == rows
    assert len(opened) == len(samples)


def test_means_stand_beside_the_paper() -> None:
    row = {"icp_before": 0.5, "icp_after": 0.1, "ice_after": 1.0, "ice_before": 0.0, "target_probability": 0.9}
    row |= {"mean_abs": 0.002, "iterations": 10, "seconds": 1.0, "achieved": True}
    other = row | {"icp_after": 0.3, "iterations": 13, "achieved": False}
    numbers = table3_numbers([row, other], [row])
    assert numbers["paper"]["icp_after"] == paper_a.TABLE_3.icp_after
    assert (numbers["ours"]["icp_after"], numbers["ours"]["iterations"]) == (pytest.approx(0.2), 11.5)
    assert (numbers["ours"]["achieved"], numbers["best"]["achieved"]) == (0.5, 1)
    cells = {cells[0]: cells[1:] for cells in table3_section(numbers, 2).tables[0].rows}
    assert cells["Iterations"] == ("17.20", "11.50", "10.00") or cells["Iterations"] == ("17.21", "11.50", "10.00")
    assert uniform_numbers([row, other])["ice"] == 1
    assert uniform_section(uniform_numbers([row]), photos=1, classes=1000).tables[0].rows[0][:2] == ("0.00", "1.000")
