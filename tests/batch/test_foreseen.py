import shutil
from pathlib import Path

import pytest

from unseen.batch import AnyPlace, Record, foreseen, walk
from unseen.batch.foreseen import Foreseen
from unseen.errors import UnseenError

from .written import copies


def told(folder: Path, output: Path, form: str = "keep") -> dict[str, str]:
    """What is foreseen of each photo: the name of its copy, or why it will have none."""
    found = foreseen(walk([folder], output, {}), output, AnyPlace(), form)
    return {Path(one.source).name: _in_short(one, output) for one in found}


def _in_short(one: Foreseen, output: Path) -> str:
    if one.problem is not None:
        return str(one.problem).replace(str(output), "out").split(": ", 1)[1]
    name = str(one.target.relative_to(output))
    return f"{name} stands" if one.stands else name


@pytest.fixture
def done(album, protected, tmp_path: Path) -> Path:
    """Four photos, of which each has a copy in `out`."""
    protected(album(4, folders=1))
    return tmp_path / "album/0"


def test_without_a_record_all_are_to_be_done(album, tmp_path: Path) -> None:
    assert told(album(2, folders=1), tmp_path / "out") == {"00000.png": "0/00000.png", "00001.jpg": "0/00001.jpg"}
    assert not (tmp_path / "out").exists()


def test_what_has_a_copy_is_told_apart_from_what_is_new_or_was_changed(done: Path, draw, tmp_path: Path) -> None:
    draw("album/0/00000.png", seed=9, size=(30, 20))
    draw("album/0/new.png")
    (done / "00002.png").touch()
    (tmp_path / "out/0/00003.jpg").unlink()
    assert told(tmp_path / "album", tmp_path / "out") == {
        "00000.png": "0/00000.png",
        "00001.jpg": "0/00001.jpg stands",
        "00002.png": "0/00002.png stands",
        "00003.jpg": "0/00003.jpg",
        "new.png": "0/new.png",
    }
    webp = told(tmp_path / "album", tmp_path / "out", "webp")
    assert webp["00001.jpg"] == "0/00001.webp"


def test_somebody_elses_file_is_in_the_way_as_in_a_run(done: Path, draw, tmp_path: Path) -> None:
    draw("album/0/new.png")
    shutil.copy(done / "new.png", tmp_path / "out/0/new.png")
    (tmp_path / "out/0/00001.jpg").write_bytes(b"somebody else's")
    found = told(tmp_path / "album", tmp_path / "out")
    for name in ("new.png", "00001.jpg"):
        assert found[name] == (
            f"its copy out/0/{name} exists already, and is not what was written there before; "
            "move it away or choose another -o"
        )
    assert found["00000.png"] == "0/00000.png stands"


def test_a_name_that_a_copy_has_is_not_given_to_another_photo(done: Path, draw, tmp_path: Path) -> None:
    shutil.move(draw("0.png"), done / "00000.JPG")
    shutil.move(draw("1.webp"), done / "00001.PNG")
    found = told(tmp_path / "album", tmp_path / "out")
    assert found["00001.jpg"] == "0/00001.jpg stands"
    assert found["00000.JPG"] == (
        "its copy out/0/00000.png has the name of another photo's copy; "
        "protect the two in runs of their own, with another -o"
    )
    assert found["00001.PNG"] == "0/00001.webp"


def test_photos_whose_folder_was_renamed_are_known_again(done: Path, draw, tmp_path: Path) -> None:
    former = draw("album/0/00000.png", seed=9, size=(30, 20))
    (tmp_path / "album").rename(tmp_path / "again")
    found = told(tmp_path / "again", tmp_path / "out")
    problem = f"its copy out/0/00000.png exists already, and is that of {former}; move it away or choose another -o"
    assert found.pop("00000.png") == problem
    assert found == {name: f"0/{name} stands" for name in ("00001.jpg", "00002.png", "00003.jpg")}


def test_a_photo_that_is_named_twice_is_told_once(done: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    entries = walk([Path("album"), tmp_path / "album"], tmp_path / "out", {})
    assert len(list(foreseen(entries, tmp_path / "out", AnyPlace(), "keep"))) == 4


def test_beside_a_run_nothing_is_locked_or_written_and_a_line_that_is_being_written_is_no_matter(
    done: Path, tmp_path: Path
) -> None:
    log = tmp_path / "out/.unseen/photos.jsonl"
    with Record(tmp_path / "out"):
        with log.open("ab") as file:
            file.write(log.read_bytes().splitlines()[-1][:-9])
        before = copies(tmp_path / "out/.unseen"), log.stat().st_mtime_ns
        found = told(tmp_path / "album", tmp_path / "out")
        assert found == {path.name: f"0/{path.name} stands" for path in done.iterdir()}
        assert (copies(tmp_path / "out/.unseen"), log.stat().st_mtime_ns) == before


def test_a_record_of_another_version_is_told(done: Path, tmp_path: Path) -> None:
    log = tmp_path / "out/.unseen/photos.jsonl"
    log.write_text(log.read_text().replace('"mtime"', '"changed"'))
    with pytest.raises(UnseenError, match="of another version of unseen, or damaged"):
        told(tmp_path / "album", tmp_path / "out")
