"""A desk with quick networks, and a server in front of it."""

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import uvicorn
from starlette.testclient import TestClient

from unseen.web.app import create_app
from unseen.web.desk import Desk
from unseen.web.limits import Limits
from unseen.web.offer import Offer
from unseen.web.routes import page
from unseen.web.serving import configured

from .served import Served

App = Mapping[str, object]
NOTHING: App = MappingProxyType({})


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


@pytest.fixture
def client(opened, offer) -> Callable[..., TestClient]:
    """Clients of servers in this process: client(app={"token": …}, waiting=…)."""

    def made(offered: Offer = offer, *, app: App = NOTHING, **limits: float) -> TestClient:
        desk = opened(offered, **limits)
        return TestClient(create_app(offered, desk, desk.limits, **app), base_url="http://127.0.0.1")  # type: ignore[arg-type]

    return made


@pytest.fixture
def serve(
    opened, offer, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Served]]:
    """Servers behind real sockets: serve(offer, app={"token": …}, stall=…)."""
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def made(offered: Offer = offer, *, app: App = NOTHING, is_behind_proxy: bool = False, **limits: float) -> Served:
        desk = opened(offered, **limits)
        face = create_app(offered, desk, desk.limits, **app)  # type: ignore[arg-type]
        server = uvicorn.Server(configured(face, is_behind_proxy=is_behind_proxy))
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return Served(port=listening.getsockname()[1], desk=desk, scratch=scratch)

    yield made
    for server, thread in running:
        server.should_exit = server.force_exit = True
        thread.join()


@pytest.fixture
def page_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of two files, and a secret beside it."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<!doctype html><title>Hello</title>")
    (tmp_path / "page" / "main.js").write_text("export const hello = 1;")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(page, "PAGE", tmp_path / "page")
    return tmp_path
