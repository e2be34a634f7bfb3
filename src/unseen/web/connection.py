"""Connections that end by themselves: silent ones, those that nobody reads from, and more than can be served."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 500
"""Connections at a time; more are closed, for every one takes a place of those that the system gives a process."""

SILENT = 15.0
"""Seconds in which the head of a first request has come."""

UNREAD = 300.0
"""Seconds in which a client reads on; until then its answer takes memory."""


class Connection(H11Protocol):
    """uvicorn's, which lets a client that says nothing stay for ever."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._silence: asyncio.TimerHandle | None = self.loop.call_later(SILENT, transport.abort)
        self._unread: asyncio.TimerHandle | None = None
        if len(self.connections) > MOST:
            transport.abort()

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None and self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_unread()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_unread()
        if self._silence is not None:
            self._silence.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told as any other problem."""
        told = {"status": 400, "problem": "this is no HTTP request", "remedy": "speak HTTP/1.1; docs/api.md tells how"}
        body = json.dumps(told).encode()
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _forget_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
