import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from PIL import Image

from unseen.catalogue import way_named
from unseen.errors import UnseenError
from unseen.lab import paper_b
from unseen.lab.pixel_privacy import making, run_pixel_privacy_lab
from unseen.lab.report import write_lab_report
from unseen.metrics.appeal import colourfulness
from unseen.models import Network
from unseen.photo import read_photo
from unseen.plan import Job
from unseen.protect import Protection, protect_file, protect_photos
from unseen.protect.protection import Outcome
from unseen.reading import answer
from unseen.styles.painted import Painted

PLAIN = [
    "original",
    "centre crop",
    "random crop",
    "UAP",
    "blur",
    "pixelate",
    "vivid filter",
    "faded filter",
    "random noise",
    "universal noise",
    "enhance",
    "enhance + uniform",
    "deepfool",
    "own noise",
    "crop + own noise",
    "vivid + own noise",
]
HANDLED = ("ours", "after_scale_crop", "after_jpeg90")


def is_blank(png: bytes) -> bool:
    return len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)) < 10


def test_the_whole_lab(lab, album: Path, network: Network, tiny: str, tmp_path: Path) -> None:
    report = lab(audit_models=[f"{tiny}?seed=1"])
    write_lab_report(report, tmp_path / "lab")
    numbers = json.loads((tmp_path / "lab/report.json").read_text())
    table = {row["approach"]: row for row in numbers["table1"]}
    assert list(table) == PLAIN
    for row in table.values():
        assert {"approach", "paper", *HANDLED, "appeal", "ssim", "seconds"} <= set(row)
        assert all(set(row[column]) == {"top1", "top5"} for column in HANDLED)
        assert all(0 <= row[column]["top1"] <= row[column]["top5"] <= 1 for column in HANDLED)
        assert row["seconds"] > 0
        assert set(row["appeal"]) == {"colourfulness", "contrast", "sharpness"}

    original = table["original"]
    assert original["paper"] == {"top1": paper_b.ORIGINAL.top1, "top5": paper_b.ORIGINAL.top5}
    assert {name for name, row in table.items() if row["paper"]} == {"original", "UAP"}
    assert (original["ours"]["top1"], original["ssim"]) == (1, 1)  # the labels are the network's own answers
    scored = [album / f"{number}.{'png' if number % 2 else 'jpg'}" for number in (0, 1, 3, 4, 6, 7)]
    assert numbers["settings"]["photos"] == len(scored)
    colours = [colourfulness(making._batch(read_photo(path).srgb)).item() for path in scored]
    assert original["appeal"]["colourfulness"] == pytest.approx(fmean(colours))

    assert table["own noise"]["ours"]["top1"] == 0
    assert table["vivid filter"]["appeal"]["colourfulness"] > original["appeal"]["colourfulness"]
    assert table["blur"]["appeal"]["sharpness"] < original["appeal"]["sharpness"]
    assert {name for name, row in table.items() if row["ssim"] is None} == {
        "centre crop",
        "random crop",
        "crop + own noise",
    }
    assert [row["held_out"][0]["model"] for row in table.values()] == [f"{tiny}?seed=1"] * len(PLAIN)
    assert original["held_out"][0]["ours"] != original["ours"]
    assert numbers["sensitive"] is None
    assert numbers["best"]["approach"] in PLAIN[PLAIN.index("universal noise") :]
    assert [run["top1"] for run in numbers["sets"]["paper"]] == [run.top1 for run in paper_b.OTHER_RUNS]
    assert [run["approach"] for run in numbers["sets"]["ours"]] == ["centre crop", "random crop"]

    figures = {path.stem: path.read_bytes() for path in (tmp_path / "lab/figures").iterdir()}
    sheets = {"figure-1", "figure-1-known", "figure-1-ours", "figure-1-combined"}
    assert set(figures) == sheets | {"top1", "protection-appeal", "protection-ssim", "noises"}
    assert not any(map(is_blank, figures.values()))
    page = (tmp_path / "lab/report.html").read_text()
    assert "give --style NAME?weights=FILE" in page
    assert "Networks that had no part in it" in page
    assert ">nan" not in page


def test_a_row_is_what_protect_writes(lab, album: Path, network: Network, tiny: str, tmp_path: Path, small) -> None:
    """The copies that are shown are those of `unseen protect` with the scheme that the report tells."""
    numbers = lab(small(limit=1)).numbers
    for name in ("random crop", "UAP", "own noise", "crop + own noise"):
        row = next(row for row in numbers["table1"] if row["approach"] == name)
        pictures, scheme = way_named(row["scheme"], {})
        told = protect_file(
            album / "0.jpg",
            output=tmp_path / name,
            scheme=scheme,
            pictures=pictures,
            models=[tiny],
            audit_models=[],
            device="cpu",
        )
        (copy,) = (tmp_path / "lab/examples" / name.replace(" + ", "-").replace(" ", "-")).iterdir()
        pixels = read_photo(copy).srgb
        np.testing.assert_array_equal(pixels, read_photo(Path(told.output)).srgb)
        guess = int(answer(network, pixels).argmax())
        right = {int(line) for line in (album / "labels.csv").read_text().split("\n")[1].split(",")[1].split(";")}
        assert row["ours"]["top1"] == float(guess in right), name


