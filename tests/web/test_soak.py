"""Sixteen clients for a minute, on this machine: nobody is failed, and memory does not grow."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from .served import until

CLIENTS = 16
SECONDS = 60
SETTLED = 20
"""Seconds after which, and once every size and setting has been seen twice, memory has no reason to grow any more."""

pytestmark = [pytest.mark.proof, pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")]


@pytest.fixture
def server(tiny: str, tmp_path: Path) -> Iterator[tuple[int, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "unseen", "serve", "--port", "0", "--no-browser", "--waiting", "24", "--model", tiny],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.pid, process.stdout.readline().strip()
    process.kill()
    process.communicate()


def memory_of(process: int) -> float:
    """Megabytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def hang_up(address: str, photo: bytes, verb: str) -> None:
    """Send a photo and leave without waiting for the answer."""
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        head = f"POST /v1/{verb} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(photo)}\r\n\r\n"
        connection.sendall(head.encode() + photo)
        time.sleep(0.1)


def test_sixteen_clients_for_a_minute(server: tuple[int, str], draw) -> None:
    process, address = server
    photos = [
        draw(f"{seed}.{suffix}", seed=seed, size=(200 + 40 * seed, 300)).read_bytes()
        for seed, suffix in enumerate(["jpg", "png", "webp", "tiff"])
    ]
    photos.append(draw("large.jpg", size=(2400, 1800)).read_bytes())
    statuses: Counter[tuple[str, int]] = Counter()
    problems: list[object] = []
    answered: Counter[tuple[str, int]] = Counter()
    is_over = threading.Event()

    def client(number: int) -> None:
        kinds = [
            ("protect", {}),
            ("inspect", {}),
            ("protect", {"Accept": "application/json"}),
            ("protect", {"Accept": "application/x-ndjson"}),
        ]
        turn = number
        with requests.Session() as session:
            session.headers["X-Unseen-Client"] = f"client-{number % 5}"
            while not is_over.is_set():
                turn += 1
                if turn % 7 == 0:
                    hang_up(address, photos[turn % len(photos)], "inspect" if turn % 2 else "protect")
                    continue
                verb, headers = kinds[turn % len(kinds)]
                try:
                    answer = session.post(
                        f"{address}v1/{verb}?" + ("" if verb == "inspect" else f"seed={turn % 2}"),
                        data=photos[turn % len(photos)],
                        headers=headers,
                        timeout=300,
                    )
                except requests.RequestException as error:
                    problems.append(error)
                    continue
                statuses[verb, answer.status_code] += 1
                if answer.status_code == 200:
                    answered.update([("photo", turn % len(photos)), ("kind", turn % len(kinds))])
                if answer.status_code == 429:
                    assert int(answer.headers["Retry-After"]) >= 1
                    time.sleep(0.2)
                elif b'"failed"' in answer.content[-2000:]:
                    problems.append(answer.content[-300:])

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(SETTLED)
        until(lambda: len(answered) == len(photos) + 4 and min(answered.values()) >= 2, 200)
        settled = memory_of(process)
        time.sleep(SECONDS - SETTLED)
        until(lambda: statuses["protect", 200] > 2 * CLIENTS, 200)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    grown = memory_of(process) - settled
    assert problems == []
    assert {status for _, status in statuses} <= {200, 429}, statuses
    assert statuses["protect", 200] > 2 * CLIENTS
    assert statuses["inspect", 200] > CLIENTS / 4
    assert grown < 0.05 * settled, f"{settled:.0f} MB after {SETTLED} s, {grown:.0f} MB more in the end"
