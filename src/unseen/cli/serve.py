"""`unseen serve`: the studio, a page and an HTTP API on this machine."""

import re
import secrets
import threading
import webbrowser

import click

from unseen.cli.options import audit_models_option, device_option, models_option
from unseen.cli.terminal import remark
from unseen.web.limits import MEGABYTE, MEGAPIXEL, Limits

PORT = 8321
_LEAST_TOKEN = 16


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this machine's own need a token.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any that is free."
)
@click.option("--no-browser", is_flag=True, help="Only tell the address; do not open the page.")
@models_option("Network to protect against, unless a request names others of these.")
@audit_models_option
@click.option(
    "--way",
    "ways",
    multiple=True,
    metavar="NAME=SCHEME",
    help="A way to protect that requests may ask for by NAME, such as 'hayao=style:hayao?weights=hayao.pth'.",
)
@click.option(
    "--token",
    envvar="UNSEEN_TOKEN",
    show_envvar=True,
    help="What clients must send; others on this machine can see it here, but not in the environment."
    "  [default: none on this machine's own address, elsewhere a new one that is told]",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which others reach it through a proxy, such as studio.example.org; asks for a token.",
)
@click.option(
    "--megabytes",
    type=click.IntRange(1),
    default=Limits().bytes // MEGABYTE,
    show_default=True,
    help="Of one photo's file at most.",
)
@click.option(
    "--megapixels",
    type=click.IntRange(1),
    default=Limits().pixels // MEGAPIXEL,
    show_default=True,
    help="Of one photo at most; large ones take memory.",
)
@click.option(
    "--waiting",
    type=click.IntRange(1),
    default=Limits().waiting,
    show_default=True,
    help="Photos that wait at most; of one client half as many.",
)
@click.option(
    "--seconds", type=click.IntRange(1), default=int(Limits().seconds), show_default=True, help="For one photo at most."
)
@device_option
def serve(
    host: str,
    port: int,
    no_browser: bool,
    models: tuple[str, ...],
    audit_models: tuple[str, ...],
    ways: tuple[str, ...],
    token: str | None,
    names: tuple[str, ...],
    megabytes: int,
    megapixels: int,
    waiting: int,
    seconds: int,
    device: str,
) -> int:
    """Open the studio: a page for people, and an HTTP API for programs (/docs tells it).

    Photos stay in memory and are forgotten; nothing is written to a disk, and nothing leaves this machine.
    """
    from unseen.web.app import create_app
    from unseen.web.desk import Desk
    from unseen.web.offer import Offer
    from unseen.web.serving import address_of, bound, is_loopback
    from unseen.web.serving import serve as serve_app

    own = is_loopback(host)
    is_private = own and not names  # a name is for others, behind a proxy for example
    token = _checked(token) if token else None if is_private else secrets.token_urlsafe(24)
    limits = Limits(
        bytes=megabytes * MEGABYTE,
        pixels=megapixels * MEGAPIXEL,
        held=max(Limits().held, megabytes * MEGABYTE),
        waiting=waiting,
        waiting_each=max(1, waiting // 2),
        seconds=seconds,
    )
    offer = Offer(
        models=tuple(filter(None, models)),
        audit_models=tuple(filter(None, audit_models)),
        added=tuple(_way(text) for text in ways),
        device=device,
    )
    desk = Desk(offer, limits)
    app = create_app(offer, desk, limits, token=token, names=frozenset(names), is_loopback=own)
    listening = bound(host, port)
    address = address_of(listening) + (f"#token={token}" if token else "")

    def started() -> None:
        click.echo(address)
        click.echo("The studio is open. Photos stay in memory and are forgotten. Ctrl-C closes it.", err=True)
        if not own:
            remark("photos and the token travel through your network unencrypted; put HTTPS before it (docs/api.md)")
        if not no_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    try:
        serve_app(app, desk, listening, on_start=started, is_behind_proxy=bool(names))
    except KeyboardInterrupt:
        click.echo("The studio is closed; nothing was kept.", err=True)
    if desk.failure is not None:
        raise desk.failure
    return 0


def _way(text: str) -> tuple[str, str]:
    name, equals, scheme = text.partition("=")
    if not equals or not scheme:
        raise click.UsageError(f"--way {text!r} is not NAME=SCHEME, such as hayao=style:hayao?weights=hayao.pth")
    return name, scheme


def _checked(token: str) -> str:
    if len(token) < _LEAST_TOKEN or not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", token):
        raise click.UsageError(
            f"a token takes {_LEAST_TOKEN} letters or digits at least, and none that an address cannot hold"
        )
    return token
