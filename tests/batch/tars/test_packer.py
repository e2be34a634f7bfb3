"""What becomes of tars in runs: what goes in, what comes out, and what is done again."""

import gc
import io
import os
import shutil
import tarfile
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import webdataset
from PIL import Image

from unseen.batch import DiskPlace, TarPlace
from unseen.batch.tars import packing
from unseen.errors import FullError
from unseen.photo import atomic
from unseen.protect import Protection
from unseen.schemes import Crop

from ..written import copies
from .runs import pieces

SAMPLES = {"cat/1.png": 1, "cat/1.cls": b"3", "cat/2.jpg": 2, "cat/2.cls": b"4", "readme": b"for people", "3.png": 3}


def inside(tar: Path) -> dict[str, bytes]:
    with tarfile.open(tar) as opened:
        return {info.name: opened.extractfile(info).read() for info in opened if info.isreg()}


def as_files(tar: Path, folder: Path) -> Path:
    """The photos of a tar unpacked, for a run that knows nothing of tars."""
    for name, data in inside(tar).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_copies_are_those_of_files_in_a_tar_of_the_same_order_and_names(shard, go, tmp_path: Path) -> None:
    tar = shard("album/x-000.tar", SAMPLES)
    ended = go(tar)
    assert ended.problems == []
    assert [row.input for row in ended.rows] == [f"{tar}/{name}" for name in ("cat/1.png", "cat/2.jpg", "3.png")]
    assert [row.output for row in ended.rows] == [
        f"{tmp_path}/out/x-000.tar/{name}" for name in ("cat/1.png", "cat/2.jpg", "3.png")
    ]
    go(as_files(tar, tmp_path / "plain"), output=tmp_path / "plain-out")
    plain = copies(tmp_path / "plain-out")
    assert list(copies(tmp_path / "out")) == ["x-000.tar"]
    assert list(inside(tmp_path / "out/x-000.tar").items()) == [
        (name, plain.get(name, content)) for name, content in SAMPLES.items()
    ]
    assert plain["cat/1.png"] != inside(tar)["cat/1.png"]
    assert pieces(tmp_path / "out") == 0


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # WebDataset leaves its files to the garbage collector
def test_webdataset_reads_what_came_of_its_own_shards(go, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pattern = os.fspath(tmp_path / "in" / "%03d.tar")
    (tmp_path / "in").mkdir()
    with webdataset.ShardWriter(pattern, maxcount=3, verbose=0) as writer:
        for number in range(7):
            pixels = random.integers(60, 200, (20, 24, 3), dtype=np.uint8)
            writer.write({"__key__": f"é/{number:04}", "png": pixels, "cls": number, "json": {"number": number}})
    go(tmp_path / "in")
    shards = sorted(map(str, (tmp_path / "out").glob("*.tar")))
    assert [Path(name).name for name in shards] == ["000.tar", "001.tar", "002.tar"]
    samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode("rgb8"))
    gc.collect()
    assert [(one["__key__"], one["cls"], one["json"]) for one in samples] == [
        (f"é/{number:04}", number, {"number": number}) for number in range(7)
    ]
    for one in samples:
        with Image.open(io.BytesIO(inside(Path(one["__url__"]))[f"{one['__key__']}.png"])) as copy:
            assert np.array_equal(one["png"], np.asarray(copy))
            assert copy.size != (24, 20)


def test_tars_among_photos_and_in_folders_are_mirrored(shard, draw, go, tmp_path: Path) -> None:
    draw("album/a.png", seed=5)
    shard("album/b.tar", {"1.png": 1})
    shard("album/deep/b.tar", {"1.png": 2})
    shard("album/none.tar", {"1.txt": b"no photos"})
    assert len(go(tmp_path / "album").rows) == 3
    assert sorted(copies(tmp_path / "out")) == ["a.png", "b.tar", "deep/b.tar"]


