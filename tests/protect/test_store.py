from pathlib import Path

import pytest

from unseen.errors import PhotoError, TooLargeError
from unseen.plan import Job
from unseen.protect import Memory, Protection, Stage, protect_photos
from unseen.watch import GivenUpError


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


class Sender:
    """Wants photo b to the end, and photo a no further than a stage."""

    def __init__(self, last: Stage) -> None:
        self.last = last
        self.heard: list[tuple[str, Stage, int, int]] = []

    def told(self, job: Job, stage: Stage, step: int, of: int) -> None:
        self.heard.append((job.source.stem, stage, step, of))

    def wants(self, job: Job) -> bool:
        return job.source.stem == "b" or all(heard[:2] != ("a", self.last) for heard in self.heard)


@pytest.mark.parametrize("last", ["reading", "protecting", "checking"])
def test_a_photo_that_nobody_wants_any_more_fails_and_the_other_is_unharmed(
    draw, protection: Protection, tmp_path: Path, last: Stage
) -> None:
    jobs = [
        Job(source=draw(f"{name}.png", seed=seed), target=tmp_path / "out" / f"{name}.png")
        for seed, name in enumerate("ab")
    ]
    sender = Sender(last)
    gone, kept = protect_photos(jobs, protection, attendant=sender)
    assert isinstance(gone.problem, GivenUpError)
    assert gone.row.status == "failed"
    assert "was given up; send it again if it is wanted after all" in str(gone.row.error)
    assert kept.row.status == "protected"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]
    stages = dict.fromkeys(stage for name, stage, _, _ in sender.heard if name == "b")
    assert list(stages) == ["reading", "protecting", "checking"]
    steps = [(step, of) for name, stage, step, of in sender.heard if (name, stage) == ("b", "protecting")]
    assert steps[0][0] == 0
    assert len(steps) > 1
    assert {of for _, of in steps} == {steps[0][1]}


def test_in_memory_photos_may_have_a_limit_of_their_own(draw, protection: Protection) -> None:
    store = Memory({Path("1/a.png"): draw("a.png", size=(1000, 1001)).read_bytes()}, most_pixels=10**6)
    (outcome,) = protect_photos([Job(source=Path("1/a.png"), target=Path("1/a.png"))], protection, store=store)
    assert isinstance(outcome.problem, TooLargeError)
    assert outcome.row.error == "a.png: has more than the 1 megapixels allowed; make it smaller first"
