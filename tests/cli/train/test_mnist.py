import json
from pathlib import Path

import pytest
from safetensors import safe_open

from unseen import __version__
from unseen.datasets import load_mnist
from unseen.models.digits import load_digits
from unseen.train.mnist import accuracy

from ...datasets.drawn import contents, written


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return written(tmp_path / "digits", contents(known=5_600))


def test_training_writes_weights_and_how_they_came_to_be(data: Path, unseen) -> None:
    result = unseen("train", "mnist", "--data", data, "--architecture", "dense", "--seed", 7, "--epochs", 4)
    assert (result.code, result.err) == (0, "")
    path = Path("mnist-dense.safetensors")
    assert result.out.startswith(f"{path}: reads ")
    assert result.out.count("\n") == 1
    with safe_open(path, "pt") as file:
        training = json.loads(file.metadata()["training"])
    found = accuracy(load_digits("dense", path), load_mnist(data).test)
    assert found >= 0.95
    assert training.pop("test_accuracy") == pytest.approx(found, abs=1e-4)
    assert training.pop("validation_accuracy") >= 0.95
    assert training.pop("threads") >= 1
    assert training == {"architecture": "dense", "seed": 7, "epochs": 4, "unseen": __version__}


def test_the_default_is_the_papers_network(data: Path, unseen) -> None:
    assert unseen("train", "mnist", "--data", data, "-o", "own.safetensors", "--epochs", 1).code == 0
    load_digits("conv", Path("own.safetensors"))


def test_nothing_is_overwritten(data: Path, unseen) -> None:
    Path("mnist-conv.safetensors").write_text("mine")
    result = unseen("train", "mnist", "--data", data)
    assert result.code == 2
    assert "mnist-conv.safetensors: exists already and is not overwritten; choose another name" in result.err
    assert Path("mnist-conv.safetensors").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "none/own.safetensors"], "-o none/own.safetensors: the folder none does not exist; create it first"),
        (["--data", "none"], "none: is no folder; give a folder that holds MNIST's four files"),
        (["--architecture", "dens"], "'dens' is not one of 'conv', 'dense'"),
        (["--epochs", "0"], "0 is not in the range x>=1"),
    ],
)
def test_wrong_usage_is_one_line_before_any_work(arguments: list[str], said: str, unseen) -> None:
    result = unseen("train", "mnist", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert not list(Path().glob("*.safetensors"))


def test_a_folder_that_may_not_be_changed_is_refused(unseen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "the folder . may not be changed; choose another" in unseen("train", "mnist").err
