"""What a process has started is found by a word, and ended with all that it has started itself."""

import subprocess
import sys
from pathlib import Path

import pytest

psutil = pytest.importorskip("psutil")

from unseen.batch.cluster.processes import end, started_with  # noqa: E402 - psutil is of an extra

STUBBORN = """
import signal, subprocess, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) > 2:
    subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
else:
    Path(sys.argv[1]).touch()
time.sleep(600)
"""


@pytest.fixture
def family(tmp_path: Path):
    """A process that will not end, whose child will not either, and one that has nothing to do with them."""
    ready = tmp_path / "ready"
    parent = subprocess.Popen([sys.executable, "-c", STUBBORN, str(ready), STUBBORN])
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    children = []
    try:
        while not ready.exists():
            assert parent.poll() is None
        children = psutil.Process(parent.pid).children()
        yield parent, other
    finally:
        for process in (parent, other):
            process.kill()
            process.wait()
        end(children)


def test_the_whole_family_ends_and_nobody_else(family, tmp_path: Path) -> None:
    parent, other = family
    found = started_with(str(tmp_path))
    assert [process.pid for process in found][:1] == [parent.pid]
    assert len(found) == 2
    parent.kill()  # as Ray does; its child would go on
    parent.wait()
    end(found)
    assert not any(process.is_running() for process in found)
    assert other.poll() is None


def test_what_has_ended_already_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()", str(tmp_path)], stdin=subprocess.PIPE)
    found = started_with(str(tmp_path))
    assert [one.pid for one in found] == [process.pid]
    process.communicate(b"\n")
    end(found)
    assert started_with(str(tmp_path)) == []
