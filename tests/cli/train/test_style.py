import itertools
import json
import signal
import time
from pathlib import Path

import click
import pytest
from PIL import Image
from safetensors import safe_open

from unseen.cli.train.style import style as command
from unseen.train.style import METHODS, StyleTraining

TINY = ("--crop", 32, "--filters", 2, "--blocks", 1, "--discriminator-filters", 2)


@pytest.fixture(autouse=True)
def folders(draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos, prints, and a folder of nothing that can be read."""
    for number in range(3):
        draw(f"photos/{number}.jpg", seed=number)
        draw(f"prints/{number}.png", seed=9 + number, size=(40, 40))
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "a.jpg").write_text("no photo")
    monkeypatch.chdir(tmp_path)


def arguments(method: str = "cyclegan", output: str = "run", steps: int = 3) -> tuple[object, ...]:
    folders = ("--photos", "photos", "--style", "prints", "-o", output)
    return ("train", "style", "--method", method, *folders, "--iterations", steps, *TINY)


@pytest.mark.parametrize("method", METHODS)
def test_a_trained_style_is_a_scheme(method: str, unseen, protect) -> None:
    Path("photos", "broken.jpg").write_bytes(b"no photo")
    result = unseen(*arguments(method))
    assert result.code == 0
    assert result.err.startswith("Error: photos/broken.jpg: ")
    assert result.err.count("\n") == 1
    made, use = result.out.splitlines()
    assert made.startswith("run/generator.safetensors: 0.")
    assert ", 3 steps in " in made
    scheme = use.split("'")[1]
    assert scheme == f"style:{method}?weights=run/generator.safetensors"
    assert protect("photos/0.jpg", "-o", "painted", "--scheme", scheme).code in (0, 1)
    with Image.open("photos/0.jpg") as photo, Image.open("painted/0.jpg") as painted:
        assert photo.size == painted.size
        assert photo.tobytes() != painted.tobytes()


def test_the_same_command_goes_on(unseen) -> None:
    unseen(*arguments())
    result = unseen(*arguments())
    assert (result.code, result.err) == (0, "")
    assert "0 steps in " in result.out
    assert "after 3 steps of a former run" in result.out


def test_every_flag_reaches_its_field(unseen) -> None:
    """What is not the default in a run is in its file, field by field."""
    given = {
        "iterations": 2,
        "initial": 1,
        "crop": 36,
        "batch": 3,
        "filters": 4,
        "blocks": 2,
        "discriminator_filters": 5,
        "content_weight": 2.5,
        "rate": 0.001,
        "seed": 7,
    }
    flags = itertools.chain(*((f"--{name.replace('_', '-')}", value) for name, value in given.items()))
    assert unseen(*arguments("cartoongan"), *flags).code == 0
    with safe_open("run/generator.safetensors", "pt") as file:
        training = json.loads(file.metadata()["training"])
    assert {name: training[name] for name in given} == given
    flagged = {name for option in command.params if isinstance(option, click.Option) for name in [option.name]}
    assert set(StyleTraining.__dataclass_fields__) <= flagged


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--style", "nothing"), "nothing: none of its 1 pictures can be read; give other style pictures"),
        (("--photos", "nowhere"), "nowhere: there is no such folder of photos; correct its name"),
        (
            ("-o", "photos"),
            "photos: holds files that no training of a style wrote; name an empty or new folder with -o",
        ),
        (("--crop", 34), "crop is 34: give a multiple of 4"),
        (("--filters", 0), "filters is 0: give at least 1"),
        (("--method", "cartongan"), "'cartongan' is not one of 'cyclegan', 'cartoongan'"),
        (("--method", "cartoongan", "--content", "vgg16"), "unknown content network 'vgg16'; did you mean 'vgg19'"),
        (("--checkpoint-every", 0), "0 is not in the range x>=1"),
    ],
)
def test_what_is_wrong_is_one_line(changes: tuple[object, ...], said: str, unseen) -> None:
    result = unseen(*arguments(), *changes)
    assert (result.code, result.out) == (2, "")
    assert said in result.err.splitlines()[-1]
    assert not Path("run", "generator.safetensors").exists()


def test_other_settings_are_refused(unseen) -> None:
    unseen(*arguments())
    result = unseen(*arguments(), "--rate", 0.001)
    assert (result.code, result.out) == (2, "")
    assert "was trained with rate 0.0002, not 0.001; give the same again, or name another folder with -o" in result.err


@pytest.mark.proof
def test_a_killed_training_makes_the_same_bytes_as_one_that_was_not(started, tmp_path: Path) -> None:
    """SIGKILL, twice, at whatever moment: in a step, or while a checkpoint is written."""
    frequent = ("--checkpoint-every", 2, "--sample-every", 3)
    whole = started(*arguments(output="whole", steps=150), *frequent)
    whole.communicate(timeout=300)
    assert whole.returncode == 0
    for lines in (3, 8):
        process = started(*arguments(output="killed", steps=150), *frequent)
        log = tmp_path / "killed" / "losses.jsonl"
        deadline = time.monotonic() + 200
        while not log.exists() or log.read_bytes().count(b"\n") < lines:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
    last = started(*arguments(output="killed", steps=150), *frequent)
    out, err = last.communicate(timeout=300)
    assert (last.returncode, err) == (0, "")
    assert "of a former run" in out
    files = {path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole").rglob("*") if path.is_file()}
    assert files == {
        path.relative_to(tmp_path / "killed") for path in (tmp_path / "killed").rglob("*") if path.is_file()
    }
    for file in files:
        assert (tmp_path / "killed" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes(), file
