"""The HTTP face of the studio: `create_app` puts the routes and what stands before them together."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from unseen import __version__
from unseen.web.answering import Heads, Lingering
from unseen.web.body import Inbox
from unseen.web.description import ABOUT, complete
from unseen.web.desk import Desk
from unseen.web.guard import Guard
from unseen.web.limits import Limits
from unseen.web.metrics import Measured, Metrics
from unseen.web.offer import Offer
from unseen.web.problems import tell_problems
from unseen.web.routes.health import health_routes
from unseen.web.routes.offered import offered_routes
from unseen.web.routes.page import ASSETS, docs_routes, page_routes, serve_page_files
from unseen.web.routes.photos import photo_routes
from unseen.web.routes.protect import protect_routes
from unseen.web.routes.report import report_routes
from unseen.web.studio import Studio

_NO_TELEMETRY: Mapping[str, bool] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(
    offer: Offer,
    desk: Desk,
    limits: Limits,
    *,
    token: str | None = None,
    names: frozenset[str] = frozenset(),
    is_loopback: bool = True,
) -> FastAPI:
    """The server, as ASGI.

    Args:
        offer: what can be asked for.
        desk: where photos are handed in; whoever made it starts and stops it.
        limits: how much a request may take.
        token: what requests must tell, where not everybody may ask.
        names: by which the server may be called, beside addresses and localhost.
        is_loopback: whether it listens on this machine alone.
    """
    metrics = Metrics(lambda: desk.waiting)
    desk.on_batch = metrics.batch_done
    app = _with_routes(Studio(offer=offer, desk=desk, limits=limits, inbox=Inbox(limits), metrics=metrics))
    complete(app, asks_for_token=token is not None)
    tell_problems(app)
    # The last one added is the first to see a request.
    app.add_middleware(Guard, names=names, is_loopback=is_loopback, token=token)
    app.add_middleware(Lingering)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Heads)
    return app


def _with_routes(studio: Studio) -> FastAPI:
    """All that can be asked for, whoever asks."""
    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        static_url=ASSETS,
        title="unseen",
        version=__version__,
        description=ABOUT,
        telemetry=dict(_NO_TELEMETRY),
    )
    for router in (
        photo_routes(studio),
        protect_routes(studio),
        report_routes(studio),
        offered_routes(studio),
        health_routes(studio),
        page_routes(),
        docs_routes(app),
    ):
        app.include_router(router)
    serve_page_files(app)
    return app
