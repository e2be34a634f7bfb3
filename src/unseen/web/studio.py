"""What the routes of one server share."""

import asyncio
import time
from dataclasses import dataclass

from unseen.web.body import Inbox
from unseen.web.desk import Desk
from unseen.web.limits import Limits
from unseen.web.metrics import Metrics
from unseen.web.offer import Offer
from unseen.web.problems import RETRY_AFTER, Problem

PATIENCE = 30.0
"""Seconds for which a request waits for networks that are being loaded."""


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server's parts.

    Attributes:
        offer: what can be asked for.
        desk: where photos are handed in.
        limits: how much a request may take.
        inbox: where bodies are received.
        metrics: what is counted.
    """

    offer: Offer
    desk: Desk
    limits: Limits
    inbox: Inbox
    metrics: Metrics

    async def ready(self) -> None:
        """Wait until the networks are loaded.

        Raises:
            Problem: that takes too long.
        """
        started = time.monotonic()
        while not self.desk.is_ready:
            if time.monotonic() - started > PATIENCE:
                raise Problem(503, "the networks are still being loaded", "try again", retry_after=RETRY_AFTER)
            await asyncio.sleep(0.1)
