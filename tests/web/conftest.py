"""A desk with quick networks, and a server in front of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from unseen.web.app import create_app
from unseen.web.desk import Desk
from unseen.web.limits import Limits
from unseen.web.offer import Offer


@pytest.fixture
def offer(tiny: str) -> Offer:
    """A quick network to protect against, and another that only judges."""
    return Offer(models=(tiny,), audit_models=(f"{tiny}?seed=1",), device="cpu")


@pytest.fixture
def slow(tiny: str) -> Offer:
    """One network that thinks for a hundredth of a second."""
    return Offer(models=(f"{tiny}?pause=0.01",), audit_models=(), device="cpu")


@pytest.fixture
def opened() -> Iterator[Callable[..., Desk]]:
    """Open desks, which close with the test: opened(offer, on_batch=…, waiting=…)."""
    desks = []

    def open_desk(offer: Offer, *, on_batch: Callable[[int], None] = lambda count: None, **limits: float) -> Desk:
        desks.append(desk := Desk(offer, Limits(**limits)))  # type: ignore[arg-type]
        desk.on_batch = on_batch
        desk.start()
        return desk

    yield open_desk
    for desk in desks:
        desk.stop()


@pytest.fixture
def photos(draw) -> list[bytes]:
    """Files of eight photos."""
    paths: list[Path] = [draw(f"{seed}.jpg", seed=seed, quality=90) for seed in range(8)]
    return [path.read_bytes() for path in paths]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server behind a real socket."""

    port: int
    desk: Desk

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connected(self) -> socket.socket:
        """A connection, over which a test may say whatever it likes."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def told(self, request: bytes) -> bytes:
        """The whole answer to a request that is said byte by byte."""
        with self.connected() as connection:
            connection.sendall(request)
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """What comes over a connection until it is closed."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture
def client(opened, offer) -> Callable[..., TestClient]:
    """Clients of servers in this process: client(token=…, waiting=…)."""

    def made(offered: Offer = offer, *, app: dict[str, object] | None = None, **limits: float) -> TestClient:
        desk = opened(offered, **limits)
        return TestClient(create_app(offered, desk, desk.limits, **(app or {})), base_url="http://127.0.0.1")

    return made


@pytest.fixture
def serve(opened, offer) -> Iterator[Callable[..., Served]]:
    """Servers behind real sockets: serve(offer, app={"token": …}, stall=…)."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def made(offered: Offer = offer, *, app: dict[str, object] | None = None, **limits: float) -> Served:
        desk = opened(offered, **limits)
        settings = uvicorn.Config(
            create_app(offered, desk, desk.limits, **(app or {})), log_config=None, lifespan="off"
        )
        server, listening = uvicorn.Server(settings), socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return Served(port=listening.getsockname()[1], desk=desk)

    yield made
    for server, thread in running:
        server.should_exit = server.force_exit = True
        thread.join()
