"""The desk: photos are handed in, computed in shared lanes by one thread, and handed back; none is kept.

One thread computes, for a network's arithmetic already uses all cores. Photos that wait with the same wishes are
computed together; one that is alone is computed as the command computes a lone photo. A second thread looks at photos,
so that looking does not wait for protecting.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from unseen.ascent import LANES
from unseen.memory import give_back
from unseen.web.computing import compute
from unseen.web.futures import break_off
from unseen.web.limits import Limits
from unseen.web.line import Line
from unseen.web.looking import Looked, look, picture
from unseen.web.offer import Offer
from unseen.web.side_table import Result, SideTable, StoppingError
from unseen.web.ticket import Progress, Ticket
from unseen.web.wishes import Wishes

GATHER = 0.01
"""Seconds that a photo waits for company: clients that were answered together send their next photos together."""

LAST_STEP = 2.0
"""Seconds in which the computing thread ends of itself when the server stops; after them it ends with the process."""


class Desk:
    """Takes photos in and gives copies back.

    Args:
        offer: what can be asked for.
        limits: how much is taken in.

    Attributes:
        on_batch: told how many photos are computed together, each time.
        on_failure: told when the networks cannot be loaded, in which case nothing is ever served.
        failure: why they cannot.
    """

    def __init__(self, offer: Offer, limits: Limits) -> None:
        self.offer = offer
        self.limits = limits
        self.on_batch: Callable[[int], None] = lambda count: None
        self.on_failure: Callable[[Exception], None] = lambda error: None
        self.failure: Exception | None = None
        self._line = Line(limits)
        self._busy: list[Ticket] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._ready = threading.Event()
        self._looks = SideTable(limits)
        self._computer = threading.Thread(target=self._run, name="computing", daemon=True)

    @property
    def is_ready(self) -> bool:
        """Whether the networks are loaded, and photos are computed."""
        return self._ready.is_set() and self._computer.is_alive()

    @property
    def waiting(self) -> int:
        """Photos that wait or are being computed."""
        with self._changed:
            return len(self._line) + len(self._busy)

    def start(self) -> None:
        """Load the networks and begin, without waiting for that."""
        self._computer.start()

    def stop(self) -> None:
        """Give all photos up and end."""
        with self._changed:
            self._stopping = True
            for ticket in (*self._line.clear(), *self._busy):
                ticket.given_up = True
                break_off(ticket.result, StoppingError())
            self._changed.notify_all()
        self._looks.stop()
        if self._computer.is_alive():
            self._computer.join(LAST_STEP)

    def hand_in(self, data: bytes, name: str, wishes: Wishes, client: str, *, with_preview: bool = False) -> Ticket:
        """Take a photo in.

        Args:
            data: its file.
            name: without folders; for messages and for the copy's name.
            client: who waits for it; clients take turns.

        Raises:
            UnseenError: wishes that cannot be served.
            TooManyWaitingError: the client has too many photos waiting.
            LineFullError: all clients together have.
            StoppingError: the server is about to end.
        """
        self.offer.check(wishes)
        ticket = Ticket(data=data, name=name, wishes=wishes, client=client, with_preview=with_preview)
        with self._changed:
            if self._stopping:
                raise StoppingError
            self._line.join(ticket)
            self._changed.notify_all()
        return ticket

    def progress(self, ticket: Ticket) -> Progress:
        """Where a photo is now."""
        with self._changed:
            ahead = self._line.ahead_of(ticket)
            return ticket.progress if ahead is None else Progress(ahead=ahead + len(self._busy))

    def give_up(self, ticket: Ticket) -> None:
        """Nobody waits for this photo any more: it leaves the line, or its lane at the next step."""
        ticket.given_up = True
        with self._changed:
            if self._line.leave(ticket):
                ticket.result.cancel()

    def look(self, data: bytes, name: str, models: tuple[str, ...] = (), *, edge: int = 0) -> "Future[Looked]":
        """What networks read in a photo, those named or all, and a small picture of it, no longer than `edge`.

        Args:
            edge: 0 for no picture.

        Raises:
            UnseenError: a network that is not offered.
            LineFullError: too many photos wait to be looked at.
            StoppingError: the server is about to end.
        """
        self.offer.check(Wishes(models=models))
        return self.aside(len(data), lambda: look(data, name, self.offer.named(models), edge, self.limits.pixels))

    def show(self, data: bytes, name: str) -> "Future[bytes]":
        """A photo as PNG, upright and in sRGB, at its full size; it raises what `look` does."""
        return self.aside(len(data), lambda: picture(data, name, self.limits.pixels))

    def aside(self, size: int, work: Callable[[], Result]) -> "Future[Result]":
        """Short work that holds so many bytes, done in turn beside the protecting; it raises what `show` does."""
        return self._looks.put(size, work)

    def _run(self) -> None:
        """The computing thread."""
        try:
            _ = self.offer.networks
        except Exception as error:
            self.failure = error
            self.on_failure(error)
            return
        self._ready.set()
        while not self._stopping:
            self._serve(self._next())

    def _next(self) -> list[Ticket]:
        """The photos to be computed together next, as soon as there are any; none when the server stops."""
        with self._changed:
            self._busy = []
            self._changed.wait_for(lambda: len(self._line) or self._stopping)
        time.sleep(GATHER)
        with self._changed:
            taken = [] if self._stopping else self._line.take(LANES)
            # From here on a result cannot be cancelled any more, only given up.
            self._busy = [ticket for ticket in taken if ticket.result.set_running_or_notify_cancel()]
            return self._busy

    def _serve(self, tickets: list[Ticket]) -> None:
        if not tickets:
            return
        try:
            self.on_batch(len(tickets))
            protection, scheme = self.offer.protection(tickets[0].wishes, alone=len(tickets) == 1)
            compute(tickets, protection, scheme, self.limits.pixels)
        except Exception as error:  # whatever it is, the next photos are served
            for ticket in tickets:
                break_off(ticket.result, error)
        give_back()
