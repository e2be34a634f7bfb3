"""What a run does again, and what it leaves alone."""

import itertools
import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.batch import DiskPlace, Local, Record, Run, deciding, walk
from unseen.batch.home import FOLDER
from unseen.batch.index import Index
from unseen.errors import FullError
from unseen.photo import atomic
from unseen.plan import plan
from unseen.protect import Protection, protect_photos
from unseen.report import PhotoRow
from unseen.schemes import Crop

from .written import copies, names


class Ended:
    """A run that has ended: its rows, and which photos' bytes were read for it."""

    def __init__(self, rows: list[PhotoRow], read: list[str], different: tuple[str, ...]) -> None:
        self.rows = rows
        self.read = sorted(read)
        self.different = different

    @property
    def statuses(self) -> dict[str, str]:
        return {Path(row.input).name: row.status for row in self.rows}

    @property
    def errors(self) -> list[str]:
        return [row.error for row in self.rows if row.error]


Go = Callable[..., Ended]


class Watched(DiskPlace):
    def __init__(self) -> None:
        self.read: list[str] = []

    def fetch(self, source: Path) -> bytes:
        self.read.append(source.name)
        return super().fetch(source)


@pytest.fixture
def go(tmp_path: Path, cropping: Protection) -> Go:
    """Run over the folder `album` into `out`."""

    def run(
        by: Protection = cropping, *, workers: int = 2, photos: int = 8, paths: tuple[Path, ...] = (), **options
    ) -> Ended:
        output, place = tmp_path / "out", Watched()
        labels = options.pop("labels", {})
        with Record(output) as record:
            settings, different = record.settings(deciding(by, {}))
            entries = walk(paths or [tmp_path / "album"], output, labels)
            Run(record, settings, place, **options).protect(entries, Local(workers, photos), by, ())
            return Ended(list(record.rows()), place.read, different)

    return run


def without_seconds(rows: list[PhotoRow]) -> list[PhotoRow]:
    return [replace(row, seconds=0) for row in rows]


@pytest.mark.parametrize(("workers", "photos"), [(1, 4), (3, 5), (2, 64)])
def test_workers_and_shares_change_neither_bytes_nor_rows(
    workers: int, photos: int, draw, go: Go, protection: Protection, tmp_path: Path
) -> None:
    for number, name in enumerate(("a.png", "b.jpg", "c/d.jpg", "c/e.webp", "f.png", "g.jpg")):
        draw(f"album/{name}", seed=number, size=(64 + 8 * number, 48))
    draw("album/large.jpg", size=(1300, 1000))
    draw("album/large.png", size=(1000, 1300), mode="RGBA")
    (tmp_path / "album/broken.jpg").write_bytes(b"no photo")
    jobs = plan([tmp_path / "album"], tmp_path / "out", {})
    expected = [outcome.row for outcome in protect_photos(list(jobs), protection)]
    written = copies(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "expected")
    ended = go(protection, workers=workers, photos=photos)
    assert without_seconds(ended.rows) == without_seconds(expected)
    assert copies(tmp_path / "out") == written
    assert Counter(ended.statuses.values()) == {"protected": 8, "failed": 1}


def test_what_is_done_is_not_read_again(album, go: Go) -> None:
    album(12)
    first = go()
    assert len(first.read) == 12
    again = go()
    assert again.read == []
    assert again.rows == first.rows


def test_only_what_is_new_changed_or_gone_is_done(album, draw, go: Go, tmp_path: Path) -> None:
    folder = album(6, folders=1)
    first = go()
    before = copies(tmp_path / "out")
    draw("album/0/00001.jpg", seed=99, size=(30, 20))
    draw("album/0/new.png", seed=98)
    (tmp_path / "out/0/00004.png").unlink()
    (folder / "0/00005.jpg").unlink()
    again = go()
    assert again.read == ["00001.jpg", "00004.png", "new.png"]
    assert list(again.statuses) == ["00000.png", "00001.jpg", "00002.png", "00003.jpg", "00004.png", "new.png"]
    after = copies(tmp_path / "out")
    assert {name for name in before if after[name] != before[name]} == {"0/00001.jpg"}
    assert again.rows[0] == first.rows[0]


def test_a_photo_that_only_looks_changed_is_read_and_no_more(album, go: Go, tmp_path: Path) -> None:
    folder = album(2, folders=1)
    first = go()
    os.utime(folder / "0/00000.png", ns=(1, 1))
    written = (tmp_path / "out/0/00000.png").stat().st_mtime_ns
    again = go()
    assert again.read == ["00000.png"]
    assert again.rows == first.rows
    assert (tmp_path / "out/0/00000.png").stat().st_mtime_ns == written
    assert go().read == []


