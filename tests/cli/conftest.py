"""The command as its users meet it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from unseen.cli import main


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `unseen` in this process: quick, for all that ends by itself."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["unseen", *map(str, arguments)])
        monkeypatch.delenv("COLUMNS", raising=False)
        capsys.readouterr()
        threads = torch.get_num_threads()
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            torch.set_num_threads(threads)  # a batch gives each photo one, for as long as its process lives
        said = capsys.readouterr()
        return Result(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run


@pytest.fixture
def protect(unseen: Command, tiny: str) -> Command:
    """Run `unseen protect` against a quick network."""
    return lambda *arguments: unseen("protect", "--model", tiny, "--audit-model", "", *arguments)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start `unseen` in a process of its own, in the test's folder; it minds Ctrl-C, also where the tests do not.

    None is left when the test ends, however that ends.
    """
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: object, **options: object) -> "subprocess.Popen[str]":
        program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        program += "from unseen.cli import main; main()"
        processes.append(
            subprocess.Popen(  # type: ignore[call-overload]
                [sys.executable, "-c", program, *map(str, arguments)],
                cwd=tmp_path,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
                text=True,
                **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options),
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()
        for stream in filter(None, (process.stdout, process.stderr)):
            stream.close()
