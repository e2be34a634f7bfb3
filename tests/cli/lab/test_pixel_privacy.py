import json
from pathlib import Path

import pytest


@pytest.fixture
def album(draw, tmp_path: Path) -> Path:
    """Three photos and what is in them."""
    lines = [f"{draw(f'album/{number}.png', seed=number).name},{number}" for number in range(3)]
    (tmp_path / "album/labels.csv").write_text("\n".join(["file,label", *lines]))
    return tmp_path / "album"


@pytest.fixture
def lab(unseen, album: Path, tiny: str, tmp_path: Path):
    """Run `unseen lab pixel-privacy` with a quick network in tmp_path/lab."""
    usual = ("--model", tiny, "--training-limit", "1", "--limit", "1", "--device", "cpu", "-o", tmp_path / "lab")
    return lambda *arguments: unseen("lab", "pixel-privacy", "--photos", album, *usual, *arguments)


def test_a_report_and_a_table(lab, draw, album: Path, tiny: str, tmp_path: Path) -> None:
    table = tmp_path / "places.txt"
    table.write_text("0.png 7\n1.png 7\n2.png 7\n")
    draw("others/x.png", seed=9)
    given = ("--labels", table, "--audit-model", f"{tiny}?seed=1", "--seed", "5")
    result = lab(*given, "--training-photos", tmp_path / "others")
    assert (result.code, result.err) == (0, "")
    assert "Table 1: what is still read" in result.out
    assert f"Open {tmp_path / 'lab' / 'report.html'} in a browser" in result.out
    settings = json.loads((tmp_path / "lab/report.json").read_text())["settings"]
    told = {name: settings[name] for name in ("photos", "trained_on", "seed", "audit_models", "profile", "styles")}
    assert told == {
        "photos": 1,
        "trained_on": 1,
        "seed": 5,
        "audit_models": [f"{tiny}?seed=1"],
        "profile": "places-60",
        "styles": [],
    }
    assert (tmp_path / "lab/noises/uap.safetensors").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--labels", "none.csv"), "Error: none.csv: cannot be read as a label file (No such file or directory); give"),
        (("--nima", "none.h5"), "Error: none.h5: there is no such weights file; give NIMA's weights for a MobileNet"),
        (("--style", "hayo"), "Error: unknown style 'hayo'; did you mean 'hayao'?"),
        (("--style", "hayao?weights=none.pth"), "none.pth"),
        (
            ("--profile", "places-60"),
            "Error: profile places-60: the network lacks 60 of its 60 classes (airplane_cabin, airport_terminal, "
            "amusement_park, …); give one that knows them, such as places:resnet50",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(lab, arguments: tuple[str, ...], said: str) -> None:
    result = lab(*arguments)
    assert result.code != 0
    assert said in result.err
    assert result.err.count("\n") == 1
