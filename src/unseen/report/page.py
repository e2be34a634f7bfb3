"""The report as one self-contained HTML page: no script, and nothing is requested from anywhere."""

from collections.abc import Mapping

from jinja2 import Environment

from unseen.report import outcomes, settings, shared, verdicts, words
from unseen.report.layout import Report
from unseen.report.pictures import Preview
from unseen.report.templating import templates_of
from unseen.report.totals import Totals


def to_html(report: Report, previews: Mapping[str, Preview], totals: Totals | None = None) -> str:
    """The page for people.

    Args:
        report: what is told, photo by photo.
        previews: the pictures of each photo, by its `input`; a photo without any is told in words only.
        totals: over all photos, where the report tells of some only; by default over those of the report.
    """
    totals = totals or Totals.of(report)
    template = _environment().get_template("page.html.jinja")
    return template.render(
        report=report,
        previews=previews,
        totals=totals,
        summary=outcomes.summary(totals),
        roles=settings.roles_in_words(report.settings),
        measured=settings.measured(report.settings),
        meant=outcomes.meant_in_words(totals),
        statuses=outcomes.STATUSES,
        ways=shared.ways(totals),
        looks=shared.looks,
    )


def _environment() -> Environment:
    environment = templates_of("unseen.report")
    environment.filters |= {
        "chances": verdicts.chances,
        "change": outcomes.change_in_words,
        "decimal": words.decimal,
        "parts": settings.parts_in_words,
        "percent": words.percent,
        "sentence": lambda text: text[:1].upper() + text[1:],
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