def test_copies_that_were_moved_with_their_record_are_known_again(album, go: Go, tmp_path: Path) -> None:
    album(3)
    first = go()
    for path in (tmp_path / "out").rglob("*.??g"):
        os.utime(path, ns=(1, 1))
    (tmp_path / "out").rename(tmp_path / "moved")
    (tmp_path / "moved").rename(tmp_path / "out")
    again = go()
    assert (again.read, again.rows) == ([], first.rows)


def test_photos_whose_folder_was_renamed_are_known_again(album, go: Go, tmp_path: Path) -> None:
    first = go(paths=(album(6, name="before"),))
    before, kept = copies(tmp_path / "out"), (tmp_path / "out/0/00000.png").stat().st_mtime_ns
    (tmp_path / "before").rename(tmp_path / "album")
    ended = go()
    assert ended.rows == [replace(row, input=row.input.replace("before", "album")) for row in first.rows]
    assert (copies(tmp_path / "out"), len(ended.read)) == (before, 6)
    assert (tmp_path / "out/0/00000.png").stat().st_mtime_ns == kept
    assert go().read == []
    (tmp_path / "out" / FOLDER / "index.sqlite").unlink()
    assert (go().read, go().rows) == ([], ended.rows)
    (tmp_path / "album").rename(tmp_path / "before")
    assert go(paths=(tmp_path / "before",)).rows == first.rows


def test_in_a_folder_that_was_renamed_what_is_to_be_done_again_is_replaced(
    album, draw, go: Go, cropping: Protection, tmp_path: Path
) -> None:
    (album(4, name="before", folders=1) / "broken.png").write_bytes(b"no photo")
    assert len(go(paths=(tmp_path / "before",)).errors) == 1
    before = copies(tmp_path / "out")
    (tmp_path / "before").rename(tmp_path / "album")
    draw("album/0/00001.jpg", seed=99, size=(30, 20))
    (tmp_path / "out/0/00002.png").write_bytes(b"edited")
    ended = go()
    assert [Path(row.input).name for row in ended.rows if row.error] == ["broken.png", "00001.jpg", "00002.png"]
    assert str(tmp_path / "album/broken.png") in ended.errors[0]
    copy, former = tmp_path / "out/0/00001.jpg", tmp_path / "before/0/00001.jpg"
    assert f"its copy {copy} exists already, and is that of {former}; move it away" in ended.errors[1]
    assert "is not what was written there before" in ended.errors[2]
    after = copies(tmp_path / "out")
    assert after.pop("0/00002.png") == b"edited"
    assert after.items() <= before.items()
    (tmp_path / "album").rename(tmp_path / "again")
    for name in ("00001.jpg", "00002.png"):
        (tmp_path / "out/0" / name).unlink()
    as_png = go(replace(cropping, format="png"), paths=(tmp_path / "again",))
    assert (len(as_png.errors), {Path(name).suffix for name in copies(tmp_path / "out")}) == (1, {".png"})
    assert len(copies(tmp_path / "out")) == 4


def test_a_copy_of_another_photo_of_the_run_or_of_one_that_is_still_there_is_not_taken_over(
    album, draw, go: Go, tmp_path: Path
) -> None:
    first = go(paths=(album(2, name="one", folders=1),))
    before = copies(tmp_path / "out")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    both = go(paths=(tmp_path / "two", tmp_path / "one"))
    assert [row.status == "failed" for row in both.rows] == [True, True, False, False]
    assert both.rows[2:] == first.rows
    draw("three/0/00000.png", seed=98)
    shutil.copy(tmp_path / "one/0/00001.jpg", tmp_path / "three/0/00001.jpg")
    other = go(paths=(tmp_path / "three",))
    assert [Path(row.input).name for row in other.rows if row.status == "failed"] == ["00000.png"]
    assert copies(tmp_path / "out") == before


def test_what_is_known_of_a_photo_is_known_of_one_other_only(album, go: Go, tmp_path: Path) -> None:
    go(paths=(album(2, name="one", folders=1),))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "one").rename(tmp_path / "three")
    ended = go(paths=(tmp_path / "two", tmp_path / "three"))
    assert [row.status == "failed" for row in ended.rows] == [False, False, True, True]


