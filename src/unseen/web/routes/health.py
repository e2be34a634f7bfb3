"""`/healthz` and `/metrics`, for those who watch the server."""

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from unseen import __version__
from unseen.web.answers import Health
from unseen.web.description import Responses, errors
from unseen.web.studio import Studio


def health_routes(studio: Studio) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", responses=errors())
    async def health() -> Health:
        """Whether the server runs; answered before the networks are loaded, and without a token."""
        return Health(status="ok", version=__version__, networks="ready" if studio.desk.is_ready else "loading")

    told: Responses = {200: {"description": "Numbers.", "content": {"text/plain": {"schema": {"type": "string"}}}}}

    @router.get("/metrics", response_class=Response, responses={**errors(), **told})
    async def metrics() -> Response:
        """Numbers about requests and photos, for Prometheus."""
        return Response(studio.metrics.told(), media_type=CONTENT_TYPE_LATEST)

    return router
