"""The grammar `name?key=value&key=value` in which people name classifiers, schemes, styles and noises."""

import ast
import difflib
from collections.abc import Iterable
from urllib.parse import unquote

from unseen.errors import UnseenError

_SHOWN = 12
"""How many choices a message lists."""

Literal = str | int | float | bool | None | tuple["Literal", ...]


def parse_name(text: str) -> tuple[str, dict[str, str]]:
    """Split `name?key=value&key=value` into its name and its options.

    Values are percent-decoded, so a file name may contain `%26` for `&` and `%25` for `%`. In a web address percent
    signs have a meaning of their own: there only `%26` is decoded.

    Raises:
        UnseenError: no name, an option without `=`, or one given twice.
    """
    name, _, query = text.partition("?")
    if not name:
        raise UnseenError(f"{text!r}: nothing stands before the '?'; write name?key=value&key=value")
    options: dict[str, str] = {}
    for part in query.split("&") if query else ():
        key, equals, value = part.partition("=")
        if not key or not equals:
            raise UnseenError(f"{text!r}: option {part!r} is not key=value; write name?key=value&key=value")
        if key in options:
            raise UnseenError(f"{text!r}: option {key!r} is given twice; keep one of them")
        options[key] = value.replace("%26", "&") if is_url(value) else unquote(value)
    return name, options


def is_url(value: str) -> bool:
    """Whether an option's value is a web address rather than a file."""
    return value.startswith(("https://", "http://"))


def typed(value: str) -> Literal:
    """The number, truth value, None or tuple that an option's text spells, or the text itself."""
    try:
        literal = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
    return literal if isinstance(literal, int | float | bool | tuple | None) else value


def nearest(name: str, choices: Iterable[str], *, count: int = 1) -> str:
    """A remedy for a wrong name: "did you mean 'lite0'?", or some choices where none is near; `count` near ones."""
    known = sorted(choices)
    near = difflib.get_close_matches(name, known, n=count)
    if near:
        told = " or ".join(part for part in (", ".join(map(repr, near[:-1])), repr(near[-1])) if part)
        return f"did you mean {told}?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"choose one of {', '.join(known[:_SHOWN])}{more}"
