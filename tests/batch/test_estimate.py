from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from unseen.batch import DiskPlace, Entry, Local, estimated, sampled, walk
from unseen.plan import Job
from unseen.protect import Protection, protect_photos
from unseen.schemes import Crop, Unchanged


def entries(count: int) -> list[Entry]:
    return [Entry(source=str(number), place="", size=0, mtime=0) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 16, 17, 100, 10_000])
def test_a_sample_is_spread_over_all_and_small(count: int) -> None:
    sample = sampled(iter(entries(count)), most=16)
    chosen = [int(entry.source) for entry in sample.spread]
    assert sample.seen == count
    assert len(chosen) == min(count, 16)
    assert chosen == sorted(set(chosen))
    assert len(sample.kept) < 32
    if count > 16:
        assert chosen[0] == 0
        assert chosen[-1] > 0.85 * count


def test_an_estimate_is_what_alike_photos_take_and_writes_nothing(draw, protection: Protection, tmp_path: Path) -> None:
    for number in range(40):
        draw(f"album/{number:02}.png", seed=number, size=(40, 30))
    (tmp_path / "album/locked.jpg").write_bytes(b"no photo")
    by = replace(protection, scheme=Unchanged(), pictures=(Crop(),), held_out=())
    there = sorted(tmp_path.rglob("*"))
    estimate = estimated(sampled(walk([tmp_path / "album"], tmp_path / "out", {})), by, (), Local(2), DiskPlace())
    assert (estimate.photos, estimate.tried) == (41, 16)
    assert sorted(tmp_path.rglob("*")) == there
    jobs = [Job(source=path, target=tmp_path / "out" / path.name) for path in sorted((tmp_path / "album").iterdir())]
    assert len(list(protect_photos(jobs, by))) == 41
    written = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert estimate.bytes == pytest.approx(written, rel=0.15)
    assert estimate.seconds > 0


def test_an_estimate_that_is_broken_off_leaves_photos_of_the_working_folder_alone(
    draw, protection: Protection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        draw(f"{number:02}.png", seed=number, size=(40, 30))
    monkeypatch.chdir(tmp_path)
    by = replace(protection, scheme=Unchanged(), pictures=(Crop(),), held_out=())

    class BrokenOff(Local):
        def run(self, todo, task):
            staged = task.place.stage(PurePath("00.png"), b"")
            task.place.discard(staged)  # as an engine does with what nobody asked for any more
            yield from super().run(todo, task)

    there = sorted(tmp_path.rglob("*"))
    estimated(sampled(walk([Path()], tmp_path / "out", {})), by, (), BrokenOff(2), DiskPlace())
    assert sorted(tmp_path.rglob("*")) == there
