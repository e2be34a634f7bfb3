import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import unseen as library
from unseen.catalogue import PICTURES, SCHEMES
from unseen.photo import read_photo
from unseen.report import from_json
from unseen.schemes import ClassReplacement
from unseen.styles import style_named
from unseen.styles.networks import CycleGenerator


def test_a_photo_gets_its_copy_beside_it_and_a_table(draw, protect, tmp_path: Path) -> None:
    source = draw("cat.jpg", quality=95)
    before = source.read_bytes()
    result = protect(source)
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "cat-unseen.jpg").is_file()
    assert source.read_bytes() == before
    assert "cat.jpg" in result.out
    assert "1 protected, 0 not achieved, 0 failed" in result.out
    assert max(map(len, result.out.splitlines())) <= 120


def test_folders_are_mirrored(draw, protect, tmp_path: Path) -> None:
    for name in ("album/a.png", "album/deep/b.png", "album/deep/er/c.webp"):
        draw(name)
    result = protect(tmp_path / "album", "-o", tmp_path / "album" / "out")
    assert result.code == 0
    written = sorted(
        path.relative_to(tmp_path / "album/out")
        for path in (tmp_path / "album/out").rglob("*.*")
        if ".unseen" not in path.parts
    )
    assert written == [Path("a.png"), Path("deep/b.png"), Path("deep/er/c.webp")]


def test_the_same_photo_named_twice_is_done_once(draw, protect) -> None:
    source = draw("a.png")
    result = protect(source, source)
    assert result.code == 0
    assert "1 protected, 0 not achieved, 0 failed" in result.out


def test_json_is_all_that_standard_output_gets_and_has_the_layout_of_the_issue(draw, protect) -> None:
    result = protect(draw("a.png"), "none.jpg", "--json", "--seed", 3)
    assert (result.code, result.err) == (1, "")
    report = json.loads(result.out)
    assert set(report) >= {"version", "settings", "photos"}
    assert report["version"] == library.__version__
    assert {"scheme", "models", "epsilon", "seed"} <= set(report["settings"])
    assert (report["settings"]["scheme"], report["settings"]["seed"]) == ("shield", 3)
    done, failed = report["photos"]
    photo = {
        "input", "output", "status", "error", "seconds", "iterations", "target", "target_probability", "models",
        "change", "metadata_removed",
    }  # fmt: skip
    assert photo <= set(done)
    assert photo <= set(failed)
    (model,) = done["models"]
    assert set(model) == {"name", "role", "reference", "before", "after", "hidden"}
    assert model["role"] == "surrogate"
    for reading in (model["before"], model["after"]):
        assert set(reading) == {"icp", "ice", "top5"}
        assert [set(answer) for answer in reading["top5"]] == [{"label", "probability"}] * 5
    assert {"mean_abs", "max_abs", "psnr", "ssim"} <= set(done["change"])
    assert (done["status"], done["error"]) == ("protected", None)
    assert (failed["status"], failed["error"]) == ("failed", "none.jpg: does not exist; check its name")
    assert (failed["output"], failed["target"], failed["change"]) == (None, None, None)


