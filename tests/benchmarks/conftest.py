from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks import each other by their names, as scripts in one folder do."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2] / "benchmarks")
