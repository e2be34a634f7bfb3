"""`/v1/inspect` and `/v1/picture`: what a photo tells, and how it looks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from unseen.web.answers import Inspected, inspected
from unseen.web.description import PHOTO_BODY, WITH_PHOTO, errors, files
from unseen.web.settings import InspectParameters, Parameters, inspect_parameters, read_as
from unseen.web.studio import Studio
from unseen.web.waiting import settled


def photo_routes(studio: Studio) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/v1", tags=["photos"])
    read = read_as(inspect_parameters(studio.offer))

    @router.post(
        "/inspect",
        responses=errors(*WITH_PHOTO),
        openapi_extra=dict(PHOTO_BODY),
    )
    async def inspect(request: Request, asked: Annotated[InspectParameters, Depends(read)]) -> Inspected:
        """What networks read in a photo, and what its file tells beside its pixels."""
        await studio.ready()
        photo = await studio.inbox.photo(request, asked.name)
        looking = await run_in_threadpool(
            studio.desk.look, photo.data, photo.name, tuple(asked.models), edge=asked.picture or 0
        )
        looked = await settled(looking, request, studio.limits.seconds)
        return inspected(looked, studio.offer.models)

    @router.post(
        "/picture",
        response_class=Response,
        responses={**errors(*WITH_PHOTO), 200: {"description": "The photo as PNG.", "content": files("image/png")}},
        openapi_extra=dict(PHOTO_BODY),
    )
    async def picture(request: Request, asked: Annotated[Parameters, Depends(read_as(Parameters))]) -> Response:
        """The photo as PNG, upright and in sRGB, for browsers that do not show its format."""
        photo = await studio.inbox.photo(request, asked.name)
        showing = await run_in_threadpool(studio.desk.show, photo.data, photo.name)
        return Response(await settled(showing, request, studio.limits.seconds), media_type="image/png")

    return router