def test_reports_are_written_whole(draw, protect, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = protect(draw("a.png"), "-o", out, "--report", out / "r.json", "--report", tmp_path / "r.html", "--json")
    assert result.code == 0
    assert (out / "r.json").read_text() == result.out
    assert from_json(result.out).photos[0].status == "protected"
    page = (tmp_path / "r.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "data:image/jpeg" in page


def test_a_report_that_cannot_be_written_at_the_end_costs_no_account(
    draw, protect, tmp_path: Path, monkeypatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise library.PhotoError(path, "cannot be written: the disk is full", "free some space and run again")

    monkeypatch.setattr("unseen.cli.reports.write_new", full)
    result = protect(draw("a.png"), "--report", tmp_path / "r.json")
    assert result.code == 1
    assert "1 protected" in result.out
    assert "the report could not be written: " in result.err
    assert "the disk is full" in result.err


def test_a_goal_out_of_reach_ends_in_1_with_a_remedy(draw, protect) -> None:
    source = draw("a.png")
    result = protect(source, "--step", "0.01", "--steps", "1")
    assert result.code == 1
    told = " ".join(result.out.split())
    assert f"{source}: Still recognised by" in told
    assert "Try a higher strength or another scheme." in told
    assert "0 protected, 1 not achieved, 0 failed" in told


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_protects(scheme: str, draw, protect, tmp_path: Path) -> None:
    result = protect(draw("a.png", seed=1), "--scheme", scheme, "-o", tmp_path / scheme, "--json")
    assert result.code == 0
    settings = json.loads(result.out)["settings"]
    assert settings["scheme"] == scheme
    assert settings["epsilon_levels"] == (None if scheme in ("deepfool", "enhance") else pytest.approx(8))


def test_a_grade_that_falls_short_gets_its_remedy_and_noise_after_it_does_not(draw, protect, tmp_path: Path) -> None:
    hard = draw("a.png", seed=0)
    timid = "enhance?tone=1&colour=1&max_iterations=2&vividness=0"
    alone = protect(hard, "--scheme", timid, "-o", tmp_path / "alone")
    assert alone.code == 1
    assert "Try noise after it, as in enhance+uniform." in " ".join(alone.out.split())
    assert protect(hard, "--scheme", f"{timid}+away", "-o", tmp_path / "both").code == 0


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_alone_is_written_and_judged(name: str, draw, protect, tmp_path: Path) -> None:
    source = draw("a.png", size=(200, 120))
    result = protect(source, "--scheme", name, "-o", tmp_path / name, "--json")
    report = json.loads(result.out)
    (row,) = report["photos"]
    (model,) = row["models"]
    first_before, first_after = (model[when]["top5"][0]["label"] for when in ("before", "after"))
    assert first_before == model["reference"]
    hidden = first_after != model["reference"]
    assert (result.code, row["status"]) == ((0, "protected") if hidden else (1, "not_achieved"))
    assert (row["iterations"], row["notes"]) == (0, [])
    assert (report["settings"]["scheme"], report["settings"]["picture_only"]) == (name, True)
    assert report["settings"]["pictures"][0]["scheme"] == PICTURES[name].__name__
    assert np.array_equal(read_photo(row["output"]).pixels, PICTURES[name]()(read_photo(source)).pixels)


def test_a_picture_alone_that_hides_nothing_gets_a_remedy_that_it_has(draw, protect, tmp_path: Path) -> None:
    result = protect(draw("a.png"), "--scheme", "crop?ratio=1", "-o", tmp_path / "out")
    told = " ".join(result.out.split())
    assert result.code == 1
    assert "Such a picture alone is aimed at no network: add a scheme that is, as in crop+shield." in told
    assert "higher strength" not in told


@pytest.mark.parametrize("scheme", ["crop?ratio=0.5+away", "pixelate+crop+away", "crop+enhance+away"])
def test_noise_comes_after_the_picture(scheme: str, draw, protect, tmp_path: Path) -> None:
    result = protect(
        draw("a.png", size=(600, 500)), "--scheme", scheme, "-o", tmp_path / "out", "--ratio", 0.5, "--json"
    )
    report = json.loads(result.out)
    assert (result.code, report["photos"][0]["status"]) == (0, "protected")
    assert {"scheme": "Crop", "ratio": 0.5, "place": "centre"} in report["settings"]["pictures"]
    with Image.open(tmp_path / "out" / "a.png") as copy:
        assert copy.size == (300, 250)


def test_a_style_repaints_before_noise_and_the_report_names_it(draw, protect, tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights = tmp_path / "style.safetensors"
    save_file(dict(CycleGenerator(width=4, blocks=2).state_dict()), weights)
    style = f"style:cyclegan?weights={weights}"
    source = draw("a.png", size=(120, 90))
    report = json.loads(protect(source, "--scheme", f"{style}+away", "-o", tmp_path / "out", "--json").out)
    told = report["settings"]["pictures"][0]["style"]
    assert (report["settings"]["scheme"], told["spec"]["source"]) == ("style:cyclegan+away", str(weights))
    painted = style_named(style)(np.asarray(Image.open(source))).astype(int)
    assert np.abs(np.asarray(Image.open(tmp_path / "out" / "a.png")) - painted).max() <= 8


def test_a_print_needs_no_weights(draw, protect, tmp_path: Path) -> None:
    source = draw("a.png", size=(120, 90))
    report = json.loads(protect(source, "--scheme", "style:woodblock?tones=4", "-o", tmp_path / "out", "--json").out)
    told = report["settings"]["pictures"][0]["style"]
    assert (told["tones"], told["spec"]["source"]) == (4, "unseen itself, no network")
    printed = style_named("woodblock?tones=4")(np.asarray(Image.open(source)))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "out" / "a.png")), printed)


@pytest.mark.parametrize(
    ("given", "levels"), [(["--strength", "low"], 4), (["--strength", "high"], 16), (["--epsilon", "2.55"], 2.55)]
)
def test_strength_and_epsilon_are_one_limit(given: list[str], levels: float, draw, protect) -> None:
    settings = json.loads(protect(draw("a.png"), *given, "--json").out)["settings"]
    assert settings["epsilon_levels"] == pytest.approx(levels)


def test_labels_format_and_what_is_kept_arrive(draw, protect, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x8298], exif[0x010F] = "Ann", "Camera"
    source = draw("a.jpg", exif=exif, quality=95)
    (tmp_path / "labels.csv").write_text("file,label\na.jpg,thing 4\n")
    out = tmp_path / "out"
    options = ["--labels", tmp_path / "labels.csv", "--format", "webp", "--keep", "copyright", "--quality", "96"]
    report = json.loads(protect(source, "-o", out, *options, "--json").out)
    (row,) = report["photos"]
    assert row["models"][0]["reference"] == "thing 4"
    assert row["output"] == str(out / "a.webp")
    with Image.open(row["output"]) as copy:
        assert dict(copy.getexif()) == {0x8298: "Ann"}
    assert (report["settings"]["quality"], report["settings"]["keep"]) == (96, ["copyright"])


def test_a_dry_run_tells_the_names_as_they_will_be_and_writes_nothing(draw, protect, tmp_path: Path) -> None:
    draw("album/a.png")
    draw("album/b.jpg", seed=1)
    (tmp_path / "album/bad.jpg").write_bytes(b"no photo")
    draw("album/b.png", seed=2)
    result = protect(tmp_path / "album", "-o", tmp_path / "out", "--format", "webp", "--dry-run")
    assert result.code == 1
    assert result.out.splitlines() == [
        f"{tmp_path}/album/a.png -> {tmp_path}/out/a.webp",
        f"{tmp_path}/album/b.jpg -> {tmp_path}/out/b.webp",
    ]
    assert "album/b.png: its copy" in result.err
    assert "has the name of another photo's copy" in result.err
    assert "bad.jpg: is not a photo" in result.err
    assert "2 photos would be protected; nothing was written" in result.err
    assert not (tmp_path / "out").exists()


def test_a_dry_run_looks_for_a_style_and_does_not_load_it(draw, protect, tmp_path: Path) -> None:
    weights = tmp_path / "style.pth"
    weights.write_bytes(b"read, these would be refused")
    source = draw("a.png")
    result = protect(source, "--scheme", f"style:hayao?weights={weights}+away", "-o", tmp_path / "out", "--dry-run")
    assert (result.code, result.out) == (0, f"{source} -> {tmp_path}/out/a.png\n")
    assert protect(source, "--scheme", f"style:hayao?weights={weights}+away", "-o", tmp_path / "out").code == 2
    missing = protect(source, "--scheme", "style:hayao?weights=none.pth", "-o", tmp_path / "out", "--dry-run")
    assert (missing.code, missing.out) == (2, "")
    assert "none.pth: there is no such weights file" in missing.err


def test_one_photo_is_the_same_from_the_command_and_from_python(draw, protect, tiny, tmp_path: Path) -> None:
    for name in ("a.png", "b.jpg"):
        source = draw(name, size=(500, 400))
        protect(source, "-o", tmp_path / "command")
        library.protect_file(source, output=tmp_path / "python", models=[tiny], audit_models=[], device="cpu")
        assert (tmp_path / "command" / name).read_bytes() == (tmp_path / "python" / name).read_bytes()


def test_odd_names_are_names(draw, protect, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [
        "-o.png",
        "-.png",
        "a\nb.png",
        "\x1b[31mred.png",
        "Ünïcode 東京.png",
        os.fsdecode(b"bad\xff.png"),
        "[b]x.png",
    ]
    for seed, name in enumerate(names):
        draw(name, seed=seed)
    result = protect("-o", "out", "--", *names)
    assert result.code == 0
    assert f"{len(names)} protected" in result.out
    assert "\x1b" not in result.out
    assert {path.name for path in Path("out").iterdir()} == {*names, ".unseen"}
    as_json = protect("-o", "again", "--json", "--", *names)
    assert [row["input"] for row in json.loads(as_json.out)["photos"]] == names


def test_an_odd_name_stays_one_line_in_an_error(protect) -> None:
    result = protect("a\nb.png", "--dry-run")
    assert result.err.splitlines()[0] == r"Error: a\nb.png: does not exist; check its name"


def test_the_default_limit_is_that_of_the_library(draw, protect, tmp_path: Path) -> None:
    settings = json.loads(protect(draw("a.png"), "--json").out)["settings"]
    assert settings["epsilon"] == ClassReplacement(epsilon=8 / 255).epsilon
