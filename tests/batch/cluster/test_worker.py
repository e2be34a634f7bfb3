import pickle
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.batch import DiskPlace, Local
from unseen.batch.cluster.errand import packed
from unseen.batch.cluster.worker import Worker, apart
from unseen.batch.engine import Task, Todo
from unseen.batch.planned import Planned
from unseen.batch.walk import Entry
from unseen.errors import ClusterError, FullError
from unseen.plan import Job
from unseen.protect import Protection, load_networks
from unseen.schemes import ClassReplacement, Unchanged
from unseen.watch import GivenUpError

BADLY = """
import torch
class BadlyMade(Exception):
    def __init__(self, one, two):
        super().__init__("no way back")
class Raising(torch.nn.Module):
    class_names = ("one", "two")
    def forward(self, images):
        raise BadlyMade(1, 2)
def network():
    return Raising()
"""


def shard(paths: list[Path], output: Path) -> list[Todo]:
    return [
        Todo(
            planned=Planned(position=position, entry=Entry(source=str(path), place=path.name, size=0, mtime=0)),
            job=Job(source=path, target=output / path.name),
        )
        for position, path in enumerate(paths)
    ]


def test_a_worker_makes_what_this_machine_makes(album, orders, protection: Protection, tmp_path: Path) -> None:
    paths = sorted(album(10, folders=1).rglob("*.??g"))
    (tmp_path / "album/0/00003.jpg").write_bytes(b"no photo")
    task = Task(protection=protection, presets=(), place=DiskPlace(), claim=lambda planned, target: None)
    here = {done.planned.position: done for done in Local(2).run(iter(shard(paths, tmp_path / "here")), task)}
    result = Worker(orders).result(7, shard(paths, tmp_path / "there"))
    assert (result.shard, result.attempt, result.problem) == (7, 1, None)
    assert len(result.told) == 10
    for told in result.told:
        done, expected = told.done, here[told.done.planned.position]
        assert done.row.status == expected.row.status
        assert (done.row.models, done.row.change, done.row.error) == (
            expected.row.models, expected.row.change, expected.row.error)  # fmt: skip
        assert (done.staged is None) == (expected.staged is None) == (told.target is None)
        if done.staged is not None:
            assert done.staged.aside.read_bytes() == expected.staged.aside.read_bytes()
            assert done.staged.target == told.target == tmp_path / "there" / expected.staged.target.name


def test_two_photos_that_want_one_name_do_not_lie_in_each_others_way(draw, orders, tmp_path: Path) -> None:
    paths = [draw("a/x.png", seed=1), draw("b/x.png", seed=2)]
    told = Worker(orders).result(0, shard(paths, tmp_path / "out")).told
    assert told[0].target == told[1].target
    assert told[0].done.staged.aside != told[1].done.staged.aside
    again = Worker(orders).result(0, shard(paths, tmp_path / "out"))
    assert again.attempt == 2
    assert again.told[0].done.staged.aside not in {one.done.staged.aside for one in told}


def test_a_name_of_its_own_is_the_same_in_another_run(draw, tmp_path: Path) -> None:
    [todo] = shard([draw("a.png")], tmp_path / "out")
    again = replace(todo, planned=replace(todo.planned, position=99))
    assert apart(todo, 1) == apart(again, 1) != apart(todo, 2)
    assert apart(todo, 1).parent == tmp_path / "out"


def test_a_photo_that_is_the_same_is_not_done_and_needs_no_name(draw, orders, tmp_path: Path) -> None:
    path = draw("a.png")
    [first] = Worker(orders).result(0, shard([path], tmp_path / "out")).told
    same = [replace(todo, same=first.done.digest) for todo in shard([path], tmp_path / "out")]
    [told] = Worker(orders).result(1, same).told
    assert (told.done.row, told.target, told.done.digest) == (None, None, first.done.digest)


def test_nothing_is_begun_after_a_stop_and_what_is_begun_is_given_up(album, errand, near, tiny, tmp_path: Path) -> None:
    paths = sorted(album(16).rglob("*.??g"))
    slow = Protection(scheme=ClassReplacement(), surrogates=load_networks([f"{tiny}?pause=0.05"]))
    orders = near(packed(replace(errand, protection=slow)))
    threading.Timer(1.0, orders.foreman.stop).start()
    worker = Worker(orders)
    result = worker.result(0, shard(paths, tmp_path / "out"))
    assert any(isinstance(told.done.problem, GivenUpError) for told in result.told)
    assert worker.result(1, shard(paths, tmp_path / "out")).attempt == 0
    assert orders.foreman.begun() == {0: 1}
    assert pickle.loads(pickle.dumps(result)) is not None


def test_a_full_disk_is_told_with_the_name_that_the_copy_was_to_have(draw, errand, near, tmp_path: Path) -> None:
    orders = near(packed(replace(errand, place=FullPlace())))
    result = Worker(orders).result(0, shard([draw("a.png")], tmp_path / "out"))
    [told] = pickle.loads(pickle.dumps(result)).told
    assert isinstance(told.done.problem, FullError)
    assert told.done.problem.path == tmp_path / "out/a.png"
    assert str(tmp_path / "out/a.png") in str(told.done.problem)


class FullPlace(DiskPlace):
    def stage(self, target: Path, data: bytes):
        raise FullError(target, "cannot be written: the disk is full", "free some space and run again")


def test_an_error_of_a_class_that_no_process_can_read_comes_back_as_a_row(draw, errand, near, tmp_path: Path) -> None:
    (tmp_path / "badly.py").write_text(BADLY)
    badly = Protection(scheme=Unchanged(), surrogates=load_networks([f"{tmp_path / 'badly.py'}:network"]))
    orders = near(packed(replace(errand, protection=badly)))
    result = Worker(orders).result(0, shard([draw("a.png")], tmp_path / "out"))
    [told] = pickle.loads(pickle.dumps(result)).told
    assert told.done.row.status == "failed"
    assert "unexpected BadlyMade (no way back)" in told.done.row.error


def test_what_stops_all_photos_comes_back_and_is_not_raised(draw, errand, near, tiny: str, tmp_path: Path) -> None:
    two = Protection(scheme=Unchanged(), surrogates=load_networks([tiny, f"{tiny}?classes=5"]))
    worker = Worker(near(packed(replace(errand, protection=two))))
    result = pickle.loads(pickle.dumps(worker.result(0, shard([draw("a.png")], tmp_path / "out"))))
    assert "classes" in str(result.problem)


def test_shards_come_and_go_as_tables_of_one_row(draw, orders, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    todo = pickle.dumps(shard([draw("a.png")], tmp_path / "out"))
    table = Worker(orders)(pa.table({"shard": [3], "todo": [todo]}))
    [row] = table.to_pylist()
    assert pickle.loads(row["result"]).shard == 3


def test_a_shard_that_takes_worker_after_worker_with_it_ends_the_run(draw, orders, tmp_path: Path) -> None:
    paths = [draw("a.png"), draw("b.png")]
    for _ in range(4):
        assert orders.begin(5)
    result = Worker(orders).result(5, shard(paths, tmp_path / "out"))
    assert isinstance(result.problem, ClusterError)
    told = (
        "it, or one of the 1 photos after it, took 4 workers of the cluster with it; leave it out, or give workers more"
    )
    assert str(result.problem) == f"{paths[0]}: {told} memory"
