"""What goes wrong, as its sender is told: a status, a line that names the thing, and what to do about it."""

import logging
import re
import traceback
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unseen.describing import users_of_settings
from unseen.errors import PhotoError, TooLargeError, UnseenError, UnsupportedError, visible
from unseen.watch import GivenUpError
from unseen.web.line import LineFullError, TooManyWaitingError
from unseen.web.refusals import refused
from unseen.web.side_table import StoppingError

RETRY_AFTER = 5
"""Seconds after which a photo that found no place may be sent again."""

HUNG_UP = 499
"""The status under which requests are counted whose sender did not wait for the answer; nobody receives it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A problem as JSON.

    Attributes:
        status: the HTTP status, 400 to 599.
        problem: what is wrong, in one line that names the thing.
        remedy: what to do about it.
    """

    status: int
    problem: str
    remedy: str


class Problem(HTTPException):
    """A request that is refused, or a photo that could not be protected.

    Args:
        status: 400 to 599.
        problem: what is wrong.
        remedy: what to do about it.
        headers: such as `Allow`.
        retry_after: seconds after which the same may work.
    """

    def __init__(
        self,
        status: int,
        problem: str,
        remedy: str,
        *,
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        later = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.told = Told(status=status, problem=visible(problem), remedy=visible(remedy))
        super().__init__(status, self.told.problem, {**later, **(headers or {})})

    def response(self) -> Response:
        """The answer to the request."""
        return JSONResponse(asdict(self.told), self.status_code, self.headers)


class HungUp(Exception):  # noqa: N818 - nothing went wrong here
    """The client has left; nobody reads an answer."""


def problem_of(error: Exception) -> Problem:
    """How an error is told; one that nobody foresaw is logged, without anything that the photo may have in it."""
    match error:
        case Problem():
            return error
        case GivenUpError() | CancelledError():  # not by the client that waits, so by the server
            return problem_of(StoppingError())
        case LineFullError() | StoppingError():
            return Problem(503, *_parted(str(error)), retry_after=RETRY_AFTER)
        case TooManyWaitingError():
            return Problem(429, *_parted(str(error)), retry_after=RETRY_AFTER)
        case PhotoError():
            status = 415 if isinstance(error, UnsupportedError) else 413 if isinstance(error, TooLargeError) else 422
            return Problem(status, f"{error.path}: {_for_the_web(error.problem)}", _for_the_web(error.remedy))
        case UnseenError():
            return Problem(422, *_parted(str(error)))
    _LOG.error("unexpected %s at %s", type(error).__name__, _place(error))
    return Problem(500, f"unexpected {type(error).__name__}", "try again; if it stays so, please report it")


class Unexpected:
    """ASGI middleware: an error that nobody foresaw becomes a problem, and goes no further."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if has_begun:  # too late for another status: the connection is cut
                raise
            await problem_of(error).response()(scope, receive, send)


def tell_problems(app: FastAPI) -> None:
    """Have an app answer every error that is foreseen as `Told`; `Unexpected` answers the others."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(HungUp, _unheard)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnseenError, _foreseen)
    app.add_middleware(Unexpected)


async def _refused(request: Request, error: Exception) -> Response:
    """What a route or the search for one refuses."""
    if isinstance(error, Problem):
        return error.response()
    status, headers = getattr(error, "status_code", 500), getattr(error, "headers", None) or {}
    path = request.scope["path"][:100]
    if status == 405:
        allowed = headers.get("Allow", "")
        return Problem(405, f"{path} takes no {request.method}", f"send {allowed}", headers=headers).response()
    return Problem(status, f"there is nothing at {path}", "see /docs for all there is", headers=headers).response()


async def _unheard(request: Request, error: Exception) -> Response:
    return Response(status_code=HUNG_UP)


async def _invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else ()
    return Problem(422, *refused(errors)).response()


async def _foreseen(request: Request, error: Exception) -> Response:
    return problem_of(error).response()


def _parted(message: str) -> tuple[str, str]:
    """The problem and the remedy of an error's line, which parts them by a semicolon or else by a colon."""
    told = _for_the_web(message)
    problem, _, remedy = told.rpartition("; " if "; " in told else ": ")
    return (problem, remedy) if problem else (told, "change the request")


def _for_the_web(text: str) -> str:
    """The text in the words of parameters: `--format png` is `format png`, and `extra_steps` has a dash."""
    plain = re.sub(r"(?<![^\s('\"])--(?=[a-z])", "", text)
    for setting in users_of_settings():
        plain = re.sub(rf"\b{setting}\b", setting.replace("_", "-"), plain) if "_" in setting else plain
    return plain


def _place(error: Exception) -> str:
    """Where an error was raised, without its words, which may tell of a photo."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
