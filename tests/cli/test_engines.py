"""`unseen protect --engine`: who does the photos, and what is said where that cannot be."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

WITHOUT = """
import sys
from unseen.cli import main
try:
    main()
finally:
    loaded = {name.partition(".")[0] for name in sys.modules} & {"ray", "pyarrow"}
    print(loaded or "none", "unseen.batch.cluster" in sys.modules)
"""


@pytest.fixture
def photo(draw) -> Path:
    return draw("album/a.png")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--engine", "ray"], "--engine ray is for runs into a folder of their own; give -o"),
        (["-o", "out", "--address", "127.0.0.1:6379"], "give --engine ray as well"),
        (["-o", "out", "--engine", "spark"], "'spark' is not one of 'local', 'ray'"),
        (["-o", "out", "--engine", "ray", "--address", "here"], "--address here: is no host:port; give the host:port"),
        (["-o", "out", "--engine", "ray", "--address", "ray://a:1"], "--address ray://a:1: is no host:port"),
    ],
)
def test_flags_that_do_not_go_together_are_one_line(given: list[str], told: str, photo: Path, protect) -> None:
    result = protect(photo, *given)
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert result.err.count("\n") == 1


def test_without_ray_the_remedy_is_told(photo: Path, protect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = protect(photo, "-o", tmp_path / "out", "--engine", "ray")
    assert result.code == 2
    assert result.err.startswith("Error: --engine ray: Ray Data is not installed here (")
    assert result.err.endswith("; install it with pip install 'unseen[ray]'\n")


def test_nothing_of_ray_is_imported_where_it_is_not_asked_for(photo: Path, tiny: str, tmp_path: Path) -> None:
    arguments = ["protect", photo, "-o", tmp_path / "out", "--model", tiny, "--audit-model", "", "--scheme", "crop"]
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, arguments)],
        capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "none False"
    assert (tmp_path / "out/a.png").exists()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and says something that no cluster says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def test_an_address_where_no_cluster_answers_is_one_line_and_soon(photo: Path, silent: int, protect, tmp_path) -> None:
    taken = socket.socket()  # bound, so that nobody else gets it, but nobody listens
    taken.bind(("127.0.0.1", 0))
    closed = taken.getsockname()[1]
    for port, why in ((closed, "Connection refused"), (silent, "something else does")):
        started = time.monotonic()
        result = protect(photo, "-o", tmp_path / "out", "--engine", "ray", "--address", f"127.0.0.1:{port}")
        assert time.monotonic() - started < 10
        assert (result.code, result.out) == (1, "")
        told = f"Error: 127.0.0.1:{port}: no Ray cluster answers there ({why}); "
        remedy = "give the host:port that 'ray start --head' told, on one of the cluster's machines\n"
        assert result.err == told + remedy
        assert not (tmp_path / "out").exists()
    taken.close()
