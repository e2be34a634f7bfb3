"""A server behind a real socket, and how tests talk to it."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from unseen.web.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server behind a real socket, and the folder in which its temporary files would be."""

    port: int
    desk: Desk
    scratch: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, data: object = b"", **options: object) -> requests.Response:
        return requests.post(self.url + path, data=data, timeout=60, **options)  # type: ignore[arg-type]

    def connected(self, head: str, **headers: object) -> socket.socket:
        """A connection over which the head of a request was said; the rest is the test's."""
        told = {"Host": f"127.0.0.1:{self.port}", **headers}
        lines = [head, *(f"{name.replace('_', '-')}: {value}" for name, value in told.items() if value is not None)]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return connection

    def require_well(self, photo: bytes) -> None:
        """Still at work, nobody's photo left in the line, and nothing written."""
        answer = self.post("/v1/protect", photo)
        assert answer.status_code == 200, answer.text
        until(lambda: self.desk.waiting == 0)
        assert list(self.scratch.iterdir()) == []


def read_all(connection: socket.socket) -> tuple[int, dict[str, object]]:
    """The status and the JSON that come over a connection until it is closed."""
    with connection:
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
