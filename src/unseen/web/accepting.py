"""Which of the three answers to `/v1/protect` a client wants, by its `Accept` header (RFC 9110, section 12.5.1)."""

from enum import StrEnum


class Form(StrEnum):
    """In which form a protected photo comes back."""

    PHOTO = "image/*"
    JSON = "application/json"
    STREAM = "application/x-ndjson"


def accepted(header: str | None) -> Form:
    """The form that is wanted most: by weight, then the one that is named most exactly, then the first.

    The photo where nothing is said, or nothing that there is: the header is a wish.
    """
    wishes = [wish for place, part in enumerate((header or "").split(",")) for wish in _wishes(part, place)]
    return max(wishes, default=(0.0, 0, 0, Form.PHOTO))[3]


def _wishes(part: str, place: int) -> list[tuple[float, int, int, Form]]:
    """What one part of the header asks for: its weight, how exact it is, minus its place, and the form."""
    kind, *options = (option.strip().lower() for option in part.split(";"))
    weight = _weight(options)
    if not weight:
        return []
    if kind in (Form.JSON, Form.STREAM):
        return [(weight, 2, -place, Form(kind))]
    if kind == "*/*":
        return [(weight, 0, -place, Form.PHOTO)]
    return [(weight, 2 if kind != Form.PHOTO else 1, -place, Form.PHOTO)] if kind.startswith("image/") else []


def _weight(options: list[str]) -> float:
    """The q-value, 1 where there is none and 0 where it is nonsense."""
    told = next((option.removeprefix("q=") for option in options if option.startswith("q=")), "1")
    try:
        weight = float(told)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
