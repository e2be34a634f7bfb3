"""`unseen lab mnist`, on a few drawn digits."""

import json
from pathlib import Path

import pytest

from unseen.lab.mnist import MnistSettings

from ...datasets.drawn import FILES, contents, written
from ..conftest import Command

TINY = MnistSettings(iterations=2, batch=8, test_images=20, sum_images=1, distance_images=20, scheme_images=20)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("unseen.lab.mnist.QUICK", TINY)
    return written(tmp_path / "mnist", contents(known=5_050, test=20))


def test_the_lab_writes_its_report_and_tells_table_2(data: Path, tmp_path: Path, unseen: Command) -> None:
    folder = tmp_path / "out"
    result = unseen("lab", "mnist", "--data", data, "-o", folder, "--quick", "--seed", 3)
    assert (result.code, result.err) == (0, "")
    assert "17.8 %" in result.out.replace("\N{NO-BREAK SPACE}", " ")  # the paper's first accuracy
    assert str(folder / "report.html") in "".join(result.out.split("\n"))
    numbers = json.loads((folder / "report.json").read_text())
    assert numbers["settings"]["seed"] == 3
    assert (folder / "figures" / "table-2.png").is_file()


def test_data_that_are_not_there_end_in_one_line(data: Path, tmp_path: Path, unseen: Command) -> None:
    (data / FILES[2]).unlink()
    result = unseen("lab", "mnist", "--data", data, "-o", tmp_path / "out")
    assert result.code == 2
    assert result.err == (
        f"Error: {data}: has no file {FILES[2]}, with .gz or without; give a folder that holds MNIST's four files\n"
    )
    assert not (tmp_path / "out").exists()


def test_weights_of_another_network_end_in_one_line(data: Path, tmp_path: Path, unseen: Command) -> None:
    wrong = tmp_path / "wrong.safetensors"
    wrong.write_bytes(b"nothing")
    result = unseen("lab", "mnist", "--data", data, "--weights", wrong, "-o", tmp_path / "out")
    assert result.code == 2
    assert result.err.startswith(f"Error: {wrong}: cannot be read as weights; give a file")
    assert result.err.count("\n") == 1


def test_a_folder_of_something_else_is_left_alone(data: Path, tmp_path: Path, unseen: Command) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    result = unseen("lab", "mnist", "--data", data, "-o", tmp_path / "out", "--quick")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]
