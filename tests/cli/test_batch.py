"""`unseen protect -o`: what it says when it goes on, when photos are many, and before it begins."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import torch

from unseen.batch import account
from unseen.cli import telling


@pytest.fixture
def album(draw, tmp_path: Path) -> Path:
    for seed in range(6):
        draw(f"album/{seed}.png", seed=seed)
    return tmp_path / "album"


def test_the_same_command_again_does_nothing_and_tells_the_same(album: Path, protect, tmp_path: Path) -> None:
    first = protect(album, "-o", tmp_path / "out", "--json")
    assert (first.code, first.err) == (0, "")
    assert protect(album, "-o", tmp_path / "out", "--json") == first


def test_the_same_command_again_replaces_its_own_report_and_nobody_elses(album: Path, protect, tmp_path: Path) -> None:
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    command = (album, "-o", tmp_path / "out", "--report", page, "--report", data)
    assert protect(*command).code == 0
    (album / "5.png").unlink()
    assert protect(*command).code == 0
    assert len(json.loads(data.read_text())["photos"]) == 5
    assert page.read_text().count('<article class="photo"') == 5
    (tmp_path / "out/.unseen/index.sqlite").unlink()
    assert protect(*command).code == 0
    data.write_text("mine")
    again = protect(*command)
    assert again.code == 2
    assert f"--report {data}: exists already, and is not as an earlier run wrote it" in again.err
    assert data.read_text() == "mine"
    data.unlink()
    data.symlink_to("nowhere")
    assert f"--report {data}: exists already" in protect(*command).err
    other = protect(album, "-o", tmp_path / "other", "--report", page)
    assert other.code == 2
    assert f"--report {page}: exists already" in other.err
    assert not (tmp_path / "other").exists()


def test_each_of_many_photos_is_computed_by_one_thread(album: Path, protect, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        settings = json.loads(protect(album, "-o", tmp_path / "out", "--json").out)["settings"]
        alone = json.loads(protect(album / "0.png", "-o", tmp_path / "alone", "--json").out)["settings"]
    finally:
        torch.set_num_threads(threads)
    assert (settings["lanes"], settings["threads"]) == (1, 1)
    assert (alone["lanes"], alone["threads"]) == (1, 2)


def test_other_settings_are_named(album: Path, protect, tmp_path: Path) -> None:
    protect(album, "-o", tmp_path / "out")
    again = protect(album, "-o", tmp_path / "out", "--seed", 1, "--strength", "low")
    told = "6 photos had been done with other settings (epsilon, epsilon levels and seed), and are done again"
    assert (again.code, again.err) == (0, f"Note: {told}\n")


def test_a_damaged_line_of_the_record_is_told_with_what_brings_its_photo_back(
    album: Path, protect, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = protect(album, "-o", out, "--json")
    record, copy = out / ".unseen/photos.jsonl", out / "2.png"
    lines = record.read_text().splitlines(keepends=True)
    (number,) = (number for number, line in enumerate(lines) if str(copy) in line)
    record.write_text("".join([*lines[:number], lines[number][:20] + "\n", *lines[number + 1 :]]))
    (out / ".unseen/index.sqlite").unlink()
    refused = protect(album, "-o", out, "--json")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert (
        "is damaged; delete that line; once its copy is moved away, --retry-failed does its photo again" in refused.err
    )
    record.write_text("".join([*lines[:number], *lines[number + 1 :]]))
    clash = protect(album, "-o", out, "--json")
    assert clash.code == 1
    assert f"its copy {copy} exists already" in clash.out
    copy.rename(tmp_path / "away.png")
    again = protect(album, "-o", out, "--json", "--retry-failed")
    assert (again.code, again.err) == (0, "")
    assert copy.read_bytes() == (tmp_path / "away.png").read_bytes()
    assert len(json.loads(again.out)["photos"]) == len(json.loads(first.out)["photos"]) == 6


def test_photos_that_are_added_one_by_one_are_done_once(album: Path, protect, tmp_path: Path) -> None:
    for name in ("0.png", "1.png", "0.png"):
        assert protect(album / name, "-o", tmp_path / "out").err == ""
    written = (tmp_path / "out/0.png").stat().st_mtime_ns
    assert protect(album / "2.png", album / "3.png", "-o", tmp_path / "out").err == ""
    assert protect(album / "0.png", "-o", tmp_path / "out").err == ""
    assert (tmp_path / "out/0.png").stat().st_mtime_ns == written


def test_photos_that_failed_are_tried_again_when_that_is_asked_for(album: Path, draw, protect, tmp_path: Path) -> None:
    taken = tmp_path / "out/3.png"
    taken.parent.mkdir()
    taken.write_bytes(b"somebody else's")
    assert protect(album, "-o", tmp_path / "out").code == 1
    taken.unlink()
    for _ in range(2):
        again = protect(album, "-o", tmp_path / "out")
        assert (again.code, again.err) == (1, "Note: 1 photo failed in an earlier run; --retry-failed tries again\n")
        (album / "3.png").touch()
    assert protect(album, "-o", tmp_path / "out", "--retry-failed").code == 0


@pytest.mark.parametrize("given", [["--retry-failed"], ["--workers", "3"]])
def test_what_takes_a_folder_of_its_own_is_refused_without_one(given: list[str], album: Path, protect) -> None:
    result = protect(album, *given)
    assert result.code == 2
    assert f"{given[0]} is for runs into a folder of their own; give -o" in result.err


def test_of_many_photos_the_worst_are_told_and_the_json_has_all(
    album: Path, protect, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(account, "TOLD", 3)
    monkeypatch.setattr(telling, "FULL_TABLE", 2)
    monkeypatch.setattr(telling, "SHORT_TABLE", 2)
    (album / "4.png").write_bytes(b"no photo")
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    result = protect(album, "-o", tmp_path / "out", "--report", page, "--report", data)
    assert len(json.loads(data.read_text())["photos"]) == 6
    assert "The 2 worst of 6 photos." in result.out
    assert "5 protected, 0 not achieved, 1 failed" in result.out
    html = page.read_text()
    assert "The 3 worst of 6 photos" in html
    assert "5 of 6 photos are protected" in html
    assert len(re.findall(r'<article class="photo"', html)) == 3
    assert html.index(">4.png<") < html.index("badge protected")
    assert html.count("data:image/jpeg") == 6


def test_of_more_than_a_few_photos_a_dry_run_tells_what_they_take(draw, protect, tmp_path: Path) -> None:
    for seed in range(20):
        draw(f"album/{seed:02}.png", seed=seed)
    result = protect(tmp_path / "album", "-o", tmp_path / "out", "--scheme", "crop", "--dry-run")
    assert (result.code, result.err) == (0, "nothing was written\n")
    assert re.fullmatch(
        r"20 photos would be protected: about \d+ s on this machine and \d+ kB of copies, going by 16 of them\n",
        result.out,
    )
    assert not (tmp_path / "out").exists()


def test_a_dry_run_after_a_run_refuses_no_copy_of_its_own(album: Path, protect, tmp_path: Path) -> None:
    assert protect(album, "-o", tmp_path / "out").code == 0
    result = protect(album, "-o", tmp_path / "out", "--dry-run")
    assert result.code == 0
    assert "6 photos would be protected, but for what a former run did; nothing was written" in result.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
@pytest.mark.parametrize("named", ["album", "album/loop.jpg"])
def test_a_link_in_a_circle_is_a_failed_row_with_labels_or_without(named: str, draw, protect, tmp_path: Path) -> None:
    photo = draw("album/a.png")
    loop = tmp_path / "album/loop.jpg"
    loop.symlink_to(loop.name)
    (tmp_path / "labels.csv").write_text("file,label\nalbum/a.png,thing 4\nalbum/loop.jpg,thing 5\n")
    for number, labels in enumerate([(), ("--labels", tmp_path / "labels.csv")]):
        told = protect(tmp_path / named, photo, "-o", tmp_path / f"out{number}", "--json", *labels)
        rows = {row["input"]: row for row in json.loads(told.out)["photos"]}
        assert told.code == 1
        assert rows[str(photo)]["status"] == "protected"
        assert rows[str(loop)]["error"].startswith(f"{loop}: cannot be read (Too many levels of symbolic links)")


def test_what_nobody_may_look_into_is_told_as_such(draw, protect, tmp_path: Path, bound_by_modes: None) -> None:
    photo, locked = draw("a.png"), draw("locked/b.png")
    (tmp_path / "labels.csv").write_text("file,label\na.png,thing 4\nlocked/b.png,thing 5\n")
    locked.parent.chmod(0)
    told = protect(photo, locked, "-o", tmp_path / "out", "--json", "--labels", tmp_path / "labels.csv")
    rows = {row["input"]: row for row in json.loads(told.out)["photos"]}
    assert (told.code, rows[str(photo)]["status"]) == (1, "protected")
    unreadable = f"{locked}: may not be read; change its permissions or copy it elsewhere"
    assert rows[str(locked)]["error"] == unreadable
    into = protect(photo, "-o", locked.parent / "out")
    told_into = f"{locked.parent}/out: cannot be used as a folder (Permission denied); name another with -o"
    assert (into.code, into.err) == (2, f"Error: {told_into}\n")
    report = locked.parent / "deep/report.json"
    assert f"--report {report}: the folder {report.parent} does not exist" in protect(photo, "--report", report).err
    beside = protect(locked, "--json")
    assert (beside.code, json.loads(beside.out)["photos"][0]["error"]) == (1, unreadable)


def test_a_dry_run_after_a_run_tells_what_the_same_command_would_do(album: Path, draw, protect, tmp_path: Path) -> None:
    command = (album, "-o", tmp_path / "out", "--scheme", "crop")
    protect(*command)
    for name in ("album/new.png", "album/theirs.png", "out/theirs.png"):
        draw(name)
    shutil.move(draw("odd.png"), album / "5.jpg")
    result = protect(*command, "--dry-run")
    stand = [f"{album}/{seed}.png: has a copy already, {tmp_path}/out/{seed}.png" for seed in range(6)]
    assert result.out.splitlines() == [*stand, f"{album}/new.png -> {tmp_path}/out/new.png"]
    assert result.err.splitlines() == [
        f"Error: {album}/5.jpg: its copy {tmp_path}/out/5.png has the name of another photo's copy; "
        "protect the two in runs of their own, with another -o",
        f"Error: {album}/theirs.png: its copy {tmp_path}/out/theirs.png exists already, and is not what was written "
        "there before; move it away or choose another -o",
        "7 photos would be protected, but for what a former run did; nothing was written",
    ]
    assert result.code == 1
    run = protect(*command, "--json")
    errors = {row["error"] for row in json.loads(run.out)["photos"] if row["error"]}
    assert {f"Error: {error}" for error in errors} == set(result.err.splitlines()[:-1])


def test_a_change_in_a_network_of_ones_own_has_all_done_again(album: Path, unseen, tiny: str, tmp_path: Path) -> None:
    file, own = Path(tiny.rpartition(":")[0]).read_text(), tmp_path / "net.py"
    own.write_text(file)
    command = ("protect", album, "-o", tmp_path / "out", "--scheme", "crop", "--model", f"{own}:network")
    first = unseen(*command, "--audit-model", "", "--json")
    own.write_text(file.replace("seed: int = 0", "seed: int = 7"))
    again = unseen(*command, "--audit-model", "", "--json")
    assert "6 photos had been done with other settings (weights), and are done again" in again.err
    readings = [[row["models"][0] for row in json.loads(run.out)["photos"]] for run in (first, again)]
    assert all(before != after for before, after in zip(*readings, strict=True))
