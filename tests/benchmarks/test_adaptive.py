"""The benchmark of an attacker who adapts, on a quick network: what it keeps, what it makes again, what it tells."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ..conftest import Draw

pytest.importorskip("imagehash", reason="benchmarks/requirements.txt has it")


@pytest.fixture
def adaptive(beside: None) -> ModuleType:
    return importlib.import_module("adaptive")


@pytest.fixture
def arguments(draw: Draw, tmp_path: Path, tiny: str) -> list[str]:
    for folder, count in (("known", 5), ("new", 3)):
        lines = []
        for number in range(count):
            draw(f"{folder}/{number}.png", seed=number if folder == "known" else 50 + number)
            lines.append(f"{number}.png,{number}")
        (tmp_path / folder / "labels.csv").write_text("\n".join(["file,label", *lines]))
    return [
        "adaptive.py",
        *("--photos", str(tmp_path / "known"), "--labels", str(tmp_path / "new" / "labels.csv")),
        *("-o", str(tmp_path / "out"), "--models", tiny, "--scheme", "gradient-sign?epsilon=8"),
    ]


def test_detectors_and_copies_from_files_to_tables_and_not_made_twice(
    adaptive: ModuleType,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", [*arguments, "--attackers", "lite0"])
    monkeypatch.setattr(adaptive, "tuned_network", lambda *_: pytest.fail("no network was asked for"))
    monkeypatch.setattr(adaptive, "TUNED", {})
    record = tmp_path / "out" / "adaptive.json"
    with pytest.raises(pytest.fail.Exception):
        adaptive.main()
    copies = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.png")}
    assert len(copies) == 8

    line = {
        "network": "lite0",
        "attacker": "unadapted",
        "rate": 0.001,
        "weight": 1.0,
        "passes": 7,
        "watched": [[0.5, 0.75], [0.625, 0.5], [0.625, 0.25]],
        "top1": {
            f"{version}/{handling}": adaptive.share([True, True, False])
            for handling in adaptive.HANDLINGS
            for version in ("clean", "protected")
        },
    }
    monkeypatch.setattr(adaptive, "tuned_network", lambda *_: line)
    adaptive.main()
    first, told = record.read_text(), capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in copies} == copies
    assert "| lite0 | unadapted | 66.7% (20.8–93.9) |" in told
    assert "| 7 passes at 0.001, by answers and labels | 62.5% (50.0%) |" in told
    results = json.loads(first)["results"]
    assert {"detectors/file", "detectors/small", "copies", "attacker/lite0/unadapted"} == set(results)
    assert [found["contest"] for found in results["detectors/file"]] == list(adaptive.CONTESTS)
    assert all(0 <= found["auc"] <= 1 for found in results["detectors/small"])
    same, _, different = (pair for pair in results["copies"] if pair["hash"] == "dHash")
    assert (same["pairs of"], different["pairs of"]) == ("original and copy, file", "different photos")
    assert same["pairs"] == different["pairs"] == 3
    assert same["mean"] < different["mean"]

    monkeypatch.setattr(adaptive, "detectors", lambda *_: pytest.fail("the record has it"))
    adaptive.main()
    assert (record.read_text(), capsys.readouterr().out) == (first, told)


def test_copies_of_other_settings_are_not_taken_for_these(
    adaptive: ModuleType, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "train"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(
        SystemExit, match=r"train: holds copies with other settings or of other photos; give another -o"
    ):
        adaptive.main()


def test_results_of_other_settings_are_replaced(adaptive: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "adaptive.json"
    adaptive.Record(path, {"seed": 0}).once("copies", lambda: 1)
    adaptive.Record(path, {"seed": 0}).once("copies", lambda: pytest.fail("computed twice"))
    adaptive.Record(path, {"seed": 1}).once("copies", lambda: 2)
    assert json.loads(path.read_text()) == {"benchmark": "adaptive", "settings": {"seed": 1}, "results": {"copies": 2}}
