"""How templates become pages of one file: nothing is requested from anywhere, and no text breaks the page."""

import base64
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unseen.report.words import printable, setting_in_words, share


def templates_of(package: str) -> Environment:
    """A package's templates, to which those of reports lend their style, with the filters that every page has.

    Args:
        package: with a folder `templates`, such as "unseen.audit".
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("unseen.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= _FILTERS
    return environment


def _shown(value: Any) -> Any:
    """Text as a page can show it; markup as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _data_uri(picture: bytes, kind: str = "jpeg") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "data_uri": _data_uri,
    "file_name": lambda path: PurePath(path).name,
    "setting": setting_in_words,
    "share": share,
}
