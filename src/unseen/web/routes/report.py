"""`/v1/report`: the command's page about photos that were protected one by one."""

from dataclasses import replace
from functools import partial, reduce

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from unseen.report import Report, to_html
from unseen.report.layout import PhotoRow
from unseen.report.pictures import Preview
from unseen.web.description import Responses, errors, files
from unseen.web.names import content_disposition
from unseen.web.problems import Problem
from unseen.web.refusals import refused
from unseen.web.results import Pictures, Result, Results
from unseen.web.studio import Studio
from unseen.web.waiting import settled

_JPEG = b"\xff\xd8\xff"
_REMEDY = "send what /v1/protect gave as JSON"


def report_routes(studio: Studio) -> APIRouter:
    """The route."""
    router = APIRouter(prefix="/v1", tags=["photos"])
    answer: Responses = {200: {"description": "The page.", "content": files("text/html")}}
    described = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Results"}}},
    }

    @router.post(
        "/report",
        response_class=Response,
        responses={**errors(408, 413, 415, 422, 503, 504), **answer},
        openapi_extra={"requestBody": described},
    )
    async def report(request: Request) -> Response:
        """The report about photos that this server protected with the same settings, as one page of HTML."""
        body = await studio.inbox.whole(request)
        making = studio.desk.aside(len(body), partial(_page, body))
        page = await settled(making, request, studio.limits.seconds)
        named = {"Content-Disposition": content_disposition("unseen-report.html")}
        return Response(page, headers=named, media_type="text/html")

    return router


def _page(body: bytes) -> str:
    """The page about the results in a body.

    Raises:
        Problem: no results.
        UnseenError: results of different settings.
    """
    try:
        results = Results.model_validate_json(body, strict=True).results
    except ValidationError as error:
        problem, remedy = refused([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
        raise Problem(422, problem, f"{_REMEDY}; {remedy}") from error
    reports, previews = _told_apart(results)
    merged = reduce(Report.merge, reports)
    try:
        return to_html(merged, previews)
    except Exception as error:  # of the right form, but nothing that the tool would have written
        raise Problem(422, "the results make no report", _REMEDY) from error


def _told_apart(results: list[Result]) -> tuple[list[Report], dict[str, Preview]]:
    """The reports and their pictures, with photos of the same name numbered."""
    reports, previews = [], {}
    taken: set[str] = set()
    for result in results:
        rows = tuple(_renamed(row, _free(row.input, taken)) for row in result.report.photos)
        reports.append(replace(result.report, photos=rows))
        if result.previews is not None and len(rows) == 1:
            previews[rows[0].input] = _preview(result.previews)
    return reports, previews


def _free(name: str, taken: set[str]) -> str:
    """A name that none of the others has, which it joins."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def _renamed(row: PhotoRow, name: str) -> PhotoRow:
    return replace(row, input=name, audit=tuple(replace(read, photo=name) for read in row.audit))


def _preview(given: Pictures) -> Preview:
    """Pictures for the page.

    Raises:
        Problem: something else than JPEG.
    """
    pictures = (given.before, given.after, *((given.noise,) if given.noise is not None else ()))
    if not all(picture.startswith(_JPEG) for picture in pictures):
        raise Problem(422, "a preview is no JPEG", _REMEDY)
    return Preview(before=given.before, after=given.after, noise=given.noise, amplification=given.amplification)
