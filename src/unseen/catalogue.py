"""The only place where names become objects: schemes, pictures, styles and strengths."""

import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import takewhile
from typing import Any, get_args, get_type_hints

from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.naming import nearest, parse_name, typed
from unseen.pictures import PictureScheme
from unseen.schemes import (
    Among,
    Away,
    Blur,
    Chain,
    ClassIndistinguishability,
    ClassReplacement,
    Crop,
    DeepFool,
    Enhance,
    Filter,
    GradientSign,
    Pixelate,
    Shield,
    Unchanged,
    Uniform,
    Universal,
)
from unseen.styles import STYLES, style_named
from unseen.styles.named import PREFIX, check_style
from unseen.styles.painted import Painted
from unseen.types import Scheme

SCHEMES: Mapping[str, type] = {
    "shield": Shield,
    "replace": ClassReplacement,
    "indistinguish": ClassIndistinguishability,
    "among": Among,
    "uniform": Uniform,
    "away": Away,
    "gradient-sign": GradientSign,
    "deepfool": DeepFool,
    "enhance": Enhance,
}
"""Schemes by name: they ask networks, and change the photo as little as their purpose allows."""

PICTURES: Mapping[str, type] = {
    "crop": Crop,
    "blur": Blur,
    "pixelate": Pixelate,
    "filter": Filter,
    "universal": Universal,
}
"""Picture schemes by name: they ask no network, and come before the others; so do styles, `style:NAME`."""

WAYS: Mapping[str, type] = {**SCHEMES, **PICTURES}
"""All whose settings are flags."""

DEFAULT_SCHEME = "shield"

DEFAULT_MODELS = ("lite0", "lite1")
DEFAULT_AUDIT_MODELS = ("lite2",)

STRENGTHS: Mapping[str, float] = {"low": 4, "medium": 8, "high": 16}
"""The limit in 8-bit levels that each strength stands for."""

DEFAULT_STRENGTH = "medium"

DEFAULT_LIMIT: Mapping[str, float] = {"epsilon": STRENGTHS[DEFAULT_STRENGTH]}
"""The same as a setting, where no limit is given."""

_NO_LIMIT = "it is not within a limit of levels, so give no strength and no epsilon"

_NOUNS: Mapping[type, str] = {int: "a whole number", float: "a number", str: "a word"}


def way_named(
    text: str, settings: Mapping[str, Any], *, defaults: Mapping[str, Any] | None = None, device: str = "cpu"
) -> tuple[tuple[PictureScheme, ...], Scheme]:
    """The pictures and the scheme of `crop`, `away?step=1` or `style:hayao?weights=FILE+enhance+away`.

    Args:
        text: of `WAYS` and styles, joined by `+`, pictures first; options as fields are named, lengths in 8-bit levels.
        settings: the same, already of the right type; they outrank the options. Of several parts they are for all that
            have them.
        defaults: what is used where neither says anything, instead of the scheme's own defaults, where it has them;
            a default of None stays, for then the scheme finds the value itself.
        device: where a style's network computes.

    Returns:
        pictures, none or several, and the scheme: `Unchanged` where pictures are all there is, a chain of several.

    Raises:
        UnseenError: an unknown name or setting, a value out of range, or a picture after a scheme.
    """
    parts, count = _ordered(text)
    own = _shared_out(settings, parts)
    made = [_single(part, given, defaults or {}, device) for part, given in zip(parts, own, strict=True)]
    pictures, schemes = tuple(made[:count]), tuple(made[count:])
    if not schemes:
        return pictures, Unchanged()
    return pictures, schemes[0] if len(schemes) == 1 else Chain(schemes=schemes)


def check_way(text: str, settings: Mapping[str, Any], *, defaults: Mapping[str, Any] | None = None) -> None:
    """Refuse what `way_named` would refuse, but load and download nothing: a style's weights are only looked for.

    Raises:
        UnseenError: as `way_named`.
    """
    parts, _ = _ordered(text)
    for part, given in zip(parts, _shared_out(settings, parts), strict=True):
        if parse_name(part)[0].startswith(PREFIX):
            _require_no_settings(part, given)
            check_style(part)
        else:
            _single(part, given, defaults or {}, "cpu")


def scheme_named(text: str, settings: Mapping[str, Any], *, defaults: Mapping[str, Any] | None = None) -> Scheme:
    """The same where no other picture may be made.

    Raises:
        UnseenError: also where one would be.
    """
    pictures, scheme = way_named(text, settings, defaults=defaults)
    if pictures:
        raise UnseenError(f"{text!r} makes another picture; give only {', '.join(SCHEMES)}")
    return scheme