def test_other_settings_do_all_again_and_replace_what_they_replace(
    album, go: Go, cropping: Protection, tmp_path: Path
) -> None:
    album(4)
    go()
    before = copies(tmp_path / "out")
    again = go(replace(cropping, pictures=(Crop(ratio=0.5),)))
    assert (len(again.read), again.different) == (4, ("pictures",))
    after = copies(tmp_path / "out")
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    as_png = go(replace(cropping, format="png"))
    assert {Path(name).suffix for name in copies(tmp_path / "out")} == {".png"}
    assert len(copies(tmp_path / "out")) == len(as_png.rows) == 4


def test_another_label_does_one_photo_again(album, go: Go, protection: Protection) -> None:
    folder = album(3, folders=1)
    by = replace(protection, held_out=())
    go(by)
    label = {(folder / "0/00001.jpg").resolve(): "thing 4"}
    again = go(by, labels=label)
    assert again.read == ["00001.jpg"]
    assert again.rows[1].models[0].reference == "thing 4"


def test_a_file_that_nobody_knows_is_refused_and_left_as_it_is(album, go: Go, tmp_path: Path) -> None:
    album(3, folders=1)
    foreign = tmp_path / "out/0/00001.jpg"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody else's")
    ended = go()
    assert ended.errors == [
        f"{tmp_path}/album/0/00001.jpg: its copy {foreign} exists already, and is not what was written there before; "
        "move it away or choose another -o"
    ]
    assert foreign.read_bytes() == b"somebody else's"
    foreign.unlink()
    assert go().errors == ended.errors
    assert go(retry_failed=True).errors == []


def test_a_copy_whose_name_cannot_be_looked_up_is_told_as_such(
    draw, go: Go, cropping: Protection, tmp_path: Path, bound_by_modes: None
) -> None:
    long, hidden = draw(f"album/{'x' * 251}.png"), draw("album/locked/a.png", seed=1)
    folder = tmp_path / "out/locked"
    folder.mkdir(parents=True)
    folder.chmod(0)
    ended = go(replace(cropping, format="webp"))
    too_long, locked = ended.errors
    problem = f"its copy {tmp_path}/out/{'x' * 251}.webp cannot be written (File name too long)"
    assert too_long == f"{long}: {problem}; rename the photo or choose another -o"
    assert locked.startswith(f"{hidden}: its copy {folder}/a.webp cannot be written")
    folder.chmod(0o700)
    assert go(replace(cropping, format="webp"), retry_failed=True).errors == [too_long]


def test_a_copy_that_somebody_changed_is_not_replaced(album, go: Go, tmp_path: Path) -> None:
    album(1)
    go()
    (tmp_path / "out/0/00000.png").write_bytes(b"edited")
    assert "is not what was written there before" in go().errors[0]
    assert (tmp_path / "out/0/00000.png").read_bytes() == b"edited"


def test_two_photos_with_one_name_are_told_the_same_way_in_any_order(draw, go: Go, tmp_path: Path) -> None:
    for number in range(6):
        draw(f"album/{number}.png", seed=number)
        (tmp_path / f"album/{number}.jpg").write_bytes((tmp_path / f"album/{number}.png").read_bytes())
    ended = go(workers=4)
    assert [Path(row.input).suffix for row in ended.rows if row.status == "failed"] == [".png"] * 6
    assert all("has the name of another photo's copy" in error for error in ended.errors)
    assert go(retry_failed=True).errors == ended.errors


def test_failed_photos_are_tried_again_when_that_is_asked_for(album, draw, go: Go, tmp_path: Path) -> None:
    album(2, folders=1)
    (tmp_path / "album/broken.jpg").write_bytes(b"no photo")
    assert go().statuses["broken.jpg"] == "failed"
    assert go().read == []
    assert go(retry_failed=True).read == ["broken.jpg"]
    draw("album/broken.jpg")
    assert go().errors == []


def test_a_folder_that_cannot_be_read_is_accounted_for(album, go: Go, tmp_path: Path, monkeypatch) -> None:
    album(4, folders=2)
    scandir = os.scandir

    def refusing(path: str) -> object:
        if Path(path).name == "1":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refusing)
        for _ in range(2):
            ended = go()
            assert [Path(row.input).name for row in ended.rows] == ["00000.png", "00002.png", "1"]
            assert ended.rows[2].status == "failed"
            assert ended.errors == [
                f"{tmp_path}/album/1: cannot be read (Permission denied); make it readable or name other folders"
            ]
    assert len(go().rows) == 4


