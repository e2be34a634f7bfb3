import io
import json
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import skimage
from PIL import Image

from unseen.errors import UnseenError
from unseen.lab.crawl import run_crawl_lab
from unseen.lab.crawl.pipeline import Ending, pipeline
from unseen.lab.report import LabReport, write_lab_report
from unseen.protect import Protection, load_networks
from unseen.schemes import Crop, Unchanged
from unseen.threats import Platform

METRICS = ("icp", "ice", "top1", "top5")


@pytest.fixture
def lab(protection: Protection, tmp_path: Path):
    """Run the lab in tmp_path/lab."""

    def run(*paths: Path, by: Protection = protection, **settings) -> LabReport:
        return run_crawl_lab(paths, by, folder=tmp_path / "lab", **settings)

    return run


@pytest.fixture
def album(draw, tmp_path: Path) -> Path:
    for seed in range(3):
        draw(f"album/day{seed}/a.png", seed=seed)
    return tmp_path / "album"


def is_blank(png: bytes) -> bool:
    return len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)) < 10


def test_the_whole_lab(album: Path, lab, protection: Protection, tiny: str, tmp_path: Path) -> None:
    (album / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    report = lab(album, platform=Platform(long_edge=48, quality=60))
    write_lab_report(report, tmp_path / "lab")
    numbers = json.loads((tmp_path / "lab/report.json").read_text())
    assert numbers["platform"] == {"long_edge": 48, "quality": 60}
    assert numbers["settings"]["scheme"] == "replace"
    assert [(one["name"], one["role"], one["shared"]) for one in numbers["networks"]] == [
        (tiny, "surrogate", "file"),
        (f"{tiny}?seed=1", "held-out", "file"),
        (tiny, "surrogate", "platform"),
        (f"{tiny}?seed=1", "held-out", "platform"),
    ]
    statuses = {Path(photo["input"]).relative_to(album).as_posix(): photo["status"] for photo in numbers["photos"]}
    assert statuses == {**{f"day{day}/a.png": "protected" for day in range(3)}, "torn.png": "failed"}
    assert all(Path(photo["output"]).is_file() for photo in numbers["photos"][1:])
    for number, network in enumerate(numbers["networks"]):
        readings = [photo["readings"][number] for photo in numbers["photos"][1:]]
        assert {(one["network"], one["shared"]) for one in readings} == {(network["name"], network["shared"])}
        assert network["photos"] == 3
        for metric in METRICS:
            for version in ("before", "after"):
                assert network[version][metric] == pytest.approx(fmean(one[version][metric] for one in readings))
    surrogate = numbers["networks"][0]
    assert (surrogate["before"]["top1"], surrogate["after"]["top1"]) == (1, 0)
    assert surrogate["after"]["icp"] < surrogate["before"]["icp"]

    figures = {path.stem: path.read_bytes() for path in (tmp_path / "lab/figures").iterdir()}
    assert set(figures) == {"pipeline", "networks-file", "networks-platform", "examples"}
    assert not any(map(is_blank, figures.values()))
    page = (tmp_path / "lab/report.html").read_text()
    assert "at most 48 pixels long, JPEG quality 60" in page
    assert "torn.png" in page
    assert ">nan" not in page


def test_a_label_is_given_away_by_as_many_photos_as_a_network_reads_it_in(album: Path, lab) -> None:
    numbers = lab(album, platform=Platform(quality=50)).numbers
    for way in ("file", "platform"):
        labels = [label for label in numbers["labels"] if label["shared"] == way]
        counts = {"before": 0, "after": 0, "first_before": 0, "first_after": 0}
        for photo in numbers["photos"]:
            readings = [one for one in photo["readings"] if one["shared"] == way]
            for label in {one["reference"] for one in readings}:
                own = [one for one in readings if one["reference"] == label]
                for version in ("before", "after"):
                    counts[version] += any(one[version]["top5"] for one in own)
                    counts[f"first_{version}"] += any(one[version]["top1"] for one in own)
        assert {name: sum(label[name] for label in labels) for name in counts} == counts
        assert [label["after"] for label in labels] == sorted((label["after"] for label in labels), reverse=True)
        assert counts["first_before"] >= counts["first_after"]


def test_an_interrupted_run_gives_the_same_report(album: Path, lab, tmp_path: Path) -> None:
    def cut(items, total: int, doing: str):
        for number, item in enumerate(items):
            if doing == "Reading" and number == 1:
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        lab(album, progress=cut)
    resumed = lab(album)
    assert lab(album) == resumed
    assert [photo["status"] for photo in resumed.numbers["photos"]] == ["protected"] * 3


def test_labels_are_references(album: Path, lab) -> None:
    labels = {(album / "day1/a.png").resolve(): "thing 7"}
    photos = lab(album, labels=labels).numbers["photos"]
    assert {reading["reference"] for reading in photos[1]["readings"]} == {"thing 7"}
    assert {reading["before"]["top1"] for reading in photos[0]["readings"]} == {1}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"labels": {}}, "names none of these photos"),
        ({"labels": {Path("/elsewhere/a.png"): "thing 1"}}, "names none of these photos"),
    ],
)
def test_labels_of_other_photos_are_refused(settings, problem, album: Path, lab, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=problem):
        lab(album, **settings)
    assert not (tmp_path / "lab").exists()