def way_name(pictures: Sequence[PictureScheme], scheme: Scheme) -> str:
    """What `way_named` makes these of, without their settings, such as `crop+enhance+away`."""
    schemes = scheme.schemes if isinstance(scheme, Chain) else (scheme,)
    named = schemes if not (pictures and isinstance(scheme, Unchanged)) else ()
    return "+".join(_name_of(part) for part in (*pictures, *named))


def _name_of(part: object) -> str:
    """A part's name; of one that was not made by name, its class."""
    if isinstance(part, Painted):
        return PREFIX + parse_name(part.style.spec.name)[0].removeprefix(PREFIX)
    return {kind: name for name, kind in WAYS.items()}.get(type(part), type(part).__name__)


def scheme_parts(text: str) -> list[str]:
    """The schemes of a chain, each with its options; a `+` in an option is written `%2B`."""
    return text.split("+")


def _ordered(text: str) -> tuple[list[str], int]:
    """The parts of a chain, and how many of them are pictures, which come first.

    Raises:
        UnseenError: one does not.
    """
    parts = scheme_parts(text)
    count = len(list(takewhile(_is_picture, parts)))
    late = [part for part in parts[count:] if _is_picture(part)]
    if late:
        right = "+".join([*parts[:count], *late, *(part for part in parts[count:] if part not in late)])
        raise UnseenError(f"{text!r}: {parse_name(late[0])[0]} makes another picture, so it comes first; give {right}")
    return parts, count


def _is_picture(part: str) -> bool:
    name = parse_name(part)[0]
    return name in PICTURES or name.startswith(PREFIX)


def _shared_out(settings: Mapping[str, Any], parts: list[str]) -> list[Mapping[str, Any]]:
    """For each part the settings that it has; one alone gets all, and says itself what it has not."""
    if len(parts) == 1:
        return [settings]
    known = [_known_settings(parse_name(part)[0]) for part in parts]
    every = {key for one in known for key in one}
    for key in settings:
        if key not in every:
            raise UnseenError(f"no scheme of {'+'.join(parts)!r} has a setting {key!r}; {nearest(key, every)}")
    return [{key: value for key, value in settings.items() if key in one} for one in known]


def _single(text: str, settings: Mapping[str, Any], defaults: Mapping[str, Any], device: str) -> Any:
    """One scheme, picture scheme or style."""
    name, options = parse_name(text)
    known = _known_settings(name)
    if name.startswith(PREFIX):
        _require_no_settings(text, settings)
        return Painted(style=style_named(text, device=device))
    usual = {key: value for key, value in defaults.items() if key in known and known[key].default is not None}
    given = {**usual, **{key.replace("-", "_"): typed(value) for key, value in options.items()}, **settings}
    for key, value in given.items():
        if key not in known:
            remedy = _NO_LIMIT if key == "epsilon" else nearest(key, known)
            raise UnseenError(f"scheme {name!r} has no setting {key!r}; {remedy}")
        _require_fitting(name, known[key], value)
    values = {key: in_unit_range(known[key], value) for key, value in given.items()}
    try:
        return WAYS[name](**values)
    except ValueError as error:
        raise UnseenError(f"scheme {name!r}: {error}") from error


def _require_no_settings(style: str, settings: Mapping[str, Any]) -> None:
    name = parse_name(style)[0]
    for key in settings:
        raise UnseenError(f"{name} has no setting {key!r}; its own are options, as in {name}?strength=0.5")


def _known_settings(name: str) -> dict[str, "Field[Any]"]:
    """The settings of a scheme by name; a style's are its own affair.

    Raises:
        UnseenError: an unknown scheme.
    """
    if name.startswith(PREFIX):
        return {}
    if name not in WAYS:
        raise UnseenError(f"unknown scheme {name!r}; {nearest(name, (*WAYS, *(PREFIX + style for style in STYLES)))}")
    return {field.name: field for field in scheme_settings(name)}


def scheme_settings(name: str) -> tuple["Field[Any]", ...]:
    """The settings of a scheme: its dataclass fields, with a meaning each."""
    return fields(WAYS[name])


def setting_type(scheme: str, setting: str) -> type:
    """int, float or str: what a setting holds; of `int | None`, int."""
    hint = get_type_hints(WAYS[scheme])[setting]
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint not in _NOUNS:
        raise TypeError(f"setting {setting} of scheme {scheme} is a {hint}, which nobody can type; use int, float, str")
    return hint


def in_unit_range(field: "Field[Any]", value: Any) -> Any:
    """A setting as people give it, in levels where it is a length, as its field holds it, in [0, 1]."""
    return value / LEVELS if value is not None and field.metadata.get("levels") else value


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
    if field.metadata["levels"] and not 0 < value <= LEVELS:
        raise UnseenError(f"scheme {scheme!r}: {field.name} is {value:g} levels; give more than 0 and at most {LEVELS}")
