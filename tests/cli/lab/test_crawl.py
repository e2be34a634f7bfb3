import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def crawl(unseen, tiny: str, tmp_path: Path):
    """Run `unseen lab crawl` with quick networks in tmp_path/lab."""
    networks = ("--model", tiny, "--crawler", f"{tiny}?seed=1", "--device", "cpu")
    return lambda *arguments: unseen("lab", "crawl", *networks, "-o", tmp_path / "lab", *arguments)


@pytest.fixture
def numbers(tmp_path: Path):
    return lambda: json.loads((tmp_path / "lab/report.json").read_text())


def test_a_report_a_table_and_copies(draw, crawl, numbers, tmp_path: Path) -> None:
    draw("album/a.png")
    draw("album/b.jpg", seed=1)
    result = crawl(tmp_path / "album")
    assert (result.code, result.err) == (0, "")
    assert "What the networks read" in result.out
    assert f"Open {tmp_path / 'lab' / 'report.html'} in a browser" in result.out
    assert (tmp_path / "lab/report.html").is_file()
    assert sorted(path.name for path in (tmp_path / "lab/protected").iterdir()) == ["a.png", "b.jpg"]
    assert {network["shared"] for network in numbers()["networks"]} == {"file"}


def test_every_option_arrives(draw, crawl, numbers, tiny: str, tmp_path: Path) -> None:
    sources = [draw(f"album/{seed}.png", seed=seed) for seed in range(3)]
    (tmp_path / "labels.csv").write_text("file,label\nalbum/0.png,thing 4\n")
    protecting = ["--scheme", "uniform?max-iterations=40", "--epsilon", "5.5", "--seed", "3", "--limit", "2"]
    reading = ["--long-edge", "50", "--quality", "70", "--crawler", f"{tiny}?seed=2"]
    result = crawl(*protecting, *reading, "--labels", tmp_path / "labels.csv", *sources)
    found = numbers()
    assert result.code in (0, 1)
    assert found["platform"] == {"long_edge": 50, "quality": 70}
    told = {key: found["settings"][key] for key in ("scheme", "epsilon_levels", "seed", "max_iterations")}
    assert told == {"scheme": "uniform", "epsilon_levels": 5.5, "seed": 3, "max_iterations": 40}
    names = [tiny, f"{tiny}?seed=1", f"{tiny}?seed=2"]
    assert [network["name"] for network in found["networks"]] == names * 2
    assert [Path(photo["input"]).name for photo in found["photos"]] == ["0.png", "1.png"]
    assert {reading["reference"] for reading in found["photos"][0]["readings"]} == {"thing 4"}


@pytest.mark.parametrize(("given", "levels"), [([], 8), (["--strength", "low"], 4), (["--epsilon", "2.55"], 2.55)])
def test_strength_and_epsilon_are_one_limit(given, levels: float, draw, crawl, numbers) -> None:
    crawl(draw("a.png"), *given)
    assert numbers()["settings"]["epsilon_levels"] == levels


def test_no_other_crawler(draw, unseen, tiny: str, numbers, tmp_path: Path) -> None:
    result = unseen("lab", "crawl", draw("a.png"), "--model", tiny, "--crawler", "", "-o", tmp_path / "lab")
    assert result.code == 0
    assert [network["role"] for network in numbers()["networks"]] == ["surrogate"]


def test_what_fails_is_told_and_ends_in_1(draw, crawl, numbers, tmp_path: Path) -> None:
    draw("album/a.png")
    (tmp_path / "album/torn.jpg").write_bytes(b"no photo")
    result = crawl(tmp_path / "album")
    assert result.code == 1
    assert result.err.startswith(f"Error: {tmp_path / 'album' / 'torn.jpg'}: ")
    assert result.err.count("\n") == 1
    assert [photo["status"] for photo in numbers()["photos"]] == ["protected", "failed"]