def test_names_that_are_odd_go_through_and_nothing_is_written_elsewhere(shard, go, tmp_path: Path) -> None:
    names = [
        "./1.png",
        "ü/日本.png",
        "x" * 240 + ".png",
        f"{'y/' * 200}1.png",
        os.fsdecode(b"\xff.png"),
        "A.png",
        "a.png",
    ]
    names += ["a.tar/1.png", "1", "1/2.png"]
    tar = shard("odd.tar", {name: number if name.endswith("png") else b"-" for number, name in enumerate(names)})
    before = set(tmp_path.rglob("*"))
    ended = go(tar)
    assert ended.errors == {}
    assert list(inside(tmp_path / "out/odd.tar")) == names
    assert all(path.is_relative_to(tmp_path / "out") for path in set(tmp_path.rglob("*")) - before)
    assert go(tar).read == []


def test_what_leads_out_of_a_tar_fails_with_its_sample_and_is_written_nowhere(shard, go, tmp_path: Path) -> None:
    link = tarfile.TarInfo("4.png")
    link.type, link.linkname = tarfile.SYMTYPE, "1.png"
    tar = shard(
        "x.tar",
        {"/abs.png": 0, "../up.png": 1, "../up.cls": b"1", "2.png": 2, "./2.png": 3}
        | {"4.png": link, "4.cls": b"4", "5.png": 5},
    )
    ended = go(tar)
    assert ended.statuses["x.tar/5.png"] != "failed"
    assert len(ended.errors) == 4
    assert all("\n" not in error for error in ended.errors.values())
    assert list(inside(tmp_path / "out/x.tar")) == ["5.png"]
    assert not (tmp_path / "up.png").exists()
    assert go(tar).errors == ended.errors


def test_a_name_with_a_nul_fails_with_its_sample_and_keeps_no_other_from_its_tar(shard, go, tmp_path: Path) -> None:
    def with_nul(suffix: str) -> tarfile.TarInfo:
        info = tarfile.TarInfo("bad")
        info.pax_headers = {"path": f"bad\0name{suffix}"}
        return info

    tar = shard("x.tar", {"1.png": 1, "bad.png": with_nul(".png"), "bad.cls": with_nul(".cls"), "3.png": 3})
    ended = go(tar)
    assert ended.problems == []
    assert ended.errors == {
        "x.tar/bad\\0name.png": f"{tar}/bad\\x00name.png: has a name that leads out of the tar; give it another"
    }
    assert list(inside(tmp_path / "out/x.tar")) == ["1.png", "3.png"]
    assert go(tar).errors == ended.errors


def test_a_sample_whose_photo_failed_is_left_out_whole_and_its_rows_say_so(shard, go, tmp_path: Path) -> None:
    members = {"1.left.png": 1, "1.right.png": b"no photo", "1.cls": b"1", "2.png": 2, "2.cls": b"2"}
    tar = shard("x.tar", members)
    ended = go(tar)
    assert list(ended.statuses.values())[:2] == ["failed", "failed"]
    assert ended.errors["x.tar/1.left.png"] == (
        f"{tar}/1.left.png: is left out with its sample, because another photo of that failed; "
        "repair or remove that one and give --retry-failed"
    )
    assert ended.rows[1].notes == (f"its sample is left out of {tmp_path}/out/x.tar",)
    assert list(inside(tmp_path / "out/x.tar")) == ["2.png", "2.cls"]
    again = go(tar)
    assert (again.read, again.errors) == ([], ended.errors)
    shard("x.tar", members | {"1.right.png": 3})
    assert go(tar, retry_failed=True).errors == {}
    assert list(inside(tmp_path / "out/x.tar")) == list(members)


def test_two_photos_whose_copies_have_one_name_fail_together(shard, go, cropping: Protection, tmp_path: Path) -> None:
    tar = shard("x.tar", {"1.png": 1, "1.jpg": 2, "2.png": 3})
    ended = go(tar, by=replace(cropping, format="webp"))
    assert set(ended.errors) == {"x.tar/1.png", "x.tar/1.jpg"}
    assert list(inside(tmp_path / "out/x.tar")) == ["2.webp"]


