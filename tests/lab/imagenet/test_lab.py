"""The whole lab, on a network of a second and on the paper's."""

import json
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from markupsafe import escape
from PIL import Image
from safetensors.torch import save_file

from unseen.errors import UnseenError
from unseen.lab.imagenet import Extent, run_imagenet_lab
from unseen.lab.report import LabReport, write_lab_report
from unseen.models.libraries import prepare_imports

SMALL = Extent(classes=2, carried=3, timed=1, scales=(1.0, 2.0, 3.0), figure12_photos=2, side=32, max_iterations=30)
UNREPEATABLE = {"seconds", "cost"}


@pytest.fixture(scope="module")
def report(table: Path, small: str, tmp_path_factory: pytest.TempPathFactory) -> LabReport:
    return run_imagenet_lab(table, small, folder=tmp_path_factory.mktemp("lab"), extent=SMALL)


def timeless(value: object) -> object:
    """Numbers without those that no run repeats."""
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items() if name not in UNREPEATABLE}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def interrupted(part: str) -> Callable[..., Iterator[object]]:
    """A progress that ends the run after the first item of a part."""

    def watched(items: Iterable[object], total: int, doing: str) -> Iterator[object]:
        for number, item in enumerate(items):
            if doing == part and number == 1:
                raise KeyboardInterrupt
            yield item

    return watched


def test_the_numbers_that_the_issue_asks_for(report: LabReport) -> None:
    numbers = json.loads(json.dumps(report.numbers))
    fields = {"icp_before", "icp_after", "target_probability", "mean_abs", "iterations", "seconds"}
    assert all(fields <= set(numbers["table3"][method]) for method in ("paper", "ours", "best"))
    assert [point["targets"] for point in numbers["figure12"]] == [0, 1, 2]
    for point in numbers["figure12"]:
        assert all({"ice", "mean_abs"} <= set(point[kind]) for kind in ("sum", "clipped", "joint"))
    assert [point["joint"]["ratio"] is None for point in numbers["figure12"]] == [True, False, False]
    assert numbers["figure12"][2]["joint"]["mean_abs"] <= 2 / 255
    assert numbers["uniform"]["ice"] > numbers["uniform"]["ice_before"]
    assert numbers["table3"]["ours"]["icp_after"] < numbers["table3"]["ours"]["icp_before"]
    assert numbers["settings"]["photos"] == 5
    assert [example["file"] for example in numbers["examples"]] == ["0.png", "1.png"]
    assert len(numbers["cost"]["by_input"]) == 3


def test_the_report_is_written_and_its_figures_show_something(report: LabReport, tmp_path: Path) -> None:
    write_lab_report(report, tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert all(section.title in page for section in report.sections)
    names = {figure.name for figure in report.figures}
    assert {"figure-12-entropy", "figure-12-noise", "example-1-replace", "example-2-indistinguish"} <= names
    assert {"carried-noise", "complexity-iterations", "complexity-mean-abs", "cost-pixels"} <= names
    for figure in report.figures:
        picture = np.asarray(Image.open(BytesIO(figure.png)).convert("RGB"))
        assert picture.std() > 5, figure.name
        assert escape(figure.caption) in page


def test_an_interrupted_run_resumes_to_the_same_numbers(
    report: LabReport, table: Path, small: str, tmp_path: Path
) -> None:
    for part in ("Examples", "Protecting (best)", "Several classes", "Timing sizes"):
        with pytest.raises(KeyboardInterrupt):
            run_imagenet_lab(table, small, folder=tmp_path, extent=SMALL, progress=interrupted(part))
    done = run_imagenet_lab(table, small, folder=tmp_path, extent=SMALL)
    assert timeless(done.numbers) == timeless(report.numbers)


def test_examples_of_the_user(table: Path, small: str, tmp_path: Path, draw) -> None:
    swan = draw("swan.png", seed=9, size=(200, 120))
    found = run_imagenet_lab(
        table,
        small,
        folder=tmp_path / "lab",
        examples=[swan],
        extent=Extent(photos=1, classes=1, timed=1, scales=(1.0,), side=32),
    )
    assert [example["file"] for example in found.numbers["examples"]] == ["swan.png"]
    assert found.numbers["carry"] is None
    assert found.numbers["settings"]["photos"] == 1
    assert "swan.png" in next(figure.caption for figure in found.figures if figure.name == "example-1-replace")


def test_a_network_with_too_few_classes(table: Path, tiny: str, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text(f"file,label\n{table.with_name('0.png')},1\n")
    with pytest.raises(UnseenError, match="knows 7 classes, too few"):
        run_imagenet_lab(few, f"{tiny}?classes=7", folder=tmp_path / "lab")


@pytest.mark.proof
def test_the_papers_network(table: Path, tmp_path: Path) -> None:
    prepare_imports()
    import timm

    torch.manual_seed(0)
    weights = tmp_path / "inception.safetensors"
    save_file(timm.create_model("inception_v3", num_classes=1000).state_dict(), weights)
    labelled = tmp_path / "labels.csv"
    labelled.write_text(f"file,label\n{table.with_name('3.png')},n01871265\n{table.with_name('4.png')},black swan\n")
    found = run_imagenet_lab(
        labelled,
        f"timm:inception_v3?weights={weights}",
        folder=tmp_path / "lab",
        extent=Extent(classes=2, carried=2, timed=1, scales=(0.5, 1.0), max_iterations=2),
    )
    assert found.numbers["settings"]["input"] == [299, 299]
    assert found.numbers["settings"]["parameters"] == 23_834_568
    assert [point["side"] for point in found.numbers["cost"]["by_input"]] == [160, 288]
    assert found.numbers["table3"]["ours"]["iterations"] == 2
    write_lab_report(found, tmp_path / "lab")
