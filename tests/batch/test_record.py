import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.batch import Entry, Record
from unseen.batch.home import FOLDER
from unseen.batch.index import Index
from unseen.batch.planned import Planned
from unseen.batch.record import SHARD
from unseen.batch.stamp import Copy, Stamp
from unseen.errors import FullError, UnseenError
from unseen.plan import Job
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.report import PhotoRow

STAMP = Stamp(size=3, mtime=4, label=None, digest="d", settings="s", status="failed")


def entry(name: str) -> Entry:
    return Entry(source=f"/album/{name}", place=name, size=3, mtime=4)


def row(name: str, seconds: float = 0.0) -> PhotoRow:
    return replace(failed(Work(job=Job(source=Path(name), target=Path(name)))), seconds=seconds)


def planned_in(record: Record, names: list[str]) -> list[Planned]:
    record.plan(map(entry, names))
    return [planned for shard in record.shards() for planned in record.entries(shard)]


def test_what_was_kept_is_known_to_the_next_run_in_the_order_of_its_own_plan(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        for number, planned in enumerate(planned_in(record, ["a", "b", "c"])):
            assert planned.stamp is None
            record.keep(planned, STAMP, row(planned.entry.source, number))
    with Record(tmp_path) as record:
        found = planned_in(record, ["c", "new", "a"])
        assert [planned.stamp for planned in found] == [STAMP, None, STAMP]
        assert [(one.input, one.seconds) for one in record.rows()] == [("/album/c", 2.0), ("/album/a", 0.0)]


def test_the_latest_line_on_a_photo_counts(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        (planned,) = planned_in(record, ["a"])
        record.keep(planned, STAMP, row("a", 1))
        record.keep(planned, STAMP, row("a", 2))
        assert [one.seconds for one in record.rows()] == [2.0]


def test_rows_of_other_settings_and_of_photos_as_they_were_can_be_left_out(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        for planned in planned_in(record, ["a", "b", "c", "d"])[:3]:
            by = {"/album/a": STAMP, "/album/b": replace(STAMP, settings="other"), "/album/c": replace(STAMP, mtime=5)}
            record.keep(planned, by[planned.entry.source], row("x"))
        assert [one.input for one in record.rows()] == ["/album/a", "/album/b", "/album/c"]
        assert [one.input for one in record.rows("s")] == ["/album/a"]


def test_lines_that_are_outdated_are_dropped(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        record.settings({"seed": 1})
        for planned in planned_in(record, ["a", "b"]):
            for seconds in (1, 2):
                record.keep(planned, STAMP, row("x", seconds))
        record.tidy()
        assert [(one.input, one.seconds) for one in record.rows()] == [("/album/a", 2.0), ("/album/b", 2.0)]
        lines = (tmp_path / FOLDER / "photos.jsonl").read_text().splitlines()
        assert len(lines) == 4
        record.tidy()
        assert (tmp_path / FOLDER / "photos.jsonl").read_text().splitlines() == lines
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, ["a", "b"])] == [STAMP, STAMP]
        assert record.settings({"seed": 1})[1] == ()


@pytest.mark.parametrize("rolls_back", [False, True])
def test_an_index_that_could_not_be_made_again_is_never_taken_for_whole(
    rolls_back: bool, tmp_path: Path, monkeypatch
) -> None:
    names = [f"{number}" for number in range(40)]
    keep, kept = Index.keep, []

    def full(self: Index, *arguments: object) -> None:
        kept.append(arguments)
        if len(kept) <= 20:
            return keep(self, *arguments)
        with self._held():
            if rolls_back:  # as SQLite does of itself where the disk is full
                self._connection.rollback()
            raise sqlite3.OperationalError("database or disk is full")

    with Record(tmp_path) as record:
        for planned in planned_in(record, names):
            record.keep(planned, STAMP, row("x", 1))
            record.keep(planned, STAMP, row("x", 2))
        with monkeypatch.context() as patched:
            patched.setattr(Index, "keep", full)
            with pytest.raises(FullError, match=r"index\.sqlite: cannot be written"):
                record.tidy()
            with pytest.raises(FullError, match=r"index\.sqlite: cannot be written"):
                record.rows()
        assert len((tmp_path / FOLDER / "photos.jsonl").read_text().splitlines()) == 41
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, names)] == [STAMP] * 40
        assert [one.seconds for one in record.rows()] == [2.0] * 40


def test_what_an_index_loses_to_a_full_disk_is_found_in_the_log(tmp_path: Path, monkeypatch) -> None:
    def full(self: Index, *arguments: object) -> None:
        with self._held():
            self._connection.rollback()
            raise sqlite3.OperationalError("database or disk is full")

    with Record(tmp_path) as record:
        first, second = planned_in(record, ["a", "b"])
        record.keep(first, STAMP, row("a"))
        with monkeypatch.context() as patched:
            patched.setattr(Index, "keep", full)
            with pytest.raises(FullError, match=r"index\.sqlite: cannot be written"):
                record.keep(second, STAMP, row("b"))
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, ["a", "b"])] == [STAMP, STAMP]
        assert len(list(record.rows())) == 2