def test_what_is_done_is_neither_done_nor_read_again(shard, go, tmp_path: Path, monkeypatch) -> None:
    tars = [shard(f"in/{number}.tar", SAMPLES) for number in range(3)]
    first = go(*tars)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.tar")}

    def refused(*arguments: object) -> None:
        raise AssertionError("a tar was read again")

    monkeypatch.setattr(DiskPlace, "digest", refused)
    monkeypatch.setattr(packing.Packing, "parts", refused)
    again = go(*tars)
    assert (again.read, again.rows) == ([], first.rows)
    assert written == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.tar")}


def test_of_a_tar_that_changed_only_what_changed_is_done_and_it_is_packed_again(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    other = shard("y.tar", SAMPLES)
    go(tar, other)
    before = copies(tmp_path / "out")
    shard("x.tar", SAMPLES | {"cat/2.jpg": 9, "cat/1.cls": b"8", "new.png": 4})
    again = go(tar, other)
    after = inside(tmp_path / "out/x.tar")
    assert sorted(again.read) == ["1.png", "2.jpg", "3.png", "new.png"]
    assert copies(tmp_path / "out")["y.tar"] == before["y.tar"]
    assert after["cat/1.cls"] == b"8"
    (tmp_path / "before.tar").write_bytes(before["x.tar"])
    former = inside(tmp_path / "before.tar")
    assert after["cat/1.png"] == former["cat/1.png"]
    assert after["cat/2.jpg"] != former["cat/2.jpg"]
    assert list(after) == [*SAMPLES, "new.png"]
    go(tar, other, output=tmp_path / "fresh")
    assert copies(tmp_path / "fresh") == copies(tmp_path / "out")


def test_a_tar_of_which_no_photo_changed_is_packed_again_of_the_same_copies(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    first = go(tar)
    before = inside(tmp_path / "out/x.tar")
    shard("x.tar", SAMPLES | {"cat/1.cls": b"8"})
    assert go(tar).rows == first.rows
    assert inside(tmp_path / "out/x.tar") == before | {"cat/1.cls": b"8"}


def test_a_tar_that_was_only_touched_is_read_and_stays_the_same(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    first = go(tar)
    before = copies(tmp_path / "out")
    os.utime(tar, ns=(1, 1))
    again = go(tar)
    assert (len(again.read), again.rows) == (3, first.rows)
    assert copies(tmp_path / "out") == before
    assert go(tar).read == []


def test_another_label_does_one_photo_again(shard, go, protection: Protection, tmp_path: Path) -> None:
    tar, by = shard("x.tar", SAMPLES), replace(protection, held_out=())
    go(tar, by=by)
    labels = {tar / "cat/2.jpg": "thing 4"}
    again = go(tar, by=by, labels=labels)
    assert again.read == ["2.jpg"]
    assert again.rows[1].models[0].reference == "thing 4"
    go(tar, by=by, labels=labels, output=tmp_path / "fresh")
    assert copies(tmp_path / "fresh") == copies(tmp_path / "out")


def test_other_settings_replace_the_tar(shard, go, cropping: Protection, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    go(tar)
    before = inside(tmp_path / "out/x.tar")
    assert go(tar, by=replace(cropping, pictures=(Crop(ratio=0.5),))).problems == []
    after = inside(tmp_path / "out/x.tar")
    assert {name for name in before if before[name] == after[name]} == {"cat/1.cls", "cat/2.cls", "readme"}
    go(tar, by=replace(cropping, format="png"))
    assert list(inside(tmp_path / "out/x.tar")) == [name.replace("jpg", "png") for name in SAMPLES]
    assert pieces(tmp_path / "out") == 0


def test_a_tar_that_is_gone_is_made_again(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    go(tar)
    before = copies(tmp_path / "out")
    (tmp_path / "out/x.tar").unlink()
    assert len(go(tar).read) == 3
    assert copies(tmp_path / "out") == before


def test_tars_that_were_moved_with_their_record_are_known_again(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    first = go(tar)
    os.utime(tmp_path / "out/x.tar", ns=(1, 1))
    again = go(tar)
    assert (again.read, again.rows) == ([], first.rows)
    shard("x.tar", SAMPLES | {"3.png": 8})
    assert go(tar).problems == []
    assert go(tar).read == []


def test_a_tar_that_nobody_knows_is_refused_and_left_as_it_is(shard, go, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    foreign = shard("out/x.tar", {"1.txt": b"somebody else's"})
    data = foreign.read_bytes()
    ended = go(tar)
    assert set(ended.statuses.values()) == {"failed"}
    assert ended.errors["x.tar/3.png"] == (
        f"{tar}/3.png: the tar of its copy {foreign} exists already, and is not what was written there before; "
        "move it away or choose another -o"
    )
    assert ended.problems == []
    assert foreign.read_bytes() == data
    foreign.unlink()
    assert go(tar, retry_failed=True).errors == {}


def test_a_packed_tar_that_somebody_changed_is_not_replaced(shard, go, cropping: Protection, tmp_path: Path) -> None:
    tar = shard("x.tar", SAMPLES)
    go(tar)
    (tmp_path / "out/x.tar").write_bytes(b"edited")
    assert set(go(tar).statuses.values()) == {"failed"}
    assert (tmp_path / "out/x.tar").read_bytes() == b"edited"


def test_a_tar_that_appears_meanwhile_is_not_replaced_and_is_told(shard, go, tmp_path: Path, monkeypatch) -> None:
    tar = shard("x.tar", SAMPLES)
    parts = packing.Packing.parts

    def meanwhile(self):
        (tmp_path / "out/x.tar").write_bytes(b"somebody else's")
        yield from parts(self)

    with monkeypatch.context() as patched:
        patched.setattr(packing.Packing, "parts", meanwhile)
        ended = go(tar)
    assert ended.problems == [
        f"{tmp_path}/out/x.tar: exists already and is not overwritten; move it away or choose another name"
    ]
    assert (tmp_path / "out/x.tar").read_bytes() == b"somebody else's"
    (tmp_path / "out/x.tar").unlink()
    again = go(tar)
    assert (again.read, again.problems) == ([], [])
    assert list(inside(tmp_path / "out/x.tar")) == list(SAMPLES)


def test_two_tars_of_one_name_are_not_mixed(shard, go, tmp_path: Path) -> None:
    first, second = shard("a/x.tar", {"1.png": 1}), shard("b/x.tar", {"2.png": 2})
    for _ in range(2):
        ended = go(first, second)
        assert list(ended.statuses.values()).count("failed") == 1
        assert ended.rows[1].error == (
            f"{second}/2.png: its copy's tar {tmp_path}/out/x.tar has the name of another tar's copy; "
            "protect the two in runs of their own, with another -o"
        )
        assert list(inside(tmp_path / "out/x.tar")) == ["1.png"]
    alone = go(second, retry_failed=True)
    assert "exists already" in alone.errors["x.tar/2.png"]
    assert list(inside(tmp_path / "out/x.tar")) == ["1.png"]


@pytest.mark.parametrize("end", ["cut", "damaged"])
def test_of_a_damaged_tar_what_is_before_is_done_and_no_tar_pretends_to_be_whole(end: str, shard, go, tmp_path) -> None:
    tar = shard("x.tar", SAMPLES)
    whole = tar.read_bytes()
    place = whole.index(b"readme")
    tar.write_bytes(whole[:place] if end == "cut" else whole[:place] + b"\xff" * 512 + whole[place + 512 :])
    for _ in range(2):
        ended = go(tar)
        assert [row.status == "failed" for row in ended.rows] == [False, False, True]
        assert "x.tar: is cut or damaged after byte" in ended.rows[2].error
        assert copies(tmp_path / "out") == {}
    assert pieces(tmp_path / "out") == 2
    tar.write_bytes(whole)
    written = [row.seconds for row in ended.rows[:2]]
    again = go(tar)
    assert again.errors == {}
    assert [row.seconds for row in again.rows[:2]] == written, "the first two were done again"
    assert list(inside(tmp_path / "out/x.tar")) == list(SAMPLES)


def test_a_tar_that_changes_while_its_photos_are_done_is_packed_the_next_time(shard, go, tmp_path, monkeypatch) -> None:
    tar = shard("x.tar", SAMPLES)
    publish = TarPlace.publish

    def changing(self: TarPlace, staged, *, over: bool) -> None:
        publish(self, staged, over=over)
        shard("x.tar", SAMPLES | {"cat/1.cls": b"7"})
        os.utime(tar, ns=(9, 9))

    with monkeypatch.context() as patched:
        patched.setattr(TarPlace, "publish", changing)
        assert go(tar).problems == [f"{tar}: was changed while its photos were protected; run again"]
    assert copies(tmp_path / "out") == {}
    assert go(tar).problems == []
    assert inside(tmp_path / "out/x.tar")["cat/1.cls"] == b"7"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # where a thread dies of it
@pytest.mark.parametrize(
    ("owner", "step"), [(DiskPlace, "stage"), (DiskPlace, "publish"), (DiskPlace, "remove"), (TarPlace, "sweep")]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_process_that_dies_at_any_step_loses_nothing(
    is_first: bool, owner: type, step: str, shard, go, cropping: Protection, tmp_path: Path, monkeypatch
) -> None:
    class Died(BaseException):
        pass

    tar, out = shard("x.tar", SAMPLES), tmp_path / "out"
    by = replace(cropping, pictures=(Crop(ratio=0.5),), format="png")
    if not is_first:
        go(tar)
        out.rename(tmp_path / "before")
    go(tar, by=by, output=tmp_path / "whole")
    original = getattr(owner, step)
    for turn in range(9):
        if not is_first:
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(tmp_path / "before", out)
        calls = count()

        def dying(*arguments: object, _calls=calls, _turn=turn, **options: object) -> object:
            if next(_calls) == _turn:
                raise Died
            return original(*arguments, **options)

        with monkeypatch.context() as patched, suppress(Died):
            patched.setattr(owner, step, dying)
            go(tar, by=by)
        if next(calls) <= turn:
            break  # it takes fewer steps than that
        ended = go(tar, by=by)
        assert (ended.errors, ended.problems) == ({}, [])
        assert copies(out) == copies(tmp_path / "whole")
        assert pieces(out) == 0
        if is_first:
            shutil.rmtree(out)
    assert turn


def test_a_full_disk_stops_packing_and_the_run_and_the_rest_is_done_later(shard, go, tmp_path, monkeypatch) -> None:
    tars = [shard(f"in/{number}.tar", SAMPLES) for number in range(4)]
    write = atomic._write

    def full(path: Path, data: object) -> None:
        if path.parent == tmp_path / "out" and len(copies(tmp_path / "out")) == 2:
            raise OSError(28, "No space left on device")
        write(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_write", full)
        with pytest.raises(FullError, match="the disk is full; free some space and run again"):
            go(*tars, photos=3)
    assert sorted(copies(tmp_path / "out")) == ["0.tar", "1.tar"]
    assert pieces(tmp_path / "out") > 0
    again = go(*tars)
    assert len(again.read) < 12
    go(*tars, output=tmp_path / "whole")
    assert copies(tmp_path / "out") == copies(tmp_path / "whole")
    assert pieces(tmp_path / "out") == 0
