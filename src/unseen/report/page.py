"""The report as one self-contained HTML page: no script, and nothing is requested from anywhere."""

import base64
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unseen.report import outcomes, settings, shared, verdicts, words
from unseen.report.layout import Report
from unseen.report.pictures import Preview


def to_html(report: Report, previews: Mapping[str, Preview]) -> str:
    """The page for people.

    Args:
        report: what is told.
        previews: the pictures of each photo, by its `input`; a photo without any is told in words only.
    """
    template = _environment().get_template("page.html.jinja")
    return template.render(
        report=report,
        previews=previews,
        summary=outcomes.summary(report),
        roles=settings.roles_in_words(report.settings),
        measured=settings.measured(report.settings),
        meant=outcomes.meant_in_words(report),
        statuses=outcomes.STATUSES,
        ways=shared.ways(report),
        looks=shared.looks,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("unseen.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "chances": verdicts.chances,
        "change": outcomes.change_in_words,
        "data_uri": _data_uri,
        "decimal": words.decimal,
        "file_name": lambda path: PurePath(path).name,
        "parts": settings.parts_in_words,
        "percent": words.percent,
        "setting": words.setting_in_words,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "share": words.share,
        "size": outcomes.size_in_words,
        "status": outcomes.status_in_words,
        "verdict": verdicts.verdict,
    }
    environment.globals |= {
        "VERDICTS": verdicts.VERDICTS,
        "ROLES_IN_UNTOUCHED": settings.ROLES_IN_UNTOUCHED,
        "LOOKS": shared.VERDICTS,
    }
    return environment


def _shown(value: Any) -> Any:
    """Text as a page can show it; markup as it is."""
    return words.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
