"""Who works in a folder of an object store: an object there that is renewed while a run works, and else lapses."""

import getpass
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from unseen.address import Address
from unseen.batch.stores.objects import create, found, modified, read, remove, write
from unseen.errors import FullError, PhotoError, UnseenError

RENEWED = 15
"""Seconds after which a run says again that it works there."""
LAPSED = 60
"""Seconds after which one that said nothing is taken for dead."""


class Lease:
    """Held by one run at a time, as far as the store writes an object only where there is none when asked to.

    Args:
        output: the folder.
        name: of the object.
        token: other for every run.
        is_dead: tells of another run's token whether that run was on this machine and has ended.
        renewed: is called whenever the lease was renewed.

    Raises:
        UnseenError: another run holds it, or the store cannot be written.
    """

    def __init__(
        self, output: Address, name: Address, token: str, is_dead: Callable[[str], bool], renewed: Callable[[], None]
    ) -> None:
        self._output, self._name, self._token = output, name, token
        self._is_dead, self._renewed = is_dead, renewed
        self._since = _now()
        self._is_lost = False
        self._ended = threading.Event()
        self._take()
        self._renewing = threading.Thread(target=self._renew, name="renewing", daemon=True)
        self._renewing.start()

    def require(self) -> None:
        """Refuse to go on where another run has taken over.

        Raises:
            FullError: it has.
        """
        if self._is_lost:
            problem = "another run has taken over, for this one was not heard of"
            raise FullError(self._output, problem, "wait for its end and run again")

    def close(self) -> None:
        """Let others in."""
        self._ended.set()
        self._renewing.join()
        with suppress(PhotoError):  # it lapses by itself
            if self._holder().get("token") == self._token:
                remove(self._name)

    def _take(self) -> None:
        if create(self._name, self._said()):
            return
        holder = self._holder()
        age = LAPSED if self._is_dead(str(holder.get("token"))) else self._age()
        if age < LAPSED:
            raise self._refusal(holder, age)
        if self._holder().get("token") == holder.get("token"):
            remove(self._name)
        if not create(self._name, self._said()):
            raise self._refusal(self._holder(), 0)

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED):
            with suppress(PhotoError):  # a store that does not answer stops the run where it writes
                if self._holder().get("token") != self._token:
                    self._is_lost = True
                    return
                write(self._name, self._said())
                self._renewed()

    def _age(self) -> float:
        """Seconds since the holder was heard of, by the store's clock, which need not be this machine's."""
        knock = self._name.with_name(f"{self._name.name}-{self._token}")
        write(knock, b"")
        try:
            now, then = modified(knock), modified(self._name)
        finally:
            remove(knock)
        return LAPSED if now is None or then is None else now - then

    def _holder(self) -> dict[str, Any]:
        """What the object says; nothing where it is gone or damaged."""
        with suppress(ValueError, TypeError):
            return {} if found(self._name) is None else dict(json.loads(read(self._name)))
        return {}

    def _said(self) -> bytes:
        return json.dumps({"who": _who(), "since": self._since, "token": self._token}).encode()

    def _refusal(self, holder: dict[str, Any], age: float) -> UnseenError:
        who = f"{holder.get('who', 'unknown')}, since {holder.get('since', 'some time')}"
        left = max(1, round(LAPSED - age))
        dead = f"if it is dead, it is given up in {left} s"
        told = f"another run works in it ({who}; {dead})"
        return UnseenError(f"{self._output}: {told}; wait for its end or name another with -o")


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a system without a name for its user
        user = "somebody"
    return f"{user} on {socket.gethostname()}"


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
