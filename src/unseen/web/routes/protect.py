"""`/v1/protect`: a photo in, its protected copy out."""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from unseen.web.accepting import Form, accepted
from unseen.web.answers import ProtectedPhoto, media_type, protected_photo
from unseen.web.description import PHOTO_BODY, PHOTO_TYPES, WITH_PHOTO, Responses, errors, files, header
from unseen.web.names import content_disposition
from unseen.web.problems import HungUp, Problem, problem_of
from unseen.web.settings import ProtectParameters, protect_parameters, read_as, wishes_of
from unseen.web.studio import Studio
from unseen.web.ticket import Finished, Progress, Ticket
from unseen.web.waiting import progress_of

_STATUS = {"X-Unseen-Status": header("What came of the photo.", enum=["protected", "not_achieved", "untouched"])}
_NAME = {"Content-Disposition": header("The copy's name.")}
_ANSWERS: Responses = {
    200: {
        "model": ProtectedPhoto,
        "description": "The copy; with `Accept: application/json` the report as well, and with "
        "`application/x-ndjson` one line of JSON for each step, of which the last is "
        '`{"stage": "done", "result": …}` or `{"stage": "failed", "problem": …}`.',
        "headers": {**_STATUS, **_NAME},
        "content": files(*PHOTO_TYPES, Form.STREAM),
    },
    204: {
        "description": "Nothing of what is to be hidden is seen in the photo: share it as it is.",
        "headers": _STATUS,
    },
}

Client = Annotated[
    str | None,
    Header(
        alias="X-Unseen-Client",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="Any word: clients take turns.  [default: the address]",
    ),
]


class _Stream(StreamingResponse):
    """A photo's way, line by line; the photo is given up also where the client has left before the first line."""

    def __init__(self, ticket: Ticket, request: Request, studio: Studio) -> None:
        super().__init__(_lines(ticket, request, studio), media_type=Form.STREAM)
        self._give_up = partial(studio.desk.give_up, ticket)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._give_up()


def protect_routes(studio: Studio) -> APIRouter:
    """The route."""
    router = APIRouter(prefix="/v1", tags=["photos"])
    read = read_as(protect_parameters(studio.offer))

    @router.post(
        "/protect",
        response_class=Response,
        responses={**errors(*WITH_PHOTO), **_ANSWERS},
        openapi_extra=dict(PHOTO_BODY),
    )
    async def protect(
        request: Request,
        asked: Annotated[ProtectParameters, Depends(read)],
        client: Client = None,
    ) -> Response:
        """A protected copy of the photo, in its own format, without the metadata that betrays its owner."""
        form = accepted(request.headers.get("accept"))
        photo = await studio.inbox.photo(request, asked.name)
        ticket = await run_in_threadpool(
            studio.desk.hand_in,
            photo.data,
            photo.name,
            wishes_of(asked),
            f"{request.client.host if request.client else ''} {client or ''}",
            with_preview=form is not Form.PHOTO,
        )
        del photo
        if form is Form.STREAM:
            return _Stream(ticket, request, studio)
        async with aclosing(_steps(ticket, request, studio)) as steps:
            async for _ in steps:
                pass
        return await run_in_threadpool(_answer, ticket.result.result(), form)

    return router


async def _steps(ticket: Ticket, request: Request, studio: Studio) -> AsyncGenerator[Progress]:
    """A photo's progress to its end, which is counted."""
    started, status = time.perf_counter(), "given_up"
    try:
        async with aclosing(progress_of(ticket, studio.desk, request, studio.limits.seconds)) as progress:
            async for step in progress:
                yield step
        status = ticket.result.result().report.photos[0].status
    except Exception as error:
        status = "given_up" if isinstance(error, HungUp) else "too_slow" if isinstance(error, Problem) else "refused"
        raise
    finally:
        studio.metrics.photo_done(status, started)


async def _lines(ticket: Ticket, request: Request, studio: Studio) -> AsyncGenerator[bytes]:
    """The same as lines of JSON, with what came of it as the last."""
    try:
        async with aclosing(_steps(ticket, request, studio)) as steps:
            async for step in steps:
                yield _line(_told(step))
        yield await run_in_threadpool(_last_line, ticket.result.result())
    except HungUp:
        return
    except Exception as error:
        yield _line({"stage": "failed", "problem": asdict(problem_of(error).told)})


def _told(progress: Progress) -> dict[str, object]:
    """A step, without what means nothing in it."""
    more = {"waiting": {"ahead": progress.ahead}, "protecting": {"step": progress.step, "of": progress.of}}
    return {"stage": progress.stage, **more.get(progress.stage, {})}


def _last_line(finished: Finished) -> bytes:
    return _line({"stage": "done", "result": protected_photo(finished)})


def _line(told: dict[str, object]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _answer(finished: Finished, form: Form) -> Response:
    """What came of a photo, as a photo or as JSON."""
    status = {"X-Unseen-Status": finished.report.photos[0].status}
    if form is Form.JSON:
        return Response(_line(protected_photo(finished)), headers=status, media_type=form)
    if finished.data is None:
        return Response(status_code=204, headers=status)
    named = {"Content-Disposition": content_disposition(finished.name)}
    return Response(finished.data, headers=status | named, media_type=media_type(finished))
