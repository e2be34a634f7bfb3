"""Middleware on the way out: answers to HEAD, and answers that are given before a body has ended."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER = 2.0
"""Seconds for which the rest of a refused body is still read, so that its sender comes to read the answer."""


class Heads:
    """ASGI middleware: HEAD is answered as GET is, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, bodiless)


class Lingering:
    """ASGI middleware: what is left of a body when the answer is ready is read and dropped for a moment.

    A connection that is closed while its client still sends is reset, and the client never sees why. So the answer goes
    out, the rest is read for `LINGER` seconds at most, and then the connection is closed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_read = not _has_body(scope)

        async def watched() -> Message:
            nonlocal is_read
            message = await receive()
            is_read = is_read or not message.get("more_body", False)
            return message

        async def patient(message: Message) -> None:
            if is_read:
                await send(message)
            elif message["type"] == "http.response.start":
                await send({**message, "headers": [*message["headers"], (b"connection", b"close")]})
            elif message.get("more_body", False):
                await send(message)
            else:
                await send({**message, "more_body": True})
                await drop()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def drop() -> None:
            try:
                async with asyncio.timeout(LINGER):
                    while not is_read:
                        await watched()
            except TimeoutError:
                pass

        await self.app(scope, watched, patient)


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") and value != b"0" for name, value in scope["headers"])
