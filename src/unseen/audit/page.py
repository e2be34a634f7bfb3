"""The account of an audit as one self-contained HTML page: no script, and nothing is requested from anywhere."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unseen.audit import words
from unseen.audit.account import Audit
from unseen.audit.pairs import Pair
from unseen.errors import UnseenError
from unseen.photo import read_photo
from unseen.report.outcomes import LIMITS
from unseen.report.pictures import preview_jpeg
from unseen.report.words import NONE, decimal, printable, setting_in_words, share

WORST_SHOWN = 6
"""Photos that are shown because they are recognised most."""

KINDS = {"shared": "As they are shared", "cleaned": "Cleaned by somebody who wants to read them"}

Pictures = Mapping[str, tuple[bytes, bytes]]
"""Photo -> JPEG thumbnails of the original and of its protected copy."""


def previews(audit: Audit, pairs: Iterable[Pair]) -> Pictures:
    """Thumbnails of the photos that the page shows; one whose files have gone is told in words only."""
    shown = {one.photo for one in words.exposed(audit.rows, WORST_SHOWN)}
    pictures = {}
    for pair in pairs:
        if str(pair.original) in shown:
            try:
                both = (preview_jpeg(read_photo(path).srgb, 320) for path in (pair.original, pair.copies[0]))
                pictures[str(pair.original)] = (next(both), next(both))
            except UnseenError:
                continue
    return pictures


def to_html(audit: Audit, pictures: Pictures) -> str:
    """The page for people: what machines still see, what not, and what was not tested."""
    return (
        _environment()
        .get_template("audit.html.jinja")
        .render(
            audit=audit,
            opening=words.opening(audit),
            findings=words.findings(audit),
            limits=LIMITS,
            first=next(iter(audit.presets)),
            kinds={kind: (title, words.ways(audit, kind)) for kind, title in KINDS.items()},
            worst=words.exposed(audit.rows, WORST_SHOWN),
            pictures=pictures,
            roles=words.ROLES,
            found=words.found,
            of=words.of,
            short=words.short_names(audit),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("unseen.audit"), PackageLoader("unseen.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "file_name": lambda path: PurePath(path).name,
        "interval": words.interval,
        "jpeg": lambda data: f"data:image/jpeg;base64,{base64.b64encode(data).decode()}",
        "mean": words.mean,
        "setting": setting_in_words,
        "share": share,
        "nats": lambda estimate: NONE if estimate is None else decimal(estimate.mean),
        "worst": lambda estimate: NONE if estimate is None else share(estimate.worst),
        "width": lambda estimate: f"{100 * estimate.mean if estimate else 0:.1f}%",
    }
    return environment


def _shown(value: Any) -> Any:
    """Text as a page can show it; markup as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