def test_what_was_finished_is_not_done_again(
    lab, monkeypatch: pytest.MonkeyPatch, small, album: Path, tmp_path: Path
) -> None:
    first = lab(small(limit=3))
    shutil.rmtree(tmp_path / "lab/figures", ignore_errors=True)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("done twice")

    with monkeypatch.context() as patched:
        patched.setattr(making, "protect_photos", never)
        again = lab(small(limit=3))
    assert again.numbers == first.numbers
    assert [figure.png for figure in again.figures] == [figure.png for figure in first.figures]
    with monkeypatch.context() as patched:
        patched.setattr(making, "protect_photos", never)
        with pytest.raises(AssertionError, match="done twice"):
            lab(small(limit=3, seed=1))


def test_an_interrupted_run_resumes_to_the_same_numbers(
    lab, monkeypatch: pytest.MonkeyPatch, small, tmp_path: Path
) -> None:
    protect, left = making.protect_photos, [5]

    def interrupted(*arguments: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return protect(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(making, "protect_photos", interrupted)
        with pytest.raises(KeyboardInterrupt):
            lab(small(limit=2))
    resumed = lab(small(limit=2)).numbers
    shutil.rmtree(tmp_path / "lab")
    whole = lab(small(limit=2)).numbers

    def timeless(numbers: dict) -> list[dict]:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in numbers["table1"]]

    assert timeless(resumed) == timeless(whole)


def test_a_style_is_painted_once_and_counted_each_time(lab, monkeypatch: pytest.MonkeyPatch, hayao: str, small) -> None:
    painted, calls = Painted.__call__, []

    def counted(self: Painted, photo: object, *, seed: int = 0) -> object:
        calls.append(photo)
        return painted(self, photo, seed=seed)

    monkeypatch.setattr(Painted, "__call__", counted)
    numbers = lab(small(limit=1, styles=(hayao, "woodblock"))).numbers
    rows = {row["approach"]: row for row in numbers["table1"]}
    assert [name for name in rows if "hayao" in name] == [
        "style: hayao",
        "style: hayao + universal noise",
        "style: hayao + own noise",
    ]
    assert len(calls) == 2
    assert rows["style: woodblock"]["kind"] == "ours"
    alone = rows["style: hayao"]["seconds"]
    assert rows["style: hayao + own noise"]["seconds"] > 0.5 * alone
    assert [row["approach"] for row in numbers["sets"]["ours"]] == ["centre crop", "random crop", "style: hayao"]


def test_a_style_that_is_given_twice_is_told(lab, small) -> None:
    with pytest.raises(UnseenError, match="style 'woodblock' is given twice; run the lab again for the second"):
        lab(small(styles=("woodblock", "style:woodblock?strength=0.5")))


def test_a_photo_with_one_right_class_is_protected_by_it_and_others_by_their_own_answer(lab, monkeypatch) -> None:
    labels = []

    def noted(jobs: list[Job], protection: Protection) -> Iterator[Outcome]:
        labels.extend(job.label for job in jobs)
        return protect_photos(jobs, protection)

    monkeypatch.setattr(making, "protect_photos", noted)
    lab()
    assert {label is None for label in labels} == {True, False}


def test_noise_is_trained_on_photos_that_are_not_scored(lab, album: Path, draw, small, tmp_path: Path) -> None:
    draw("others/x.png", seed=50)
    numbers = lab(small(limit=1), training=tmp_path / "others").numbers
    assert (numbers["settings"]["photos"], numbers["settings"]["trained_on"]) == (1, 1)
    with pytest.raises(UnseenError, match="is to be scored and trained on; give --training-photos a folder of other"):
        lab(training=album)


def test_the_sensitive_photos_are_told_apart(draw, small, tmp_path: Path, shared: Path) -> None:
    lines = [f"{draw(f'scenes/{number}.png', seed=number).name},{label}" for number, label in enumerate((52, 3))]
    (tmp_path / "scenes/labels.csv").write_text("\n".join(["file,label", *lines]))
    draw("others/x.png", seed=50)
    numbers = run_pixel_privacy_lab(
        tmp_path / "scenes",
        [],
        f"{shared / 'weights/places365_squeezenet.py'}:load",
        folder=tmp_path / "lab",
        training=tmp_path / "others",
        settings=small(max_iterations=1, training_views=1),
        device="cpu",
    ).numbers
    assert numbers["sensitive"]["photos"] == 1  # 52 is bedroom
    assert [row["approach"] for row in numbers["sensitive"]["table1"]] == PLAIN


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"labels": [Path("none.csv")]}, "none.csv: cannot be read as a label file"),
        ({"audit_models": ["lite0"]}, "lite0: knows no class named thing"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(lab, others: dict[str, object], said: str) -> None:
    with pytest.raises(UnseenError) as told:
        lab(**others)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_nima_without_weights_and_few_photos_are_told(lab, small, album: Path, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"none\.hdf5: there is no such weights file"):
        lab(small(nima=tmp_path / "none.hdf5"))
    (album / "labels.csv").write_text("file,label\n0.jpg,1\n1.png,1\n")
    with pytest.raises(UnseenError, match="2 labelled photos are too few to hold some apart for universal noise"):
        lab()
