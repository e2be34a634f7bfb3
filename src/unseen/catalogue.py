"""The only place where names become objects: schemes and strengths."""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, get_args, get_type_hints

from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.naming import nearest, parse_name, typed
from unseen.schemes import Among, Away, ClassIndistinguishability, ClassReplacement, GradientSign, Uniform
from unseen.types import Scheme

SCHEMES: Mapping[str, type] = {
    "replace": ClassReplacement,
    "indistinguish": ClassIndistinguishability,
    "among": Among,
    "uniform": Uniform,
    "away": Away,
    "gradient-sign": GradientSign,
}
"""Schemes by name."""

DEFAULT_SCHEME = "replace"
DEFAULT_MODELS = ("lite0", "lite1")
DEFAULT_AUDIT_MODELS = ("lite2",)

STRENGTHS: Mapping[str, float] = {"low": 4, "medium": 8, "high": 16}
"""The limit in 8-bit levels that each strength stands for."""

DEFAULT_STRENGTH = "medium"

_NOUNS: Mapping[type, str] = {int: "a whole number", float: "a number", str: "a word"}


def scheme_named(text: str, settings: Mapping[str, Any], *, defaults: Mapping[str, Any] | None = None) -> Scheme:
    """The scheme of `name` or `name?setting=value`, with further settings.

    Args:
        text: one of `SCHEMES`; options as fields are named, lengths in 8-bit levels.
        settings: the same, already of the right type; they outrank the options.
        defaults: what is used where neither says anything, instead of the scheme's own defaults.

    Raises:
        UnseenError: an unknown scheme or setting, or a value out of range.
    """
    name, options = parse_name(text)
    if name not in SCHEMES:
        raise UnseenError(f"unknown scheme {name!r}; {nearest(name, SCHEMES)}")
    known = {field.name: field for field in scheme_settings(name)}
    given = {**(defaults or {}), **{key.replace("-", "_"): typed(value) for key, value in options.items()}, **settings}
    for key, value in given.items():
        if key not in known:
            raise UnseenError(f"scheme {name!r} has no setting {key!r}; {nearest(key, known)}")
        _require_fitting(name, known[key], value)
    values = {key: in_unit_range(known[key], value) for key, value in given.items()}
    try:
        scheme: Scheme = SCHEMES[name](**values)
    except ValueError as error:
        raise UnseenError(f"scheme {name!r}: {error}") from error
    return scheme


def scheme_settings(name: str) -> tuple["Field[Any]", ...]:
    """The settings of a scheme: its dataclass fields, with a meaning each."""
    return fields(SCHEMES[name])


def setting_type(scheme: str, setting: str) -> type:
    """int, float or str: what a setting holds; of `int | None`, int."""
    hint = get_type_hints(SCHEMES[scheme])[setting]
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint not in _NOUNS:
        raise TypeError(f"setting {setting} of scheme {scheme} is a {hint}, which nobody can type; use int, float, str")
    return hint


def in_unit_range(field: "Field[Any]", value: Any) -> Any:
    """A setting as people give it, in levels where it is a length, as its field holds it, in [0, 1]."""
    return value / LEVELS if field.metadata.get("levels") else value


def in_levels(field: "Field[Any]") -> Any:
    """A setting's default as people know it."""
    default = None if field.default is MISSING else field.default
    return round(default * LEVELS, 3) if default is not None and field.metadata.get("levels") else default


def _require_fitting(scheme: str, field: "Field[Any]", value: Any) -> None:
    """Refuse what the scheme itself could not explain in the words in which it was given."""
    wanted = setting_type(scheme, field.name)
    if value is None and field.default is None:
        return
    fits = isinstance(value, (int, float) if wanted is float else wanted) and not isinstance(value, bool)
    if not fits or (wanted is float and not math.isfinite(value)):
        raise UnseenError(f"scheme {scheme!r}: {field.name} is {value!r}; give {_NOUNS[wanted]}")
    if field.name == "epsilon" and not 1 <= value <= LEVELS:
        remedy = f"give 1 to {LEVELS}: less than 1 changes nothing in an 8-bit photo"
        raise UnseenError(f"scheme {scheme!r}: epsilon is {value:g} levels; {remedy}")
