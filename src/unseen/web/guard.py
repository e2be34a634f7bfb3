"""Who may ask: a middleware before everything else, against foreign pages, rebound names and strangers.

A page of another site can have a browser send requests to this machine. Its name is in `Host` when the name was rebound
to this machine, in `Origin` when it posts, and `Sec-Fetch-Site` tells the rest.
"""

import hmac
import re
from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unseen.web.problems import Problem

OPEN = ("/", "/page/", "/docs", "/docs/", "/openapi.json", "/healthz")
"""What needs no token: the page, which asks for it, and what tells nothing about photos."""

_LOCKED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
_HOST = re.compile(r"(?P<name>\[[^\[\]@/]*\]|[^\[\]:@/]*)(:\d{1,5})?")


class Guard:
    """ASGI middleware that refuses whom the server is not for, and adds headers that keep browsers careful.

    Args:
        names: by which the server may be called, beside addresses and localhost.
        is_loopback: whether it listens on this machine alone; then only addresses of this machine are right.
        token: what `Authorization: Bearer` must tell; None asks for none.
    """

    def __init__(
        self, app: ASGIApp, *, names: frozenset[str] = frozenset(), is_loopback: bool = True, token: str | None = None
    ) -> None:
        self.app = app
        self._names = frozenset(name.lower() for name in names) | {"localhost"}
        self._is_loopback = is_loopback
        self._token = None if token is None else token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            self._check(scope)
        except Problem as problem:
            await problem.response()(scope, receive, careful)
        else:
            await self.app(scope, receive, careful)

    def _check(self, scope: Scope) -> None:
        """Raises:
        Problem: a request that is refused.
        """
        headers = Headers(scope=scope)
        host = _only(headers, "host")
        if host is None or not self._is_ours(host):
            remedy = "call it by localhost, by its address, or by a name that it was started with (--name)"
            raise Problem(400, f"this server is not called {host or 'nothing'!r}", remedy)
        _check_origin(headers, host)
        _check_site(headers, scope)
        if self._token is not None and not _is_open(scope["path"]) and not self._has_token(headers):
            told = "this server asks for a token"
            remedy = "send Authorization: Bearer TOKEN, with the token that the server printed when it started"
            raise Problem(401, told, remedy, headers={"WWW-Authenticate": "Bearer"})

    def _is_ours(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].lower()
        if name in self._names:
            return True
        try:
            address = ip_address(name.strip("[]"))
        except ValueError:
            return False
        is_written_so = name.startswith("[") == (address.version == 6)
        return is_written_so and (address.is_loopback or not self._is_loopback)

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, given = (_only(headers, "authorization") or "").partition(" ")
        told = given.strip().encode("latin-1")
        return hmac.compare_digest(told, self._token or b"") and scheme.lower() == "bearer"


def _only(headers: Headers, name: str) -> str | None:
    """A header's value; None where it is missing or told twice."""
    values = headers.getlist(name)
    return values[0] if len(values) == 1 else None


def _check_origin(headers: Headers, host: str) -> None:
    """Raises:
    Problem: sent by a page of another site.
    """
    ours = {f"{scheme}://{host}".lower() for scheme in ("http", "https")}
    for origin in headers.getlist("origin"):
        if origin.lower() not in ours:
            raise Problem(403, f"a page of {origin!r} sent this", "use the server's own page, or a program")


def _check_site(headers: Headers, scope: Scope) -> None:
    """Raises:
    Problem: asked for by a page of another site, unless it is a link to the page here.
    """
    if "cross-site" not in headers.getlist("sec-fetch-site"):
        return
    is_followed_link = headers.get("sec-fetch-mode", "navigate") == "navigate"
    is_in_a_tab = headers.get("sec-fetch-dest", "document") == "document"
    if not (scope["path"] == "/" and scope["method"] in ("GET", "HEAD") and is_followed_link and is_in_a_tab):
        raise Problem(403, "a page of another site sent this", "use the server's own page, or a program")


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(("/page/", "/docs/"))


def _add_headers(headers: MutableHeaders, path: str) -> None:
    is_page = path == "/" or path.startswith("/page/")
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else _LOCKED)
    headers.setdefault("Cache-Control", "no-store" if path.startswith("/v1") or path == "/metrics" else "no-cache")
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
