"""`unseen lab imagenet` as its users meet it."""

import json
from pathlib import Path

import pytest

from unseen.cli.lab.imagenet import imagenet
from unseen.lab import imagenet as lab
from unseen.lab.imagenet import Extent
from unseen.lab.report import LabReport, Section, Table


@pytest.fixture
def album(draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two photos in folders named by class, as ILSVRC's validation set."""
    draw("album/thing 3/a.png")
    draw("album/thing 4/b.jpg", seed=1, size=(80, 60))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "album"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer steps and sizes than users get."""
    monkeypatch.setattr(
        lab, "Extent", lambda **given: Extent(**given, classes=2, timed=1, scales=(1.0,), side=32, max_iterations=20)
    )


def test_from_photos_to_a_report(album: Path, tiny: str, unseen, quick: None) -> None:
    result = unseen("lab", "imagenet", "--photos", "album", "--model", tiny, "-o", "out", "--figure12-limit", 1)
    assert (result.code, result.err) == (0, "")
    assert "Table 3" in result.out
    assert all(word in result.out for word in ("paper", "ours", "best", "17.2", "report.html"))
    numbers = json.loads(Path("out/report.json").read_text())
    assert numbers["settings"]["photos"] == 2
    assert numbers["settings"]["figure12_photos"] == 1
    assert (Path("out/figures") / "figure-12-noise.png").read_bytes().startswith(b"\x89PNG")
    page = Path("out/report.html").read_text("utf-8")
    assert page.count("data:image/png;base64") == len(list(Path("out/figures").iterdir()))
    assert "://" not in page


def test_every_option_reaches_the_lab(album: Path, tiny: str, unseen, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    table = Table(columns=("a",), rows=(("b",),))
    told = LabReport(title="t", introduction=(), sections=(Section(title="s", tables=(table,)),), numbers={})
    monkeypatch.setattr(lab, "run_imagenet_lab", lambda *given, **named: seen.append((given, named)) or told)
    options = ["--limit", 7, "--figure12-limit", 3, "--example", "x.jpg", "--example", "y.jpg", "--seed", 5]
    assert unseen("lab", "imagenet", "--photos", "album", *options, "--device", "cpu", "-o", "there").code == 0
    ((photos, model), named) = seen[0]
    assert (photos, model, named["folder"]) == (Path("album"), "lite0", Path("there"))
    assert named["extent"] == Extent(photos=7, figure12_photos=3)
    assert (named["examples"], named["seed"], named["device"]) == ((Path("x.jpg"), Path("y.jpg")), 5, "cpu")
    assert unseen("lab", "imagenet", "--photos", "album", "--model", "lite1").code == 0
    assert (seen[1][0][1], seen[1][1]["folder"]) == ("lite1", Path("lab-imagenet"))
    assert len(imagenet.params) == 8


@pytest.mark.parametrize(
    ("photos", "options", "problem"),
    [
        ("none.csv", [], "none.csv: "),
        ("empty", [], "empty: "),
        ("empty.csv", [], "empty.csv: names no photo that has a label"),
        ("lost.csv", [], "lost.png: there is no such photo, though"),
        ("beyond.csv", [], "label '12' is no class of the network; give 0 to 11"),
        ("unknown.csv", [], "label 'thimg 3' is no class of the network; did you mean 'thing 3'?"),
        ("broken.csv", [], "broken.png: "),
        ("album", ["--example", "none.png"], "none.png: "),
        ("album", ["--limit", 0], "0 is not in the range x>=1"),
        ("album", ["-o", "album"], "album: holds files that no lab wrote"),
    ],
)
def test_bad_input_is_one_line(
    photos: str, options: list[object], problem: str, album: Path, tiny: str, unseen, tmp_path: Path
) -> None:
    Path("empty").mkdir()
    Path("broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    tables = {"empty": "", "lost": "lost.png,1\n", "beyond": "album/thing 3/a.png,12\n", "broken": "broken.png,1\n"}
    for name, rows in (tables | {"unknown": "album/thing 3/a.png,thimg 3\n"}).items():
        Path(f"{name}.csv").write_text(f"file,label\n{rows}")
    result = unseen("lab", "imagenet", "--photos", photos, "--model", tiny, *options)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: ")
    assert problem in result.err
    assert result.err.count("\n") == 1


def test_a_network_that_does_not_exist(album: Path, unseen) -> None:
    assert "did you mean 'lite2'" in unseen("lab", "imagenet", "--photos", "album", "--model", "lite9").err


def test_nothing_given_tells_what_is_missing(unseen) -> None:
    assert "--photos" in unseen("lab", "imagenet").err