def test_a_goal_out_of_reach_ends_in_1_with_a_remedy(draw, crawl) -> None:
    result = crawl(draw("a.png"), "--scheme", "replace?step=0.01&max-iterations=1")
    assert result.code == 1
    assert result.err == "Error: 1 photo could not be protected fully. Try a higher strength or another scheme.\n"


def test_photos_go_the_way_of_protect_pictures_included(draw, crawl, numbers, tmp_path: Path) -> None:
    result = crawl(draw("a.png", size=(200, 120)), "--scheme", "crop?ratio=0.5+away", "--strength", "high")
    assert (result.code, result.err) == (0, "")
    settings = numbers()["settings"]
    assert (settings["scheme"], settings["epsilon_levels"]) == ("crop+away", 16)
    assert settings["pictures"] == [{"scheme": "Crop", "ratio": 0.5, "place": "centre"}]
    with Image.open(tmp_path / "lab/protected/a.png") as copy:
        assert copy.size == (100, 60)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--strength", "low", "--epsilon", "3"], "--strength and --epsilon say the same; give one of them"),
        (["--quality", "101"], "101 is not in the range 1<=x<=100"),
        (["--long-edge", "0"], "0 is not in the range x>=1"),
        (["--limit", "0"], "0 is not in the range x>=1"),
        (["--scheme", "blurr"], "unknown scheme 'blurr'"),
        (["--crawler", "lite9"], "unknown classifier 'lite9'; did you mean"),
        (["--labels", "none.csv"], "none.csv: cannot be read as CSV"),
    ],
)
def test_wrong_usage_is_one_line_and_writes_nothing(options, problem: str, draw, crawl, tmp_path: Path) -> None:
    result = crawl(draw("a.png"), *options)
    assert (result.code, result.out) == (2, "")
    assert problem in result.err
    assert result.err.count("\n") == 1
    assert not (tmp_path / "lab").exists()


def test_a_folder_that_holds_something_else_is_refused(draw, crawl, tmp_path: Path) -> None:
    draw("lab/mine.png")
    result = crawl(draw("a.png"))
    assert result.code == 2
    assert "holds files that no lab wrote" in result.err
    assert [path.name for path in (tmp_path / "lab").iterdir()] == ["mine.png"]


def test_run_again_it_says_the_same(draw, crawl, tmp_path: Path) -> None:
    source = draw("a.png")
    first = crawl(source, "--quality", 60)
    pages = [(tmp_path / "lab" / name).read_bytes() for name in ("report.json", "report.html")]
    assert crawl(source, "--quality", 60) == first
    assert [(tmp_path / "lab" / name).read_bytes() for name in ("report.json", "report.html")] == pages
    with Image.open(tmp_path / "lab/figures/networks-platform.png") as figure:
        assert figure.size[0] > 900


@pytest.mark.proof
def test_a_killed_run_resumes(draw, started, tiny: str, tmp_path: Path) -> None:
    """SIGKILL, again and again, soon after something new was written down."""
    for seed in range(20):
        draw(f"album/{seed:02}.png", seed=seed)
    command = ["lab", "crawl", "album", "--model", f"{tiny}?pause=0.02", "--crawler", "", "--device", "cpu"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    assert started(*command, "-o", "whole", **quiet).wait(300) == 0

    def written() -> int:
        return sum(path.stat().st_size for path in (tmp_path / "cut/.unseen/lab").glob("*/*.jsonl"))

    kills = 0
    for delay in (0, 0.1, 0.05, 0.2, 0.01):
        process, before = started(*command, "-o", "cut", **quiet), written()
        while written() == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(delay)
        process.kill()
        kills += process.wait(60) == -signal.SIGKILL
    assert kills > 1
    assert started(*command, "-o", "cut", **quiet).wait(300) == 0
    folders = [tmp_path / name for name in ("whole", "cut")]
    whole, cut = ({path.name: path.read_bytes() for path in (folder / "protected").iterdir()} for folder in folders)
    assert cut == whole
    first, second = ((folder / "report.json").read_text() for folder in folders)
    assert second.replace('"cut/', '"whole/') == first
