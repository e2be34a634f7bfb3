"""A server from its start to its end: an address, signals, and nothing left behind."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from unseen.errors import UnseenError
from unseen.web.connection import Connection
from unseen.web.desk import Desk

LAST_WORDS = 3
"""Seconds that connections get to be answered once the server stops."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        port: 0 for any that is free.

    Raises:
        UnseenError: the address is not this machine's, is taken or may not be used.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(1024)
        except OSError:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        told = getattr(error, "strerror", None) or error
        raise UnseenError(f"cannot listen on {host} port {port} ({told}); choose another --host or --port") from error
    return listening


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address, or all addresses of a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)


def address_of(listening: socket.socket) -> str:
    """Where the page is, for people: an address that a browser can open."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = _own_address(listening.family)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    app: ASGIApp, desk: Desk, listening: socket.socket, *, on_start: Callable[[], None], is_behind_proxy: bool = False
) -> None:
    """Serve until Ctrl-C or SIGTERM; photos on their way are given up then, and their clients told.

    Args:
        on_start: called once requests are answered.
        is_behind_proxy: whether a proxy on this machine tells who the clients are; others could make that up.
    """
    server = _Server(configured(app, is_behind_proxy=is_behind_proxy), desk, on_start)
    with listening:
        server.run(sockets=[listening])


def configured(app: ASGIApp, *, is_behind_proxy: bool = False) -> uvicorn.Config:
    """How the app is served."""
    return uvicorn.Config(
        app,
        access_log=False,  # addresses hold the names of photos
        http=Connection,
        lifespan="off",
        log_config=None,
        proxy_headers=is_behind_proxy,
        server_header=False,
        timeout_graceful_shutdown=LAST_WORDS,
        ws="none",
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, desk: Desk, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._desk = desk
        self._on_start = on_start
        desk.on_failure = self._fail

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._desk.start()
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # First of all, so that whoever waits is told instead of being cut off.
        stopping = asyncio.create_task(asyncio.to_thread(self._desk.stop))
        await super().shutdown(sockets)
        await stopping

    def _fail(self, error: Exception) -> None:
        self.should_exit = True


def _own_address(family: int) -> str:
    """The address that this machine has in its network; no packet is sent for that."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("2001:db8::1", 9) if family == socket.AF_INET6 else ("192.0.2.1", 9))  # addresses of nobody
            return str(probe.getsockname()[0])
        except OSError:
            return "::1" if family == socket.AF_INET6 else "127.0.0.1"