def test_why_photos_cannot_be_found_is_told_as_it_is_now(album, go: Go, tmp_path: Path) -> None:
    tar = album(1) / "c.tar"
    tar.write_bytes(b"no tar" * 100)
    assert f"{tar}: is cut or damaged or no tar" in go().errors[0]
    kept = (tmp_path / "out" / FOLDER / "photos.jsonl").read_bytes()
    assert len(go().errors) == 1
    assert (tmp_path / "out" / FOLDER / "photos.jsonl").read_bytes() == kept
    tar.unlink()
    tar.mkdir()
    assert go().errors == [f"{tar}: is a folder, but is called as tars are; rename it"]


class Disk:
    """Has room for three copies; whoever comes later is told so once these have their names."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._asked = itertools.count()

    def require_room(self, path: Path) -> None:
        if next(self._asked) < 3:
            return
        end = time.monotonic() + 60
        while sum(not name.endswith(".part") for name in names(self._out)) < 3:
            assert time.monotonic() < end
            time.sleep(0.01)
        raise OSError(28, "No space left on device", str(path))


def test_a_full_disk_stops_the_run_and_the_rest_is_done_later(album, go: Go, tmp_path: Path, monkeypatch) -> None:
    album(12, folders=1)
    write, disk = atomic._write, Disk(tmp_path / "out")

    def full(path: Path, data: object) -> None:
        disk.require_room(path)
        write(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_write", full)
        with pytest.raises(FullError, match="the disk is full; free some space and run again"):
            go()
    first = copies(tmp_path / "out")
    assert len(first) == 3
    assert not [name for name in first if "part" in name]
    again = go()
    assert again.errors == []
    assert len(again.rows) == 12
    assert len(again.read) == 12 - len(first)


def test_a_disk_without_room_for_another_folder_is_full(album, go: Go, tmp_path: Path, monkeypatch) -> None:
    album(12, folders=12)
    mkdir, disk = os.mkdir, Disk(tmp_path / "out")

    def full(path: Path, *arguments: object) -> None:
        if Path(path).name.isdecimal():
            disk.require_room(Path(path))
        mkdir(path, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(os, "mkdir", full)
        with pytest.raises(FullError, match=r"out/\d+: cannot be written: the disk is full; free some space"):
            go()
    assert len(copies(tmp_path / "out")) == 3
    again = go()
    assert (again.errors, len(again.rows)) == ([], 12)


@pytest.mark.parametrize("method", ["plan", "claim", "keep", "planned"])
def test_an_index_that_cannot_be_written_stops_the_run_and_hangs_nothing(
    method: str, album, go: Go, monkeypatch, is_at_rest
) -> None:
    album(12, folders=1)

    def full(self: Index, *arguments: object) -> None:
        with self._held():
            raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Index, method, full)
        with pytest.raises(FullError, match=r"index\.sqlite: cannot be written \(database or disk is full\)"):
            go()
    assert is_at_rest()
    assert len(go().rows) == 12


def test_a_run_that_is_stopped_early_does_not_pretend_to_know_all(album, cropping: Protection, tmp_path: Path) -> None:
    folder = album(40, folders=1)
    with Record(tmp_path / "out") as record:
        run = Run(record, "settings", DiskPlace())

        def entries():
            for entry in walk([folder], tmp_path / "out", {}):
                yield entry
                run.stop()

        run.protect(entries(), Local(1, 4), cropping, ())
        assert (run.standing.is_planned, run.standing.planned, run.standing.done) == (False, 1, 0)
        assert list(record.rows()) == []


def test_a_process_that_died_between_row_and_name_leaves_nothing_to_refuse(
    album, go: Go, cropping: Protection, tmp_path: Path, monkeypatch
) -> None:
    class Died(BaseException):
        pass

    def die(*arguments: object, **options: object) -> None:
        raise Died

    album(2, folders=1)
    for by in (cropping, replace(cropping, pictures=(Crop(ratio=0.5),)), replace(cropping, format="png")):
        with monkeypatch.context() as patched:
            patched.setattr(DiskPlace, "publish", die)
            with pytest.raises(Died):
                go(by)
        assert go(by).errors == []
        assert len(copies(tmp_path / "out")) == 2


def test_the_record_can_be_read_by_anyone(album, go: Go, tmp_path: Path) -> None:
    album(3)
    go()
    header, settings, *lines = map(json.loads, (tmp_path / "out" / FOLDER / "photos.jsonl").read_text().splitlines())
    assert header["format"] == 1
    assert settings["settings"]["pictures"][0]["scheme"] == "Crop"
    assert {line["photo"] for line in lines} == {str(path) for path in (tmp_path / "album").rglob("*.??g")}
    assert all(line["stamp"]["digest"] and line["row"]["models"] for line in lines)
