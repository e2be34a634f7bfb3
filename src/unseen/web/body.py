"""The photo of a request: its whole body, or the one file of a form; it is held in memory and nowhere else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.requests import ClientDisconnect

from unseen.photo.sniff import photo_format
from unseen.web.form import FileOfForm, boundary_of
from unseen.web.limits import MEGABYTE, Limits
from unseen.web.names import bare_name
from unseen.web.problems import RETRY_AFTER, HungUp, Problem


@dataclass(frozen=True, kw_only=True)
class Received:
    """A photo as it was sent.

    Attributes:
        data: its file.
        name: without folders, and safe to repeat.
    """

    data: bytes
    name: str


class Inbox:
    """Receives bodies, no more at a time than the memory is for.

    Args:
        limits: how large and how slow a body may be, and how much all that arrive may hold together.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._arriving = 0

    async def photo(self, request: Request, name: str | None) -> Received:
        """The photo of a request.

        Args:
            name: what it is called, where it is not the file of a form.

        Raises:
            Problem: too large, too slow, empty, or a form with anything but one file.
            PhotoError: what is sent is no photo.
            HungUp: the client has left.
        """
        boundary = boundary_of(request.headers.get("content-type"))
        if boundary is None:
            photo = Received(data=await self.whole(request), name=bare_name(name))
        else:
            form = FileOfForm(boundary)
            async with aclosing(self._chunks(request)) as chunks:
                async for chunk in chunks:
                    form.write(chunk)
            data, given = form.finished()
            photo = Received(data=data, name=bare_name(given or name))
        if not photo.data:
            raise Problem(422, f"{photo.name}: is empty", "send a photo as the body, or as the file of a form")
        photo_format(photo.data, Path(photo.name))  # what is no photo shall not wait in the line to be told so
        return photo

    async def whole(self, request: Request) -> bytes:
        """A request's body.

        Raises:
            Problem: too large or too slow.
            HungUp: the client has left.
        """
        async with aclosing(self._chunks(request)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def _chunks(self, request: Request) -> AsyncGenerator[bytes]:
        """A body in pieces, refused as soon as it is too much or too slow."""
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Problem(415, "the body is compressed", "send the photo's file as it is, without Content-Encoding")
        length = request.headers.get("content-length", "")
        self._require_room(int(length) if length.isdecimal() else 0)
        size = 0
        stream, end = request.stream(), asyncio.get_running_loop().time() + self._limits.seconds
        try:
            while (chunk := await self._next(stream, end)) is not None:
                size += len(chunk)
                self._arriving += len(chunk)
                self._require_room(size)
                yield chunk
        except TimeoutError as error:
            raise Problem(408, "the body stalled", "send the photo again, on a faster line") from error
        except ClientDisconnect as error:
            raise HungUp from error
        finally:
            self._arriving -= size

    async def _next(self, stream: AsyncGenerator[bytes], end: float) -> bytes | None:
        """The next piece; None after the last.

        Raises:
            TimeoutError: it does not come, or the end of all patience has come.
        """
        async with asyncio.timeout_at(min(end, asyncio.get_running_loop().time() + self._limits.stall)):
            return await anext(stream, None)

    def _require_room(self, size: int) -> None:
        """Raises:
        Problem: a body of this size is too large, or too large for now.
        """
        if size > self._limits.bytes:
            most = self._limits.bytes
            told = f"{most // MEGABYTE} MiB" if most >= MEGABYTE else f"{most} bytes"
            raise Problem(413, f"the body is larger than {told}", "make the photo smaller first")
        if self._arriving > self._limits.held:
            raise Problem(503, "too many photos arrive at once", "try again later", retry_after=RETRY_AFTER)
