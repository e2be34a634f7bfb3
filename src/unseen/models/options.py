"""What may follow the `?` of a classifier's name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from unseen.errors import ModelError
from unseen.models.preprocessing import Preprocessing
from unseen.naming import Literal, typed

Number = TypeVar("Number", int, float)
_PREPROCESSING = ("size", "mean", "std", "crop_pct", "crop_mode", "interpolation")


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """A classifier's options by what they are for.

    Attributes:
        weights: a file or a web address, or None for the zoo's own.
        sha256: what the weights file must have, or None.
        preprocessing: what replaces the model's own preprocessing, as text.
        arguments: what the zoo's constructor is called with.
    """

    weights: str | None
    sha256: str | None
    preprocessing: Mapping[str, str]
    arguments: Mapping[str, Literal]


def model_options(options: Mapping[str, str]) -> ModelOptions:
    """Sort the options of a name; `sha256` needs `weights`.

    Raises:
        ModelError: empty weights, or a SHA-256 without the weights that it belongs to.
    """
    if options.get("weights") == "":
        raise ModelError("option weights= names nothing; give a file or a web address, or leave it out")
    if "sha256" in options and "weights" not in options:
        raise ModelError("option sha256 says what weights=... must be; give both")
    own = {"weights", "sha256", *_PREPROCESSING}
    return ModelOptions(
        weights=options.get("weights"),
        sha256=options.get("sha256"),
        preprocessing={key: value for key, value in options.items() if key in _PREPROCESSING},
        arguments={key: typed(value) for key, value in options.items() if key not in own},
    )


def override(preprocessing: Preprocessing, changes: Mapping[str, str]) -> Preprocessing:
    """The preprocessing with what the user set: `size=224`, `mean=0.5` or `mean=0.5,0.4,0.3`, `crop_pct=1`.

    Raises:
        ModelError: a value that is not the number or word it should be.
    """
    fields: dict[str, object] = {}
    for key, text in changes.items():
        match key:
            case "size":
                fields["size"] = _numbers(key, text, 2, int)
            case "mean" | "std":
                fields[key] = _numbers(key, text, 3, float)
            case "crop_pct":
                fields["crop_fraction"] = _numbers(key, text, 1, float)[0]
            case _:
                fields[key] = text
    return replace(preprocessing, **fields)  # type: ignore[arg-type]


def _numbers(key: str, text: str, count: int, kind: type[Number]) -> tuple[Number, ...]:
    """`count` numbers separated by commas; one stands for all."""
    try:
        numbers: tuple[Number, ...] = tuple(kind(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in (1, count):
        raise ModelError(f"option {key}={text}: write one number" + (f", or {count} with commas" if count > 1 else ""))
    return numbers * count if len(numbers) == 1 else numbers
