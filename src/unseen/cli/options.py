"""Options that verbs share, and the flags that the schemes' settings become."""

import types
from collections.abc import Callable
from dataclasses import Field
from typing import Any, get_args, get_type_hints

import click
import torch

from unseen.catalogue import SCHEMES, in_levels, scheme_settings
from unseen.errors import UnseenError
from unseen.models import Network, load_classifier

Command = Callable[..., Any]


def device_option(command: Command) -> Command:
    """Where networks are computed."""
    choices = click.Choice(["auto", "cpu", "cuda"])
    return click.option("--device", type=choices, default="auto", show_default=True, help="Where networks compute.")(
        command
    )


def load_networks(names: tuple[str, ...], device: str) -> tuple[Network, ...]:
    """The classifiers of some names, each loaded once; `auto` takes a GPU where there is one."""
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    return tuple(load_classifier(name, device=chosen) for name in dict.fromkeys(names))


def scheme_options(command: Command) -> Command:
    """One flag for every setting of every scheme, but for the limit, which all share as --epsilon."""
    for name, (field, users) in reversed(_settings().items()):
        flag = f"--{name.replace('_', '-')}"
        meaning = field.metadata["meaning"] + (", in levels" if field.metadata["levels"] else "")
        defaults = {scheme: in_levels(dict(_named(scheme))[name]) for scheme in users}
        values = ", ".join(f"{scheme} {value}" for scheme, value in defaults.items() if value is not None)
        told = f"{meaning[0].upper()}{meaning[1:]}. For {', '.join(users)}." + (
            f" Default: {values}." if values else ""
        )
        command = click.option(flag, name, type=_type_of(users[0], name), default=None, help=told)(command)
    return command


def given_settings(values: dict[str, Any]) -> dict[str, Any]:
    """The scheme settings that were given on the command line."""
    return {name: values[name] for name in _settings() if values.get(name) is not None}


def _settings() -> dict[str, tuple["Field[Any]", list[str]]]:
    """Setting -> its field, and the schemes that have it."""
    found: dict[str, tuple[Field[Any], list[str]]] = {}
    for scheme in SCHEMES:
        for name, field in _named(scheme):
            if name not in ("epsilon", "lanes"):
                found.setdefault(name, (field, []))[1].append(scheme)
    return found


def _named(scheme: str) -> list[tuple[str, "Field[Any]"]]:
    return [(field.name, field) for field in scheme_settings(scheme)]


def _type_of(scheme: str, name: str) -> type:
    """int, float or str; of `int | None`, int."""
    hint = get_type_hints(SCHEMES[scheme])[name]
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint not in (int, float, str):
        raise UnseenError(
            f"setting {name} of scheme {scheme} is a {hint}, which no flag can hold; use int, float or str"
        )
    return hint
