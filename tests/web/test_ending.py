"""What is left of photos once the server has ended, however it did: a real process, and a search for known bytes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

MARK = b"known-bytes-of-this-photo"

pytestmark = [pytest.mark.proof, pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The only folders that the server knows of."""
    for name in ("tmp", "home", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def photo(draw) -> bytes:
    """Three megabytes that hold known bytes, more than servers usually keep in memory of a form."""
    path: Path = draw("photo.png", size=(1000, 1000))
    grain = np.random.default_rng(0).integers(0, 256, (1000, 1000, 3), dtype=np.uint8)
    Image.fromarray(grain).save(path)
    data = path.read_bytes()[:-12] + chunk(b"prVt", MARK) + chunk(b"IEND", b"")
    path.unlink()
    return data


def chunk(kind: bytes, data: bytes) -> bytes:
    import zlib

    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def started(home: Path, tiny: str) -> tuple["subprocess.Popen[str]", str]:
    """A server that takes its time for each photo, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "unseen", "serve", "--port", "0", "--no-browser", "--model", f"{tiny}?pause=0.05"],
        cwd=home / "work",
        env={**os.environ, "TMPDIR": str(home / "tmp"), "HOME": str(home / "home"), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.fixture
def server(home: Path, tiny: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    process, address = started(home, tiny)
    yield process, address
    process.kill()
    process.communicate()


def traces(home: Path, process: "subprocess.Popen[str] | None" = None) -> list[str]:
    """Files that hold known bytes, those included that are open and have no name any more."""
    files = [path for path in home.rglob("*") if path.is_file()]
    if process is not None:
        files += [path for path in Path(f"/proc/{process.pid}/fd").iterdir() if path.is_file()]
    found = []
    for path in files:
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # closed or removed meanwhile
            continue
        found += [str(path)] * (MARK in data or b"\x89PNG" in data or b"\xff\xd8\xff" in data)
    return found


def send(address: str, photo: bytes, answers: list[object]) -> None:
    """One photo as it is and one in a form, at once; what comes back is noted."""

    def post(**given: object) -> None:
        try:
            answers.append(requests.post(f"{address}v1/protect?extra-steps=200", timeout=60, **given).status_code)
        except requests.RequestException as error:
            answers.append(error)

    for given in ({"data": photo}, {"files": {"file": ("photo.png", photo)}}):
        threading.Thread(target=post, kwargs=given, daemon=True).start()


def begun(address: str) -> None:
    """Wait until photos are being computed."""
    for _ in range(600):
        if "unseen_photos_waiting 2" in requests.get(f"{address}metrics", timeout=10).text:
            time.sleep(0.5)
            return
        time.sleep(0.05)
    raise AssertionError("no photo arrived")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_a_photo_is_on_the_disk_while_it_is_computed_nor_afterwards(
    server: tuple["subprocess.Popen[str]", str], home: Path, photo: bytes, ending: signal.Signals, tiny: str
) -> None:
    process, address = server
    answers: list[object] = []
    send(address, photo, answers)
    begun(address)
    assert traces(home, process) == []
    process.send_signal(ending)
    process.wait(timeout=20)
    assert traces(home) == []
    if ending == signal.SIGKILL:
        again, address = started(home, tiny)
        try:
            assert requests.get(f"{address}healthz", timeout=10).ok
            assert traces(home, again) == []
        finally:
            again.kill()
            again.communicate()
    else:
        for _ in range(100):
            if len(answers) == 2:
                break
            time.sleep(0.05)
        assert answers == [503, 503], "who waits is told"


def test_the_search_finds_what_is_there(home: Path, photo: bytes) -> None:
    (home / "tmp" / "left").write_bytes(photo)
    assert traces(home) == [str(home / "tmp" / "left")]
