"""`unseen protect --hide` and `--profile`, as people type them."""

import json
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import chelsea, coffee

from unseen.models import load_classifier
from unseen.photo import read_photo
from unseen.reading import answer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def best(tiny: str, path: Path) -> list[str]:
    network = load_classifier(tiny)
    return [network.class_names[index] for index in answer(network, read_photo(path).srgb).argsort(descending=True)]


def test_a_photo_of_it_is_protected_and_another_left_alone(draw, protect, tiny, here: Path) -> None:
    photos = [draw(f"photos/{seed}.png", seed=seed) for seed in range(3)]
    names = [best(tiny, photo)[0] for photo in photos]
    assert names[1] not in (names[0], names[2])
    result = protect("photos", "-o", "out", "--hide", names[1], "--report", "r.json", "--report", "r.html")
    assert (result.code, result.err) == (0, "")
    told = json.loads((here / "r.json").read_text())
    assert told["settings"]["scheme"] == "shield"
    assert (told["settings"]["hide"], told["settings"]["revealed_at"]) == ([names[1]], 0.1)
    statuses = [row["status"] for row in told["photos"]]
    assert (statuses[1], "untouched" in statuses) == ("protected", True)
    copies = {f"{number}.png" for number, status in enumerate(statuses) if status == "protected"}
    assert {path.name for path in (here / "out").glob("[!.]*")} == copies
    assert f"{len(copies)} protected, 0 not achieved, {3 - len(copies)} untouched, 0 failed" in result.out
    assert "left untouched" in result.out
    assert "Left untouched" in (here / "r.html").read_text()


def test_a_group_that_is_still_seen_is_exit_code_1(draw, protect, tiny) -> None:
    source = draw("a.png")
    names = ",".join(best(tiny, source)[:11])
    result = protect(source, "--hide", names, "--epsilon", "1", "--steps", "1", "--json")
    (row,) = json.loads(result.out)["photos"]
    assert (result.code, row["status"]) == (1, "not_achieved")


def test_names_from_flags_and_files_come_together(draw, protect, tiny, here: Path) -> None:
    source = draw("a.png")
    (here / "mine.txt").write_text("# ours\nthing 3\nTHING_4  # too\n")
    result = protect(source, "--hide", "thing 1,thing 2", "--hide", "thing 3", "--profile", "mine.txt", "--json")
    told = json.loads(result.out)
    assert told["settings"]["hide"] == ["thing 1", "thing 2", "thing 3", "THING_4"]
    (model,) = told["photos"][0]["models"]
    assert [group["name"] for group in model["hidden"]["groups"]] == ["thing 1", "thing 2", "thing 3", "THING_4"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--hide", "thinng 3"], "--hide: no network here knows 'thinng 3' ("),
        (["--hide", ","], "--hide names nothing to hide; give names joined by commas, such as dog,bedroom"),
        (["--hide", "bedroom"], "it is a scene of Places365; add a network that knows scenes"),
        (["--profile", "none.txt"], "none.txt: there is no such profile file; write one with a name a line"),
        (["--profile", "empty.txt"], "empty.txt: names nothing to hide; write a name a line, such as dog"),
        (["--profile", "wrong.txt"], "wrong.txt, line 3: no network here knows 'thing 33'"),
        (["--profile", "places-60"], "profile places-60: no network here knows 'airplane_cabin'"),
        (["--hide", "thing 3", "--scheme", "replace"], "the scheme cannot push down a whole group of classes"),
        (["--hide", "thing 3", "--scheme", "crop"], "give shield or away, alone or after pictures as in crop+shield"),
    ],
)
def test_wrong_names_are_one_line_and_exit_code_2(
    arguments: list[str], problem: str, draw, protect, here: Path
) -> None:
    source = draw("a.png")
    (here / "empty.txt").write_text("# nothing\n")
    (here / "wrong.txt").write_text("thing 3\n\nthing 33\n")
    result = protect(source, *arguments)
    assert (result.code, result.out) == (2, "")
    assert problem in result.err
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert sorted(path.name for path in here.iterdir()) == ["a.png", "empty.txt", "wrong.txt"]


def test_near_names_are_told(draw, protect) -> None:
    result = protect(draw("a.png"), "--hide", "thinng 3")
    assert "did you mean 'thing 3'" in result.err


def test_a_dry_run_says_on_what_it_depends(draw, protect) -> None:
    result = protect(draw("a.png"), "--hide", "thing 3", "--dry-run")
    assert result.err == "1 photo would be protected where it shows what is to be hidden; nothing was written\n"


def test_cats_of_real_photos_are_hidden_from_an_embedded_network(here: Path, unseen) -> None:
    for name, pixels in {"cat.jpg": chelsea(), "coffee.jpg": coffee()}.items():
        Image.fromarray(pixels).resize((224, 160)).save(name, quality=92)
    result = unseen("protect", "cat.jpg", "coffee.jpg", "-o", "out", "--hide", "cat", "--model", "lite0", "--json")
    assert (result.code, result.err) == (0, "")
    cat, cup = json.loads(result.out)["photos"]
    assert (cat["status"], cup["status"], cup["output"]) == ("protected", "untouched", None)
    told = cat["models"][0]["hidden"]
    assert told["groups"][0]["classes"] == 13
    assert told["before"] > 0.5
    assert told["after"] < 0.01
    assert [path.name for path in Path("out").glob("[!.]*")] == ["cat.jpg"]


def test_dogs_are_found_among_labelled_photos(shared: Path, here: Path, unseen) -> None:
    """Three photos of dogs and three of other things, with true labels that are told to nobody."""
    folder = shared / "data" / "imagenet-compatible"
    lines = [line.split(",") for line in (folder / "labels.csv").read_text().splitlines()[1:]]
    dogs = [file for file, label, *_ in lines if 151 <= int(label) <= 268][:3]
    others = [file for file, label, *_ in lines if int(label) > 400][:3]
    photos = [folder / file for file in (*dogs, *others)]
    result = unseen("protect", *photos, "-o", "out", "--hide", "dog", "--model", "lite0", "--json")
    assert (result.code, result.err) == (0, "")
    rows = json.loads(result.out)["photos"]
    assert [row["status"] for row in rows] == ["protected"] * 3 + ["untouched"] * 3
    for row in rows[:3]:
        assert row["models"][0]["hidden"]["before"] > 0.5
        assert row["models"][0]["hidden"]["after"] < 0.01
