"""What OpenAPI tells of the routes beside their parameters: every status, every body."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from unseen.photo.photo import SUFFIXES
from unseen.web.form import FIELD
from unseen.web.guard import OPEN
from unseen.web.problems import Told
from unseen.web.results import Results

ABOUT = """\
Protects photos against automatic reading by deep networks, on the machine that runs this server. Photos pass through
its memory and are kept nowhere. Every error is JSON with `status`, `problem` and `remedy`."""

_REFUSALS: Mapping[int, tuple[str, str, str]] = {
    400: ("The server is not called by this name.", "this server is not called 'evil.example'", "call it by localhost"),
    401: ("The token is missing or wrong.", "this server asks for a token", "send Authorization: Bearer TOKEN"),
    403: ("A page of another site sent this.", "a page of another site sent this", "use the server's own page"),
    408: ("The body stalled.", "the body stalled", "send the photo again, on a faster line"),
    413: ("The body or the picture is too large.", "the body is larger than 128 MiB", "make the photo smaller first"),
    415: ("Not a photo that is read here.", "moving.gif: is a GIF", "save the frames you need as PNG"),
    422: (
        "A damaged photo, an unknown parameter, or a setting that cannot be used.",
        "unknown parameter 'epsillon'",
        "did you mean 'epsilon'?",
    ),
    429: (
        "This client has too many photos waiting.",
        "you have 32 photos waiting here",
        "send more when some are done",
    ),
    500: ("Something that nobody foresaw.", "unexpected KeyError", "try again; if it stays so, please report it"),
    503: (
        "Too many photos are waiting, or the server is stopping.",
        "64 photos are waiting, which is all that are taken in",
        "try again later",
    ),
    504: ("It took longer than the time limit.", "this took longer than 600 seconds", "make the photo smaller"),
}
"""What each status means, with an example of a problem and its remedy."""

WITH_PHOTO = (408, 413, 415, 422, 429, 503, 504)
"""What may go wrong where a photo is sent."""

_EVERYWHERE = (400, 401, 403, 500)
_BINARY = {"type": "string", "format": "binary"}
_PHOTO = {**_BINARY, "minLength": 1}

Responses = dict[int | str, dict[str, Any]]
"""What FastAPI takes to tell of a route's answers."""

PHOTO_TYPES = tuple(f"image/{form}" for form in SUFFIXES)
"""The media types of photos."""

PHOTO_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The photo's file, as it is or as the one file of a form. Its content decides what it is.",
        "content": {
            **{kind: {"schema": _PHOTO} for kind in (*PHOTO_TYPES, "application/octet-stream")},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: _PHOTO},
                    "required": [FIELD],
                    "additionalProperties": False,
                },
                "encoding": {FIELD: {"contentType": ", ".join(PHOTO_TYPES)}},
            },
        },
    }
}
"""What routes add whose body is a photo."""


def errors(*statuses: int) -> Responses:
    """The responses of a route that is refused with these statuses, beside those that any may be refused with."""
    return {status: _refusal(status) for status in sorted({*_EVERYWHERE, *statuses})}


def files(*kinds: str) -> dict[str, Any]:
    """The content of a response that is a file of one of these media types."""
    return {kind: {"schema": _BINARY} for kind in kinds}


def header(told: str, **schema: Any) -> dict[str, Any]:
    """A header of a response."""
    return {"description": told, "schema": {"type": "string", **schema}}


def complete(app: FastAPI, *, asks_for_token: bool) -> None:
    """Have OpenAPI tell also what FastAPI cannot know: the body that the report is made of, and the token."""
    made = app.openapi
    _, results = models_json_schema([(Results, "validation")], ref_template="#/components/schemas/{model}")

    def completed() -> dict[str, Any]:
        told = made()
        components = told.setdefault("components", {})
        components["schemas"] = {**results["$defs"], **components.get("schemas", {})}
        if asks_for_token:
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for path in told["paths"].keys() - set(OPEN):
                for operation in told["paths"][path].values():
                    operation["security"] = [{"token": []}]
        return told

    app.openapi = completed  # type: ignore[method-assign]


def _refusal(status: int) -> dict[str, Any]:
    meaning, problem, remedy = _REFUSALS[status]
    example = {"status": status, "problem": problem, "remedy": remedy}
    later = {"Retry-After": header("Seconds after which the same may work.", pattern="^[0-9]+$")}
    return {
        "model": Told,
        "description": meaning,
        "content": {"application/json": {"example": example}},
        **({"headers": later} if status in (429, 503) else {}),
    }
