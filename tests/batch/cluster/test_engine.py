"""A cluster of two workers on this machine, started by the command and ended with it."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ..written import copies, told

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as Linux shows them")


def unseen(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from unseen.cli import main; main()", *map(str, arguments)]
    env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    return subprocess.run(program, capture_output=True, text=True, check=False, env=env, timeout=180)


def processes_with(word: str) -> dict[int, str]:
    """Command lines of those that carry a word in their environment, by number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def end_all(word: str, seconds: float = 30) -> None:
    """Kill all of them, those that are started or end by themselves meanwhile included."""
    end = time.monotonic() + seconds
    while (found := processes_with(word)) and time.monotonic() < end:
        for number in found:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def free_port() -> int:
    """Below those that the system gives to whoever connects meanwhile."""
    for port in random.sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


def left_over(word: str, seconds: float = 15) -> dict[int, str]:
    """Those that do not end by themselves, and soon."""
    end = time.monotonic() + seconds
    while (found := processes_with(word)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def test_two_workers_make_the_bytes_and_the_report_of_one_machine(draw, tiny: str, tmp_path: Path) -> None:
    for number in range(70):
        draw(f"album/{number % 3}/{number:02}{'.jpg' if number % 2 else '.png'}", seed=number, size=(40, 30))
    (tmp_path / "album/1/broken.jpg").write_bytes(b"no photo")
    (tmp_path / "album/2/twice.jpg").write_bytes((tmp_path / "album/2/02.png").read_bytes())
    (tmp_path / "album/2/twice.png").write_bytes((tmp_path / "album/0/06.png").read_bytes())
    home = tmp_path / "home"
    home.mkdir()
    arguments = ["protect", tmp_path / "album", "--model", tiny, "--audit-model", f"{tiny}?seed=1", "--json", "-o"]
    here = unseen(*arguments, tmp_path / "here")
    there = unseen(*arguments, tmp_path / "there", "--engine", "ray", "--workers", 2, HOME=str(home), UNSEEN_TEST="7rq")
    assert (there.returncode, there.stderr) == (here.returncode, here.stderr) == (1, "")
    assert told(there.stdout, tmp_path / "there") == told(here.stdout, tmp_path / "here")
    assert copies(tmp_path / "there") == copies(tmp_path / "here")
    assert "has the name of another photo's copy" in there.stdout
    assert left_over("UNSEEN_TEST=7rq") == {}
    assert list(home.rglob("*")) == []
    again = unseen(*arguments, tmp_path / "there")
    assert (again.returncode, again.stdout) == (1, there.stdout)
