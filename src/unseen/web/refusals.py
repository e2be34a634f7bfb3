"""What pydantic has against a request, in one line for its sender."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

_SHOWN = 40
"""Letters of a value that a message repeats."""

_REMEDIES: Mapping[str, str] = {
    "int_parsing": "give a whole number",
    "int_parsing_size": "give a whole number with fewer digits",
    "int_from_float": "give a whole number",
    "float_parsing": "give a number",
    "literal_error": "give {expected}",
    "finite_number": "give a number that is finite",
    "greater_than_equal": "give at least {ge:g}",
    "greater_than": "give more than {gt:g}",
    "less_than_equal": "give at most {le:g}",
    "string_pattern_mismatch": "give letters, digits, dots and dashes",
    "string_too_long": "give at most {max_length} letters",
    "too_long": "give at most {max_length} of them",
}
"""What to do, by the type of pydantic's error; the others say it themselves."""


def refused(errors: Sequence[ErrorDetails]) -> tuple[str, str]:
    """What is wrong with a request, and the remedy: of several errors the first.

    Args:
        errors: pydantic's, each with the place of its parameter, such as ("query", "seed").
    """
    error = errors[0]
    place, *path = error["loc"]
    name = ".".join(str(part) for part in (path if place == "body" else path[:1])) or str(place)
    if error["type"] == "missing":
        return f"{name} is missing", "give it"
    context: Mapping[str, Any] = error.get("ctx", {})
    remedy = _REMEDIES.get(error["type"])
    told = remedy.format(**context) if remedy else error["msg"][:1].lower() + error["msg"][1:]
    return f"{name} is {short(error['input'])}", told


def short(value: object) -> str:
    """A value as it was given, cut where it is long."""
    text = str(value)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
