"""`unseen protect` with tars, as people type it."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from unseen.models import load_classifier
from unseen.photo import read_photo_bytes
from unseen.reading import answer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inside(tar: Path) -> dict[str, bytes]:
    with tarfile.open(tar) as opened:
        return {info.name: opened.extractfile(info).read() for info in opened}


def test_shards_by_braces_become_shards(shard, protect, here: Path) -> None:
    for number in range(8, 12):
        shard(f"s-{number:03}.tar", {"1.png": number, "1.cls": b"1"})
    result = protect("s-{008..010}.tar", "-o", "out", "--scheme", "crop", "--json")
    assert result.err == ""
    assert [row["input"] for row in json.loads(result.out)["photos"]] == [
        "s-008.tar/1.png",
        "s-009.tar/1.png",
        "s-010.tar/1.png",
    ]
    assert sorted(path.name for path in (here / "out").glob("*")) == [".unseen", "s-008.tar", "s-009.tar", "s-010.tar"]
    assert list(inside(here / "out/s-010.tar")) == ["1.png", "1.cls"]
    assert protect("s-{008..010}.tar", "-o", "out", "--scheme", "crop", "--json") == result


def test_reports_show_photos_of_tars(shard, protect, here: Path) -> None:
    shard("s.tar", {"1.png": 1, "2.png": 2})
    result = protect("s.tar", "-o", "out", "--report", "r.html", "--report", "r.json")
    assert (result.code, result.err) == (0, "")
    assert (here / "r.html").read_text().count("data:image/jpeg") == 6
    rows = json.loads((here / "r.json").read_text())["photos"]
    assert [row["output"] for row in rows] == ["out/s.tar/1.png", "out/s.tar/2.png"]


def test_without_a_folder_for_it_a_tar_is_refused(shard, protect, here: Path) -> None:
    shard("s.tar", {"1.png": 1})
    result = protect("s.tar")
    assert (result.code, result.out) == (2, "")
    assert result.err == "Error: s.tar: the copies of a tar's photos go into a tar of the same name; give -o FOLDER\n"


@pytest.mark.parametrize("name", ["s.tar.gz", "s.tgz", "really.tar"])
def test_a_compressed_tar_is_refused(name: str, shard, protect, here: Path) -> None:
    data = shard("s.tar", {"1.png": 1}).read_bytes()
    (here / name).write_bytes(gzip.compress(data))
    result = protect(name, "-o", "out")
    assert (result.code, result.out) == (2, "")
    assert f"{name}: is compressed, and only plain tars are read; unpack it" in result.err
    assert not (here / "out").exists()


def test_among_photos_a_compressed_tar_or_a_folder_called_so_is_a_failed_row(draw, protect, here: Path) -> None:
    draw("album/1.png")
    (here / "album/s.tar.gz").write_bytes(b"")
    draw("album/x.tar/2.png")
    result = protect("album", "-o", "out", "--json")
    assert result.code == 1
    assert [row["error"] for row in json.loads(result.out)["photos"]] == [
        None,
        "album/s.tar.gz: is compressed, and only plain tars are read; unpack it first, as with gunzip",
        "album/x.tar: is a folder, but is called as tars are; rename it",
    ]


def test_a_tar_without_photos_or_that_is_none_is_refused_before_any_work(shard, protect, here: Path) -> None:
    shard("s.tar", {"1.txt": b"1"})
    (here / "none.tar").write_bytes(b"none")
    assert "s.tar: holds no photos, so no tar is made of it; leave it out" in protect("s.tar", "-o", "out").err
    assert "none.tar: is cut or damaged or no tar" in protect("none.tar", "-o", "out").err
    assert "missing.tar: does not exist; check its name" in protect("missing.tar", "-o", "out").err
    assert not (here / "out").exists()


def test_among_others_such_a_tar_is_a_failed_row(shard, protect, here: Path) -> None:
    shard("1.tar", {"1.png": 1})
    shard("2.tar", {"1.txt": b"1"})
    (here / "3.tar").write_bytes(b"none")
    result = protect("{1..4}.tar", "5.tgz", "-o", "out", "--json")
    told = [row["error"] and row["error"].partition(": ")[2][:9] for row in json.loads(result.out)["photos"]]
    assert told == [None, "holds no ", "is cut or", "does not ", "is compre"]
    assert (result.code, result.err) == (1, "")
    assert [path.name for path in (here / "out").glob("*.tar")] == ["1.tar"]


def test_labels_name_photos_in_tars(shard, protect, here: Path) -> None:
    shard("in/s.tar", {"./cat/1.png": 1, "2.png": 2})
    (here / "labels.csv").write_text("file,label\nin/s.tar/cat/1.png,thing 4\n")
    result = protect("in/s.tar", "-o", "out", "--labels", "labels.csv", "--json")
    rows = json.loads(result.out)["photos"]
    assert rows[0]["models"][0]["reference"] == "thing 4"
    assert result.err == ""
    (here / "labels.csv").write_text("file,label\nin/other.tar/cat/1.png,thing 4\n")
    assert protect("in/s.tar", "-o", "out", "--labels", "labels.csv").code == 2


def test_what_is_not_hidden_goes_through_as_it_is_and_is_told(shard, protect, tiny: str, here: Path) -> None:
    tar = shard("s.tar", {f"{seed}.png": seed for seed in range(3)})
    network = load_classifier(tiny)
    photos = [read_photo_bytes(data, name) for name, data in inside(tar).items()]
    names = [network.class_names[int(answer(network, photo.srgb).argmax())] for photo in photos]
    hidden = names[1]
    assert names.count(hidden) < 3
    result = protect("s.tar", "-o", "out", "--hide", hidden, "--json")
    rows = json.loads(result.out)["photos"]
    before, after = inside(tar), inside(here / "out/s.tar")
    assert list(before) == list(after)
    for row, name in zip(rows, before, strict=True):
        assert (before[name] == after[name]) == (row["status"] == "untouched")
        assert ("out/s.tar holds it as it is" in row["notes"]) == (row["status"] == "untouched")
    assert "untouched" in {row["status"] for row in rows}


def test_a_dry_run_of_few_names_them_and_refuses_no_copy_of_its_own(shard, protect, here: Path) -> None:
    shard("s.tar", {"1.png": 1, "2.png": 2, "../3.png": 3})
    result = protect("s.tar", "-o", "out", "--dry-run", "--format", "webp")
    assert result.out == "s.tar/1.png -> out/s.tar/1.webp\ns.tar/2.png -> out/s.tar/2.webp\n"
    assert result.code == 1
    assert "s.tar/../3.png: has a name that leads out of the tar; give it another" in result.err
    assert not (here / "out").exists()
    shard("s.tar", {"1.png": 1, "2.png": 2})
    assert protect("s.tar", "-o", "out", "--scheme", "crop").err == ""
    result = protect("s.tar", "-o", "out", "--dry-run")
    assert (result.code, result.err) == (
        0,
        "2 photos would be protected, but for what a former run did; nothing was written\n",
    )
    assert result.out == "".join(f"s.tar/{n}.png: has a copy already, out/s.tar/{n}.png\n" for n in (1, 2))
    shard("out/s.tar", {"1.txt": b"somebody else's"})
    assert "out/s.tar exists already" in protect("s.tar", "-o", "out", "--dry-run").err


def test_a_dry_run_of_many_tells_what_they_take(shard, protect, here: Path) -> None:
    shard("s.tar", {f"{seed}.png": seed for seed in range(20)})
    result = protect("s.tar", "-o", "out", "--scheme", "crop", "--dry-run")
    assert (result.code, result.err) == (0, "nothing was written\n")
    assert result.out.startswith("20 photos would be protected: about ")
    assert "going by 16 of them" in result.out


def test_a_tar_that_cannot_be_packed_is_told_and_is_exit_code_1(shard, protect, here: Path, monkeypatch) -> None:
    shard("s.tar", {"1.png": 1})
    closing = "unseen.batch.tars.closing.status_of"
    with monkeypatch.context() as patched:
        patched.setattr(closing, lambda tar: (1, 1))
        result = protect("s.tar", "-o", "out", "--scheme", "replace")
    assert result.code == 1
    assert result.err == "Error: s.tar: was changed while its photos were protected; run again\n"
    assert protect("s.tar", "-o", "out", "--scheme", "replace").code == 0
