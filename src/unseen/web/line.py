"""The line of photos that wait: first come, first served within a client, and clients take turns."""

from collections import OrderedDict, deque

from unseen.errors import UnseenError
from unseen.web.limits import Limits
from unseen.web.ticket import Ticket


class LineFullError(UnseenError):
    """No more photos are taken in for now."""


class TooManyWaitingError(UnseenError):
    """A client has as many photos waiting as one may have."""


class Line:
    """Photos that wait; not safe for threads by itself.

    Args:
        limits: how many may wait, and how many bytes.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._clients: OrderedDict[str, deque[Ticket]] = OrderedDict()  # whose turn it is comes first

    def __len__(self) -> int:
        return sum(len(own) for own in self._clients.values())

    def join(self, ticket: Ticket) -> None:
        """Put a photo at the end of its client's.

        Raises:
            TooManyWaitingError: the client has too many here already.
            LineFullError: so have all together, or they are too large.
        """
        own = self._clients.get(ticket.client, ())
        if len(own) >= self._limits.waiting_each:
            raise TooManyWaitingError(f"you have {len(own)} photos waiting here; send more when some are done")
        held = sum(len(waiting.data) for tickets in self._clients.values() for waiting in tickets)
        if len(self) >= self._limits.waiting or held + len(ticket.data) > self._limits.held:
            raise LineFullError(f"{len(self)} photos are waiting, which is all that are taken in; try again later")
        self._clients.setdefault(ticket.client, deque()).append(ticket)

    def leave(self, ticket: Ticket) -> bool:
        """Take a photo out, wherever it stands; whether it was here."""
        own = self._clients.get(ticket.client)
        if own is None or ticket not in own:
            return False
        own.remove(ticket)
        if not own:
            del self._clients[ticket.client]
        return True

    def clear(self) -> list[Ticket]:
        """Take out all."""
        left = [ticket for own in self._clients.values() for ticket in own]
        self._clients.clear()
        return left

    def ahead_of(self, ticket: Ticket) -> int | None:
        """How many photos here have their turn before this one; None where it is not here."""
        own = self._clients.get(ticket.client, deque())
        if ticket not in own:
            return None
        place, clients = own.index(ticket), list(self._clients)
        turn = clients.index(ticket.client)
        others = (
            min(len(tickets), place + (clients.index(client) < turn))
            for client, tickets in self._clients.items()
            if client != ticket.client
        )
        return place + sum(others)

    def take(self, most: int) -> list[Ticket]:
        """Take out the photo whose turn it is, and up to `most` in all that can be computed together with it.

        Each client gives one and goes to the end of the turns, until there are enough or nobody has one that fits; who
        has none that fits keeps its turn. A photo fits with the first when it has the same wishes.
        """
        taken: list[Ticket] = []
        while len(taken) < most:
            fitting = [client for client, own in self._clients.items() if not taken or _fits(own[0], taken[0])]
            if not fitting:
                break
            for client in fitting[: most - len(taken) if taken else 1]:
                taken.append(self._clients[client].popleft())
                self._clients.move_to_end(client)
                if not self._clients[client]:
                    del self._clients[client]
        return taken


def _fits(ticket: Ticket, first: Ticket) -> bool:
    return ticket.wishes.company == first.wishes.company
