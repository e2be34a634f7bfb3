"""The account of an audit as one self-contained HTML page: no script, and nothing is requested from anywhere."""

from collections.abc import Iterable, Mapping

from jinja2 import Environment

from unseen.audit import words
from unseen.audit.account import Audit
from unseen.audit.pairs import Pair
from unseen.errors import UnseenError
from unseen.photo import read_photo
from unseen.report.outcomes import LIMITS
from unseen.report.pictures import preview_jpeg
from unseen.report.templating import templates_of
from unseen.report.words import NONE, decimal, share

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
    environment = templates_of("unseen.audit")
    environment.filters |= {
        "interval": words.interval,
        "mean": words.mean,
        "nats": lambda estimate: NONE if estimate is None else decimal(estimate.mean),
        "worst": lambda estimate: NONE if estimate is None else share(estimate.worst),
        "width": lambda estimate: f"{100 * estimate.mean if estimate else 0:.1f}%",
    }
    return environment