@pytest.mark.parametrize("damage", ["gone", "empty", "scrambled", "scrambled inside", "of another log"])
def test_an_index_that_is_lost_is_made_again(damage: str, tmp_path: Path) -> None:
    names = [os_name.decode("utf-8", "surrogateescape") for os_name in (b"a", b"bad\xff", b"c\nd")]
    copy = replace(STAMP, status="protected", copy=Copy(name="a.jpg", mark="m", digest="x"))
    with Record(tmp_path) as record:
        for planned in planned_in(record, names):
            record.keep(planned, copy, row(planned.entry.source))
    for path in (tmp_path / FOLDER).glob("index*"):
        if damage == "gone":
            path.unlink()
        elif damage == "of another log":
            continue
        elif damage == "scrambled inside":
            path.write_bytes(path.read_bytes()[:4096] + bytes(range(256)) * 80)
        else:
            path.write_bytes(b"" if damage == "empty" else bytes(range(256)) * 40)
    if damage == "of another log":
        with Record(tmp_path / "other") as record:
            pass
        (tmp_path / "other" / FOLDER / "index.sqlite").replace(tmp_path / FOLDER / "index.sqlite")
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, names)] == [copy] * 3
        assert [one.output for one in record.rows()] == [str(tmp_path / "a.jpg")] * 3


def test_an_index_that_is_damaged_while_it_is_used_is_gone_for_the_next_run(tmp_path: Path) -> None:
    names = [f"{number:05}" for number in range(3000)]
    with Record(tmp_path) as record:
        record.keep_all([(planned, STAMP, row("x")) for planned in planned_in(record, names)])
    path = tmp_path / FOLDER / "index.sqlite"
    with Record(tmp_path) as record:
        record._index._connection.execute("PRAGMA shrink_memory")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(bytes(range(256)) * ((path.stat().st_size - 4096) // 256))
        with pytest.raises(UnseenError, match=r"index\.sqlite: is damaged \(.*\); run again, and it is made anew"):
            planned_in(record, names)
    assert not path.exists()
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, names)] == [STAMP] * 3000


def test_a_damaged_line_that_the_index_covers_is_named(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        record.keep_all([(planned, STAMP, row("x")) for planned in planned_in(record, ["a", "b"])])
    path = tmp_path / FOLDER / "photos.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + bytes(len(lines[1]) - 1) + b"\n" + lines[2])
    with Record(tmp_path) as record:
        planned_in(record, ["a", "b"])
        with pytest.raises(UnseenError, match=rf"the line at byte {len(lines[0])} is damaged; delete that line"):
            list(record.rows())
    path.write_bytes(lines[0] + lines[2])
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, ["a", "b"])] == [None, STAMP]


def test_an_index_whose_tables_are_another_versions_is_made_again(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        for planned in planned_in(record, ["a", "b"]):
            record.keep(planned, STAMP, row(planned.entry.source))
    with closing(sqlite3.connect(tmp_path / FOLDER / "index.sqlite")) as index:
        index.execute("ALTER TABLE kept DROP COLUMN status")
        index.execute("PRAGMA user_version = 0")
    with Record(tmp_path) as record:
        assert [planned.stamp for planned in planned_in(record, ["a", "b"])] == [STAMP, STAMP]
        assert len(record.unchanged((1, 2), STAMP.settings)) == 2


def test_entries_can_be_taken_before_all_are_found(tmp_path: Path) -> None:
    more = threading.Event()

    def entries() -> object:
        for number in range(SHARD):
            yield entry(f"{number:05}")
        more.wait(10)
        yield entry("last")

    with Record(tmp_path) as record:
        planner = threading.Thread(target=record.plan, args=(entries(),))
        planner.start()
        shards = record.shards()
        assert len(list(record.entries(next(shards)))) == SHARD
        assert (record.planned, record.is_planned) == (SHARD, False)
        more.set()
        assert [planned.entry.source for planned in record.entries(next(shards))] == ["/album/last"]
        assert list(shards) == []
        planner.join()


def test_a_photo_is_planned_once_and_a_name_given_once(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        assert len(planned_in(record, ["a", "b", "a"])) == 2
        assert [record.claim(tmp_path / name) for name in ("x", "y", "x")] == [True, True, False]


def test_settings_that_are_others_are_told_by_name(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        first, different = record.settings({"scheme": "crop", "seed": 1})
        assert different == ()
    (tmp_path / FOLDER / "index.sqlite").unlink()
    with Record(tmp_path) as record:
        assert record.settings({"scheme": "crop", "seed": 1}) == (first, ())
        second, different = record.settings({"scheme": "crop", "seed": 2, "new": None})
        assert (first != second, different) == (True, ("seed",))


def test_a_second_run_in_a_folder_is_refused(tmp_path: Path) -> None:
    with (
        Record(tmp_path),
        pytest.raises(UnseenError, match="another run works in it; wait for its end or name another"),
    ):
        Record(tmp_path)
    with Record(tmp_path):
        pass


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnseenError, match="file: cannot be used as a folder"):
        Record(tmp_path / "file")
