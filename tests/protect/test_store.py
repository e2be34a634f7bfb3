from pathlib import Path

import pytest

from unseen.errors import PhotoError
from unseen.plan import Job
from unseen.protect import GivenUpError, Memory, Protection, Stage, protect_photos


def test_in_memory_the_copy_has_the_bytes_of_the_command_and_nothing_is_written(
    draw, protection: Protection, tmp_path: Path
) -> None:
    photo = draw("a.jpg", quality=90)
    (on_disk,) = protect_photos([Job(source=photo, target=tmp_path / "out" / "a.jpg")], protection)
    there = sorted(tmp_path.rglob("*"))
    store = Memory({Path("1/a.jpg"): photo.read_bytes()})
    (in_memory,) = protect_photos([Job(source=Path("1/a.jpg"), target=Path("1/a.jpg"))], protection, store=store)
    assert store.copies == {Path("1/a.jpg"): Path(str(on_disk.row.output)).read_bytes()}
    assert in_memory.row.models == on_disk.row.models
    assert in_memory.row.output == "1/a.jpg"
    assert sorted(tmp_path.rglob("*")) == there


def test_a_damaged_photo_is_named_without_its_folder_and_its_error_is_kept(protection: Protection) -> None:
    store = Memory({Path("1/a.jpg"): b"\xff\xd8\xff"})
    (outcome,) = protect_photos([Job(source=Path("1/a.jpg"), target=Path("1/a.jpg"))], protection, store=store)
    assert isinstance(outcome.problem, PhotoError)
    assert str(outcome.row.error).startswith("a.jpg: is truncated or damaged")
    assert store.copies == {}


@pytest.mark.parametrize("last", ["reading", "protecting", "checking"])
def test_a_photo_that_nobody_wants_any_more_fails_and_the_other_is_unharmed(
    draw, protection: Protection, tmp_path: Path, last: Stage
) -> None:
    jobs = [
        Job(source=draw(f"{name}.png", seed=seed), target=tmp_path / "out" / f"{name}.png")
        for seed, name in enumerate("ab")
    ]
    told: list[tuple[str, Stage, int, int]] = []

    def attend(job: Job, stage: Stage, step: int, of: int) -> bool:
        told.append((job.source.stem, stage, step, of))
        return not any(name == job.source.stem == "a" and reached == last for name, reached, _, _ in told)

    gone, kept = protect_photos(jobs, protection, attend=attend)
    assert isinstance(gone.problem, GivenUpError)
    assert gone.row.status == "failed"
    assert "was given up; send it again if it is wanted after all" in str(gone.row.error)
    assert kept.row.status == "protected"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]
    stages = dict.fromkeys(stage for name, stage, _, _ in told if name == "b")
    assert list(stages) == ["reading", "protecting", "checking"]
    steps = [(step, of) for name, stage, step, of in told if (name, stage) == ("b", "protecting")]
    assert steps[0][0] == 0
    assert len(steps) > 1
    assert {of for _, of in steps} == {steps[0][1]}
