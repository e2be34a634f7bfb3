from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.lab.crawl import sharing
from unseen.lab.notebook import Rows
from unseen.plan import Job
from unseen.protect import protect_photos
from unseen.schemes import ClassReplacement, Uniform


def copies(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "protected").iterdir()}


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the photos that are protected from now on."""
    names: list[str] = []

    def noted(jobs, *arguments, **options):
        for outcome in protect_photos(jobs, *arguments, **options):
            names.append(Path(outcome.row.input).name)
            yield outcome

    monkeypatch.setattr(sharing, "protect_photos", noted)
    return names


def test_copies_are_those_of_unseen_protect(draw, shared, protection, tmp_path: Path) -> None:
    sources = [draw("a.png"), draw("b.jpg", seed=1), draw("c.webp", seed=2, lossless=True)]
    found = shared(*sources)
    assert [(one.status, one.error, one.job.source) for one in found] == [("protected", None, path) for path in sources]
    assert [one.job.target for one in found] == [tmp_path / "lab" / "protected" / path.name for path in sources]
    jobs = [Job(source=source, target=tmp_path / "protected" / source.name) for source in sources]
    outcomes = list(protect_photos(jobs, protection))
    assert copies(tmp_path / "lab") == copies(tmp_path)
    assert [one.mean_levels for one in found] == [outcome.row.change.mean_abs_levels for outcome in outcomes]
    assert len({one.key for one in found}) == 3
    assert sorted(path.name for path in (tmp_path / "lab").iterdir()) == [".unseen", "protected"]


def test_what_is_shared_is_not_made_again(draw, shared, protected) -> None:
    sources = [draw("a.png"), draw("b.jpg", seed=1)]
    first = shared(*sources)
    assert shared(*sources) == first
    more = shared(draw("c.png", seed=2), *sources)
    assert more[1:] == first
    assert protected == ["a.png", "b.jpg", "c.png"]


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def half_written(rows: Rows, key: str, row: object) -> None:
    with rows.path.open("ab") as file:
        file.write(f'["{key}", {{"copy"'.encode())
    raise KeyboardInterrupt


def after(function: Callable) -> Callable:
    def called(*arguments):
        function(*arguments)
        raise KeyboardInterrupt

    return called


@pytest.mark.parametrize(
    ("place", "hook", "again"),
    [
        ("_placed", interrupt, ["a.png", "b.png"]),
        ("_placed", after(sharing._placed), ["a.png", "b.png"]),
        ("Rows.append", half_written, ["a.png", "b.png"]),
        ("Rows.append", after(Rows.append), ["b.png"]),
    ],
    ids=["before the copy has its place", "before its row", "within its row", "after its row"],
)
def test_a_run_that_is_cut_anywhere_resumes(place, hook, again, draw, shared, protected, tmp_path, monkeypatch) -> None:
    sources = [draw("a.png"), draw("b.png", seed=1)]
    with monkeypatch.context() as cut:
        cut.setattr(Rows if place == "Rows.append" else sharing, place.rpartition(".")[2], hook)
        with pytest.raises(KeyboardInterrupt):
            shared(*sources)
    protected.clear()
    resumed = shared(*sources)
    assert protected == again
    whole = shared(*sources, folder=tmp_path / "whole")
    assert [replace(one, job=None) for one in resumed] == [replace(one, job=None) for one in whole]
    assert copies(tmp_path / "lab") == copies(tmp_path / "whole")
    assert not (tmp_path / "lab" / ".unseen" / "stage").exists()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"cut")], ids=["lost", "damaged"])
def test_a_copy_that_is_not_as_it_was_is_made_again(damage, draw, shared, protected, tmp_path: Path) -> None:
    sources = [draw("a.png"), draw("b.png", seed=1)]
    first = shared(*sources)
    before = copies(tmp_path / "lab")
    damage(first[1].job.target)
    assert shared(*sources) == first
    assert copies(tmp_path / "lab") == before
    assert protected == ["a.png", "b.png", "b.png"]


def test_other_settings_make_other_copies_in_their_place(draw, shared, protection, tmp_path: Path) -> None:
    source = draw("a.png")
    shared(source)
    first = copies(tmp_path / "lab")
    shared(source, by=replace(protection, scheme=Uniform(epsilon=8 / 255)))
    assert copies(tmp_path / "lab") != first
    shared(source)
    assert copies(tmp_path / "lab") == first


def test_who_only_judges_changes_no_copy(draw, shared, protection, protected) -> None:
    source = draw("a.png")
    assert shared(source) == shared(source, by=replace(protection, held_out=()))
    assert protected == ["a.png"]


def test_another_picture_or_label_makes_another_copy(draw, shared, protected) -> None:
    first, again = shared(draw("a.png")), shared(draw("a.png", seed=1))
    assert first[0].key != again[0].key
    labelled = shared(draw("a.png", seed=1), labels=["thing 7"])
    assert labelled[0].key != again[0].key
    assert protected == ["a.png"] * 3


def test_what_fails_is_told_and_tried_again_and_the_others_go_on(draw, shared, protected, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(draw("whole.jpg").read_bytes()[:300])
    sources = [tmp_path / "none.png", draw("a.png"), torn]
    found = shared(*sources)
    assert [one.status for one in found] == ["failed", "protected", "failed"]
    assert found[0].error == f"{tmp_path / 'none.png'}: does not exist; check its name"
    assert found[2].error.startswith(f"{torn}: ")
    assert shared(*sources) == found
    draw("none.png", seed=1)
    assert [one.status for one in shared(*sources)] == ["protected", "protected", "failed"]
    assert protected.count("a.png") == 1


def test_two_photos_of_one_name_are_told_apart_every_time(draw, shared) -> None:
    sources = [draw("one/a.png"), draw("two/a.png", seed=1)]
    for _ in range(2):
        first, second = shared(*sources)
        assert first.status == "protected"
        assert second.error.startswith(f"{sources[1]}: its copy ")
        assert second.error.endswith("has the name of another photo's copy; name the folder above the two instead")
        with Image.open(first.job.target) as copy, Image.open(sources[0]) as original:
            assert np.abs(np.asarray(copy).astype(int) - np.asarray(original)).max() <= 8


def test_a_copy_is_named_by_what_it_is(draw, shared, protected, tmp_path: Path) -> None:
    png = draw("a.png").rename(tmp_path / "a.jpg")
    (first,) = shared(png)
    assert first.job.target.name == "a.png"
    assert shared(png) == (first,)
    assert protected == ["a.jpg"]


def test_a_place_that_cannot_be_made_fails_its_photo(draw, shared, tmp_path: Path) -> None:
    shared(draw("a.png"))
    (tmp_path / "lab/protected/b.png").mkdir()
    (found,) = shared(draw("b.png", seed=1))
    assert found.status == "failed"
    assert found.error.endswith(f"; check the folder {tmp_path / 'lab' / 'protected'}")


def test_a_goal_out_of_reach_is_shared_all_the_same(draw, shared, protection) -> None:
    weak = replace(protection, scheme=ClassReplacement(epsilon=8 / 255, step=0.01 / 255, max_iterations=1))
    (found,) = shared(draw("a.png"), by=weak)
    assert (found.status, found.error) == ("not_achieved", None)
    assert found.job.target.is_file()