def test_a_label_that_is_no_class_is_refused_before_any_work(album: Path, lab, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match="label 'thing 99' is no class of"):
        lab(album, labels={(album / "day1/a.png").resolve(): "thing 99"})
    assert not (tmp_path / "lab").exists()


def test_the_first_so_many_photos(album: Path, lab) -> None:
    numbers = lab(album, limit=1).numbers
    assert [Path(photo["input"]).parent.name for photo in numbers["photos"]] == ["day0"]


def test_photos_may_lie_around_the_labs_folder_but_not_in_it(album: Path, lab, protection, tmp_path: Path) -> None:
    folder = album / "lab"
    for _ in range(2):
        report = run_crawl_lab([album], protection, folder=folder)
        write_lab_report(report, folder)
        assert len(report.numbers["photos"]) == 3
    with pytest.raises(UnseenError, match="lies in the lab's own folder; choose another -o"):
        run_crawl_lab([folder / "protected"], protection, folder=folder)


def test_when_nothing_can_be_shared_there_is_no_report(lab, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"no photo could be shared.*none.png.* does not exist; check its name"):
        lab(tmp_path / "none.png")


def test_networks_that_do_not_fit_are_told_as_more() -> None:
    def drawn(count: int) -> np.ndarray:
        endings = [Ending(name=f"network {number}", before=1, after=0.25) for number in range(count)]
        return np.asarray(Image.open(io.BytesIO(pipeline("3 photos", "serves the file itself", endings))))

    assert drawn(1).shape[0] < drawn(5).shape[0] < drawn(8).shape[0] == drawn(9).shape[0]
    assert (drawn(8) != drawn(9)).any()


def test_a_real_network_on_a_real_photo(tmp_path: Path) -> None:
    Image.fromarray(skimage.data.chelsea()).save(tmp_path / "chelsea.png")
    from unseen.schemes import ClassReplacement

    by = Protection(scheme=ClassReplacement(epsilon=8 / 255), surrogates=load_networks(["lite0"], "cpu"), lanes=1)
    platform = Platform(long_edge=300, quality=75)
    report = run_crawl_lab([tmp_path / "chelsea.png"], by, folder=tmp_path / "lab", platform=platform)
    direct, behind = report.numbers["networks"]
    assert (direct["before"]["top1"], direct["after"]["top1"]) == (1, 0)
    assert direct["before"]["icp"] > 0.3
    assert direct["after"]["icp"] < 0.001
    assert behind["after"]["icp"] > direct["after"]["icp"]
    assert report.numbers["photos"][0]["readings"][0]["reference"] in ("Egyptian cat", "tabby", "tiger cat")


def test_a_picture_alone_is_shared_and_no_network_had_a_part_in_it(album: Path, lab, protection: Protection) -> None:
    by = replace(protection, scheme=Unchanged(), pictures=(Crop(ratio=0.4),))
    report = lab(album, by=by)
    assert {network["role"] for network in report.numbers["networks"]} == {"held-out"}
    assert all(photo["mean_levels"] is None and photo["readings"] for photo in report.numbers["photos"])
    assert report.numbers["settings"]["scheme"] == "crop"
    assert "made without asking any of them" in report.introduction[0]
    told = dict(report.sections[-1].tables[0].rows)
    assert told["pictures"] == "crop (ratio 0.4, place centre)"
    figures = {figure.name: figure.png for section in report.sections for figure in section.figures}
    assert not is_blank(figures["examples"])
