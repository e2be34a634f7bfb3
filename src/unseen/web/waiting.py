"""Waiting for work that other threads do, while the client may leave and time runs out."""

import asyncio
import time
from collections.abc import AsyncGenerator
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from fastapi import Request

from unseen.web.desk import Desk
from unseen.web.problems import HungUp, Problem
from unseen.web.ticket import Progress, Ticket

TICK = 0.2
"""Seconds between two looks at whether anything changed."""

ALIVE = 5.0
"""Seconds after which a client is told again what has not changed."""

Result = TypeVar("Result")


async def settled(future: "Future[Result]", request: Request, seconds: float) -> Result:
    """The result of work, which is dropped when the client leaves or the time is up.

    Raises:
        HungUp: the client has left.
        Problem: it took too long.
        Exception: what the work raised.
    """
    try:
        async for _ in _ticks(future, request, seconds):
            pass
    finally:
        future.cancel()
    return future.result()


async def progress_of(ticket: Ticket, desk: Desk, request: Request, seconds: float) -> AsyncGenerator[Progress]:
    """Where a photo is, whenever that changed and every `ALIVE` seconds, until it is done; then it is given up.

    Raises:
        HungUp: the client has left.
        Problem: it took too long.
    """
    told, when = None, 0.0
    try:
        async for now in _ticks(ticket.result, request, seconds):
            progress = desk.progress(ticket)
            if progress != told or now - when >= ALIVE:
                told, when = progress, now
                yield progress
    finally:
        desk.give_up(ticket)


async def _ticks(future: "Future[Result]", request: Request, seconds: float) -> AsyncGenerator[float]:
    """The time, every `TICK` seconds until the work is done; how long it had to wait for its turn does not count."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(done.set))
    started: float | None = None
    while not future.done():
        if started is None and future.running():
            started = time.monotonic()
        if started is not None and time.monotonic() - started > seconds:
            remedy = "make the photo smaller, or ask for fewer steps"
            raise Problem(504, f"this took longer than {seconds:g} seconds", remedy)
        if await request.is_disconnected():
            raise HungUp
        yield time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), TICK)
