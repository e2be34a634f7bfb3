"""docs/scale.md tells how a run goes onto a cluster; this follows it, on a cluster of one machine."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import chelsea, coffee

from ..written import copies
from .sessions import PROGRAM, end_all, free_port, start

pytestmark = [pytest.mark.proof, pytest.mark.skipif(sys.platform != "linux", reason="looks processes up as Linux does")]

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scale.md"
COMMANDS = re.findall(
    r"^```sh\n(.*?)\n```", PAGE.read_text("utf-8").partition("## A cluster")[2], re.DOTALL | re.MULTILINE
)
PROGRAMS = {"unseen": PROGRAM, "ray": "from ray.scripts.scripts import main; main()"}
FOLDER = Path("/tmp") / f"ray-docs-{os.getpid()}"  # paths of sockets have to be short


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page imagines."""
    for name, pixels in {"cat.jpg": chelsea(), "day2/coffee.png": coffee()}.items():
        path = tmp_path / "holiday" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).resize((192, 128)).save(path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def typed() -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    """Start a line as typed, but on a port that is free, for this machine only, and with the program of these tests.

    Whatever happens, no cluster is left.
    """
    port = free_port()
    processes: list[subprocess.Popen[str]] = []

    def start_line(line: str) -> "subprocess.Popen[str]":
        program, *given = shlex.split(line.replace("6379", str(port)))
        environment = {}
        if program == "ray":
            environment = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
            given += [
                "--node-ip-address=127.0.0.1",
                "--include-dashboard=false",
                "--min-worker-port=0",
                "--max-worker-port=0",
                f"--temp-dir={FOLDER}",
            ]
        processes.append(start(*given, program=PROGRAMS[program], **environment))
        return processes[-1]

    yield start_line
    for process in processes:
        end_all(process.pid)
    shutil.rmtree(FOLDER, ignore_errors=True)


def test_the_page_is_followed_from_start_to_end(here: Path, typed) -> None:
    installing, alone, starting, joining, stopping = COMMANDS
    extras = (PAGE.parents[1] / "pyproject.toml").read_text("utf-8")
    assert installing == "pip install 'unseen[ray]'"
    assert '\nray = ["ray[data]' in extras
    written = []
    for line in (alone, starting, joining):
        process = typed(line)
        _, err = process.communicate(timeout=200)
        assert process.returncode == 0, (line, err)
        if line.startswith("unseen"):
            assert err == ""
            written.append(copies(here / "for-sharing"))
            rows = [json.loads(row) for row in (here / "for-sharing/.unseen/photos.jsonl").read_text().splitlines()]
            assert sum("photo" in row for row in rows) == 2
            (here / "for-sharing").rename(here / f"done{len(written)}")
    assert written[0] == written[1]
    assert set(written[0]) == {"cat.jpg", "day2/coffee.png"}
    assert stopping == "ray stop"  # not run: it would end every cluster of this machine
