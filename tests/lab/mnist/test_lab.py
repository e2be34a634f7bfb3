import json
from pathlib import Path

import pytest
import torch

from unseen.datasets.mnist import Digits, Mnist
from unseen.lab.mnist import Bench, MnistSettings, run_mnist_lab
from unseen.lab.mnist.measure import noise_score
from unseen.lab.paper_a import TABLE_2
from unseen.lab.report import LabReport, write_lab_report
from unseen.models.digits import load_digits
from unseen.schemes.universal import load_noise

TINY = MnistSettings(iterations=2, batch=8, test_images=20, sum_images=2, distance_images=20, scheme_images=20)


def strokes(count: int, seed: int) -> Digits:
    """Images that are no digits, but as bright and as sparse."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 1, 7, 7, generator=generator)
    images = torch.nn.functional.interpolate(coarse, scale_factor=4, mode="bilinear").sub(0.6).clamp(0, 0.3).div(0.3)
    return Digits(images=images.mul(255).round() / 255, labels=torch.arange(count) % 10)


def bench(settings: MnistSettings = TINY) -> Bench:
    return Bench(
        data=Mnist(train=strokes(40, 0), validation=strokes(5, 1), test=strokes(30, 2)),
        classifier=load_digits("conv"),
        other=load_digits("dense"),
        settings=settings,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


Asked = list[int]
"""How many images a network was asked about, each time."""


def run(folder: Path) -> tuple[LabReport, Asked]:
    """The lab in a folder, and what it asked its networks for that."""
    lab, asked = bench(), []
    forward = type(lab.classifier).forward

    def counted(network: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
        asked.append(len(images))
        return forward(network, images)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(lab.classifier), "forward", counted)
        return run_mnist_lab(lab, folder), asked


@pytest.fixture(scope="module")
def first_run(folder: Path) -> tuple[LabReport, Asked]:
    report, asked = run(folder)
    write_lab_report(report, folder)
    return report, asked


@pytest.fixture(scope="module")
def report(first_run: tuple[LabReport, Asked]) -> LabReport:
    return first_run[0]


@pytest.fixture(scope="module")
def numbers(report: LabReport, folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text())


def test_table_2_stands_beside_the_paper(numbers: dict) -> None:
    assert numbers["table2"]["paper"] == list(TABLE_2)
    for kind in ("ours", "best"):
        assert len(numbers["table2"][kind]) == 10
        assert all(0 <= accuracy <= 1 for accuracy in numbers["table2"][kind])
    assert 0 < numbers["noise"]["mean_abs"] <= numbers["noise"]["limit"] == 0.35


def test_every_sum_is_there(numbers: dict) -> None:
    assert [one["targets"] for one in numbers["sums"]] == [list(range(10)), [2, 3], [2, 3, 8]]
    assert len({tuple(one["targets"]) for one in numbers["all_sums"]}) == 1023


def test_noises_for_an_aim_and_for_each_image_are_scored(numbers: dict) -> None:
    assert {"untargeted", "confusion", "2+3", "2+3+8"} <= {one["objective"] for one in numbers["joint"]}
    assert set(numbers["per_image"]) == {"uniform", "replace", "indistinguish", "among"}
    for one in (*numbers["joint"], *numbers["per_image"].values()):
        assert 0 <= one["accuracy"] <= 1
        assert 0 <= one["ice"] <= 2.303
    assert numbers["per_image"]["uniform"]["mean_abs"] <= 0.35


def test_the_figures_of_the_paper_are_written_and_not_blank(report: LabReport, folder: Path) -> None:
    import numpy as np
    from PIL import Image

    names = {path.stem for path in (folder / "figures").glob("*.png")}
    assert {"table-2", "figure-2-ours", "figure-3", "pairs", "sums", "distances", "frontier", "each-image"} <= names
    assert len(names) == len(report.figures)
    for name in names:
        with Image.open(folder / "figures" / f"{name}.png") as figure:
            assert np.asarray(figure.convert("L")).std() > 5, name


def test_the_noises_can_be_loaded_and_laid(report: LabReport, folder: Path) -> None:
    noise, about = load_noise(folder / "noises" / "joint-untargeted.safetensors")
    digits = bench().test
    score = noise_score(bench().classifier, digits, noise)
    told = next(one for one in report.numbers["joint"] if one["objective"] == "untargeted")
    assert score["accuracy"] == told["accuracy"]
    assert about["limit"] == "0.35"


def test_the_page_tells_all_of_it(report: LabReport, folder: Path) -> None:
    page = (folder / "report.html").read_text()
    for section in report.sections:
        assert section.title.split(":")[0] in page


def test_a_second_run_finds_everything_done(first_run: tuple[LabReport, Asked], folder: Path) -> None:
    report, asked = first_run
    repeated, asked_again = run(folder)
    assert repeated.numbers == report.numbers
    assert sum(asked_again) < sum(asked) / 10, "only the pictures of examples are read again"


def test_other_settings_begin_anew(report: LabReport, folder: Path) -> None:
    begun: list[str] = []

    def stopping(names, total: int, doing: str):
        begun.append(doing)
        raise KeyboardInterrupt

    other = MnistSettings(iterations=3, batch=8, test_images=20, sum_images=2, distance_images=20, scheme_images=20)
    with pytest.raises(KeyboardInterrupt):
        run_mnist_lab(bench(other), folder, progress=stopping)
    assert begun == ["Making noises"]
    assert bench(other).identity != bench().identity


def test_a_set_without_errors_has_no_figures_of_them(tmp_path: Path) -> None:
    """The labels are what the network reads, whatever is done: one class only, and all noises draw to it."""

    class Stubborn(torch.nn.Module):
        class_names = tuple("0123456789")

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return 9 * torch.eye(10)[0] + 1e-3 * images.flatten(1)[:, :10]

    zeros = Digits(images=strokes(30, 2).images, labels=torch.zeros(30, dtype=torch.long))
    easy = Bench(
        data=Mnist(train=zeros, validation=zeros, test=zeros),
        classifier=Stubborn(),  # type: ignore[arg-type]
        other=Stubborn(),  # type: ignore[arg-type]
        settings=TINY,
    )
    report = run_mnist_lab(easy, tmp_path)
    assert report.numbers["clean"]["accuracy"] == 1
    assert "figure-3" not in {figure.name for figure in report.figures}
