import json
import re
from pathlib import Path

import pytest
from PIL import Image

from unseen.schemes.universal import load_noise

from ...conftest import Draw


@pytest.fixture
def album(draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for number in range(8):
        drawn = draw(f"album/{number}.png", seed=number)
    return drawn.parent


@pytest.mark.parametrize("method", ["augmented", "uap"])
def test_a_noise_is_trained_told_and_laid(method: str, album: Path, tiny: str, unseen, draw: Draw) -> None:
    train = ("train", "universal", "--photos", album, "--model", tiny, "--side", 32, "--passes", 30)
    result = unseen(*train, "--epsilon", 10, "--method", method, "-o", "own.safetensors")
    assert (result.code, result.err) == (0, "")
    told = r"own\.safetensors: a noise of at most 10 levels a value that makes .*:network misread ([\d.]+)\s%"
    assert float(re.match(told, result.out).group(1)) >= 50
    assert "of the 8 photos it was trained on" in result.out
    assert "--scheme 'universal?weights=own.safetensors'" in result.out
    assert result.out.count("\n") == 1
    assert json.loads(load_noise(Path("own.safetensors"))[1]["settings"])["method"] == method
    assert not Path("own.safetensors.stage").exists()
    photo = draw("new.png", seed=77, size=(90, 120))
    protect = ("protect", photo, "-o", "out", "--model", tiny, "--audit-model", "")
    assert unseen(*protect, "--scheme", "universal?weights=own.safetensors").code in (0, 1)
    with Image.open(photo) as before, Image.open("out/new.png") as after:
        pairs = zip(before.tobytes(), after.tobytes(), strict=True)
        assert max(abs(one - other) for one, other in pairs) == 10


def test_strength_scales_what_is_laid(tiny: str, unseen, draw: Draw) -> None:
    photo = draw("photo.png", size=(300, 300))
    protect = ("protect", photo, "--model", tiny, "--audit-model", "", "--scheme", "universal")
    for folder, arguments, levels in (("own", (), 8), ("low", ("--strength", "low"), 4), ("e", ("--epsilon", 2), 2)):
        output = photo.parent / folder
        assert unseen(*protect, "-o", output, *arguments).code in (0, 1)
        with Image.open(photo) as before, Image.open(output / "photo.png") as after:
            pairs = zip(before.tobytes(), after.tobytes(), strict=True)
            assert max(abs(one - other) for one, other in pairs) == levels


def test_a_limit_of_photos_is_kept(album: Path, tiny: str, unseen) -> None:
    train = ("train", "universal", "--photos", album, "--model", tiny, "--side", 32, "--passes", 1)
    assert "of the 3 photos" in unseen(*train, "--limit", 3).out
    assert load_noise(Path("noise.safetensors"))[1]["photos"] == "3"


def test_nothing_is_overwritten(album: Path, tiny: str, unseen) -> None:
    Path("noise.safetensors").write_text("mine")
    result = unseen("train", "universal", "--photos", album, "--model", tiny)
    assert result.code == 2
    assert "noise.safetensors: exists already and is not overwritten; choose another name" in result.err
    assert Path("noise.safetensors").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--photos", "none"), "--photos none: there is no such folder or photo; give one that is there"),
        (("--photos", "empty"), "empty: no photos in this folder"),
        (("--photos", "album", "-o", "none/own"), "the folder none does not exist; create it first"),
        (("--photos", "album", "--epsilon", 0), "epsilon is 0 levels: give 1 to 127"),
        (("--photos", "album", "--method", "best"), "'best' is not one of 'augmented', 'uap'"),
        (("--photos", "album", "--model", "lit0"), "did you mean 'lite0'?"),
        ((), "Missing option '--photos'"),
    ],
)
def test_wrong_usage_is_one_line_before_any_work(arguments: tuple[object, ...], said: str, album: Path, unseen) -> None:
    Path("empty").mkdir()
    result = unseen("train", "universal", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert not list(Path().glob("*.safetensors*"))
