"""What an operator watches: numbers for Prometheus, about requests and photos, never of what a photo shows."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unseen.web.offer import MAX_LANES
from unseen.web.problems import HUNG_UP

_SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_OTHER = "other"
"""The route of requests that found none: strangers must not be able to make up series."""


class Metrics:
    """The numbers of one server, in a registry of their own.

    Args:
        waiting: tells how many photos wait or are being computed.
    """

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter("unseen_requests", "Requests answered.", ("route", "status"), registry=self._registry)
        self._photos = Counter("unseen_photos", "Photos that were handed in.", ("status",), registry=self._registry)
        self._seconds = Histogram(
            "unseen_photo_seconds", "From handing in a photo to its copy.", buckets=_SECONDS, registry=self._registry
        )
        self._lanes = Histogram(
            "unseen_batch_photos",
            "Photos computed together.",
            buckets=range(1, MAX_LANES + 1),
            registry=self._registry,
        )
        waits = Gauge("unseen_photos_waiting", "Photos that wait or are being computed.", registry=self._registry)
        waits.set_function(waiting)

    def photo_done(self, status: str, started: float) -> None:
        """A photo left the server.

        Args:
            status: of its row, or "refused", "too_slow" or "given_up".
            started: `time.perf_counter()` when it was handed in.
        """
        self._photos.labels(status).inc()
        if status in ("protected", "not_achieved", "untouched"):
            self._seconds.observe(time.perf_counter() - started)

    def batch_done(self, count: int) -> None:
        """So many photos were computed together."""
        self._lanes.observe(count)

    def request_done(self, route: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(route, str(status)).inc()

    def told(self) -> bytes:
        """All numbers in Prometheus's text format."""
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that counts requests."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = HUNG_UP

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._metrics.request_done(getattr(scope.get("route"), "path", _OTHER), status)
