"""The photo of a request: its whole body, or the one file of a form; it is held in memory and nowhere else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import ClientDisconnect

from unseen.web.form import FileOfForm, boundary_of
from unseen.web.limits import MEGABYTE, Limits
from unseen.web.names import bare_name
from unseen.web.problems import HungUp, Problem


@dataclass(frozen=True, kw_only=True)
class Received:
    """A photo as it was sent.

    Attributes:
        data: its file.
        name: without folders, and safe to repeat.
    """

    data: bytes
    name: str


async def received(request: Request, limits: Limits, name: str | None = None) -> Received:
    """The photo of a request.

    Args:
        name: what a photo is called that is not the file of a form.

    Raises:
        Problem: too large, too slow, empty, or a form with anything but one file.
        HungUp: the client has left.
    """
    boundary = boundary_of(request.headers.get("content-type"))
    if boundary is None:
        photo = Received(data=await whole_body(request, limits), name=bare_name(name))
    else:
        form = FileOfForm(boundary)
        async with aclosing(_chunks(request, limits)) as chunks:
            async for chunk in chunks:
                form.write(chunk)
        data, given = form.finished()
        photo = Received(data=data, name=bare_name(given or name))
    if not photo.data:
        raise Problem(422, f"{photo.name}: is empty", "send a photo as the body, or as the file of a form")
    return photo


async def whole_body(request: Request, limits: Limits) -> bytes:
    """A request's body.

    Raises:
        Problem: too large or too slow.
        HungUp: the client has left.
    """
    async with aclosing(_chunks(request, limits)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def _chunks(request: Request, limits: Limits) -> AsyncGenerator[bytes]:
    """The body in pieces, no more of it than is allowed and for no longer than is allowed."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "the body is compressed", "send the photo's file as it is, without Content-Encoding")
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdecimal() else 0
    _require_small(size, limits)
    size = 0
    stream = aiter(request.stream())
    try:
        async with asyncio.timeout(limits.seconds):
            while True:
                async with asyncio.timeout(limits.stall):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                size += len(chunk)
                _require_small(size, limits)
                yield chunk
    except TimeoutError as error:
        raise Problem(408, "the body stalled", "send the photo again, on a faster line") from error
    except ClientDisconnect as error:
        raise HungUp from error


def _require_small(size: int, limits: Limits) -> None:
    if size > limits.bytes:
        most = f"{limits.bytes // MEGABYTE} MiB" if limits.bytes >= MEGABYTE else f"{limits.bytes} bytes"
        raise Problem(413, f"the body is larger than {most}", "make the photo smaller first")
