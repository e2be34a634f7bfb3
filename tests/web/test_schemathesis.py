"""The API against its own description, by a program that tries what nobody would, right and wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOKEN = "a-token-of-this-test"


@pytest.mark.proof
def test_every_answer_is_as_described(serve, photos, tmp_path: Path) -> None:
    served = serve(app={"token": TOKEN})
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(HERE / "schemathesis.toml"), "run", f"{served.url}/openapi.json"]
    command += ["--checks", "all", "--max-examples", "30", "--seed", "1", "--no-shrink", "--request-timeout", "30"]
    command += ["--suppress-health-check", "data_too_large", "--header", f"Authorization: Bearer {TOKEN}"]
    hooks = {"SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")}
    ended = subprocess.run(
        command, cwd=tmp_path, env=os.environ | hooks, capture_output=True, text=True, timeout=500, check=False
    )
    assert ended.returncode == 0, ended.stdout
    assert "Tested: 8" in ended.stdout
    assert [path for path in served.scratch.rglob("*") if path.is_file()] == []  # torch makes a folder here
    answer = served.post("/v1/protect", photos[0], headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
