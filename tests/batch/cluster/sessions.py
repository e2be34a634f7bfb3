"""Commands in sessions of their own, and the processes of a session as Linux shows them.

What Ray starts stays in the session of the command that started Ray. It is not known by its environment: a process
that gives itself a title, as Ray's agents do, writes over that.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PROGRAM = "from unseen.cli import main; main()"


def start(*arguments: object, program: str = PROGRAM, **environment: str) -> "subprocess.Popen[str]":
    """Start a command; the number of its process is that of its session too."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def unseen(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, after which nothing of it runs."""
    with start(*arguments, **environment) as process:
        try:
            out, err = process.communicate(timeout=180)
            assert left_over(process.pid) == {}
        finally:
            end_all(process.pid)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def processes_of(session: int) -> dict[int, str]:
    """Command lines of those that run, by number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            number = int(folder.name)
            line = (folder / "cmdline").read_bytes() if os.getsid(number) == session else b""
            if line:  # one that has ended, and that nobody has asked about yet, has none
                found[number] = line.replace(b"\0", b" ").decode(errors="replace")
    return found


def left_over(session: int, seconds: float = 15) -> dict[int, str]:
    """Those that do not end by themselves, and soon."""
    end = time.monotonic() + seconds
    while (found := processes_of(session)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def end_all(session: int, seconds: float = 30) -> None:
    """Kill all of them, those that are started or end by themselves meanwhile included."""
    end = time.monotonic() + seconds
    while (found := processes_of(session)) and time.monotonic() < end:
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
