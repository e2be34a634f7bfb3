import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.batch import DiskPlace, Local, local
from unseen.batch.engine import Task, Todo
from unseen.batch.planned import Planned
from unseen.batch.room import Room
from unseen.batch.walk import Entry
from unseen.errors import PhotoError, UnseenError
from unseen.plan import Job
from unseen.protect import Protection, load_networks
from unseen.schemes import ClassReplacement, Crop, Unchanged
from unseen.watch import GivenUpError


def todo(paths: list[Path], output: Path) -> Iterator[Todo]:
    for position, path in enumerate(paths):
        entry = Entry(source=str(path), place=path.name, size=0, mtime=0)
        yield Todo(planned=Planned(position=position, entry=entry), job=Job(source=path, target=output / path.name))


def task(protection: Protection, claim=lambda planned, target: None) -> Task:
    return Task(protection=protection, presets=(), place=DiskPlace(), claim=claim)


def test_reading_computing_and_writing_happen_at_the_same_time(album, protection: Protection, tmp_path: Path) -> None:
    started: dict[str, list[float]] = {"read": [], "claimed": [], "staged": []}

    class Slow(DiskPlace):
        def fetch(self, source: Path) -> bytes:
            started["read"].append(time.monotonic())
            time.sleep(0.02)
            return super().fetch(source)

        def stage(self, target: Path, data: bytes):
            started["staged"].append(time.monotonic())
            time.sleep(0.02)
            return super().stage(target, data)

    paths = sorted(album(32).rglob("*.??g"))
    slow = replace(task(protection), place=Slow())
    done = list(Local(2, 4).run(todo(paths, tmp_path / "out"), slow))
    assert len(done) == 32
    assert min(started["staged"]) < max(started["read"])


def test_names_are_given_in_the_order_of_the_plan(album, protection: Protection, tmp_path: Path) -> None:
    paths = sorted(album(20, folders=1).rglob("*.??g"))
    asked: list[str] = []

    def claim(planned: Planned, target: Path) -> None:
        asked.append(target.name)
        if "3" in target.name:
            raise PhotoError(target, "is taken", "take another")

    done = list(Local(4, 3).run(todo(paths, tmp_path / "out"), task(protection, claim)))
    assert asked == [path.name for path in paths]
    refused = {Path(one.planned.entry.source).name for one in done if one.problem}
    assert refused == {"00003.jpg", "00013.jpg"}
    assert all((one.staged is None) == (one.problem is not None) for one in done)


def test_a_stopped_run_gives_up_what_is_not_finished_and_ends(album, tiny: str, tmp_path: Path, is_at_rest) -> None:
    paths = sorted(album(40).rglob("*.??g"))
    slow = Protection(scheme=ClassReplacement(), surrogates=load_networks([f"{tiny}?pause=0.01"]))
    engine = Local(2, 4)
    outcomes = engine.run(todo(paths, tmp_path / "out"), task(slow))
    first = next(outcomes)
    engine.stop()
    rest = list(outcomes)
    assert first.staged is not None
    assert len(rest) < 39
    assert all(isinstance(one.problem, GivenUpError) or one.staged is not None for one in rest)
    assert is_at_rest()


def test_what_stops_all_photos_is_raised(album, tiny: str, tmp_path: Path, is_at_rest) -> None:
    paths = sorted(album(8).rglob("*.??g"))
    two = load_networks([tiny, f"{tiny}?classes=5"])
    with pytest.raises(UnseenError, match="classes"):
        list(Local(2).run(todo(paths, tmp_path / "out"), task(Protection(scheme=Unchanged(), surrogates=two))))
    assert is_at_rest()


def test_a_failure_of_the_plan_is_raised(protection: Protection, tmp_path: Path, is_at_rest) -> None:
    def broken() -> Iterator[Todo]:
        raise UnseenError("the plan is lost")
        yield

    with pytest.raises(UnseenError, match="the plan is lost"):
        list(Local(2).run(broken(), task(protection)))
    assert is_at_rest()


def test_who_leaves_early_leaves_nothing_running_and_nothing_aside(
    album, protection: Protection, tmp_path: Path, is_at_rest
) -> None:
    several = threading.Semaphore(0)

    class Counting(DiskPlace):
        def stage(self, target: Path, data: bytes):
            staged = super().stage(target, data)
            several.release()
            return staged

    paths = sorted(album(30).rglob("*.??g"))
    cropping = replace(task(replace(protection, pictures=(Crop(),))), place=Counting())
    outcomes = Local(2, 4).run(todo(paths, tmp_path / "out"), cropping)
    first = next(outcomes)
    for _ in range(4):
        assert several.acquire(timeout=60)
    outcomes.close()
    assert is_at_rest()
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [first.staged.aside]


def test_a_room_lets_so_many_in_and_no_more_once_it_is_full_of_pixels() -> None:
    room = Room(photos=3, bytes=100)
    assert room.enter()
    room.take(100)
    entered = threading.Event()
    waiting = threading.Thread(target=lambda: room.enter() and entered.set())
    waiting.start()
    assert not entered.wait(0.05)
    room.leave(100)
    assert entered.wait(5)
    waiting.join()
    assert room.enter()
    room.enter()
    refused: list[bool] = []
    waiting = threading.Thread(target=lambda: refused.append(room.enter()))
    waiting.start()
    room.close()
    waiting.join()
    assert refused == [False]


def test_a_call_takes_as_many_photos_as_are_done_in_its_time() -> None:
    engine = Local(1)
    for photos, seconds, expected in ((16, 16.0, 30), (30, 300.0, local.FEWEST), (16, 0.0, local.MOST)):
        engine._learn(photos, seconds)
        assert engine._photos == expected
    fixed = Local(1, 5)
    fixed._learn(5, 1.0)
    assert fixed._photos == 5


@pytest.mark.parametrize(("lanes", "cores", "at_once"), [(1, 2, 2), (1, 1, 1), (4, 2, 1)])
def test_photos_that_are_computed_alone_have_a_core_each(
    lanes: int, cores: int, at_once: int, album, protection: Protection, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(local, "WORKERS", cores)
    together = threading.Barrier(at_once)
    sizes: list[int] = []

    def made(chunk: list[object], *_: object) -> dict[int, object]:
        together.wait(10)
        sizes.append(len(chunk))
        return {}

    monkeypatch.setattr(local, "made", made)
    paths = sorted(album(8).rglob("*.??g"))
    done = list(Local(2).run(todo(paths, tmp_path / "out"), task(replace(protection, lanes=lanes))))
    assert len(done) == 8
    assert sizes == ([1] * 8 if lanes == 1 else [8])
