"""Photos that were handed in with the same wishes become copies, together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from unseen import __version__
from unseen.errors import UnseenError
from unseen.models import Network
from unseen.photo.photo import SUFFIXES
from unseen.plan import Job
from unseen.protect import Memory, Outcome, Protection, Stage, protect_photos, settings_of
from unseen.reading import known_class
from unseen.report import Report
from unseen.threats import IN_BRIEF, presets_named
from unseen.web.futures import break_off, fulfil
from unseen.web.ticket import Finished, Progress, Ticket


def compute(tickets: Sequence[Ticket], protection: Protection, scheme: str, most_pixels: int) -> None:
    """Protect the photos of tickets as one batch, and give each its result or its error.

    Args:
        scheme: what it is called in the report.
        most_pixels: larger photos are refused.

    Raises:
        UnseenError: a setting that fits none of them.
    """
    known = [ticket for ticket in tickets if _knows_label(ticket, protection.surrogates[0])]
    by_source: dict[PurePath, Ticket] = {Path(str(number)) / ticket.name: ticket for number, ticket in enumerate(known)}
    store = Memory({source: ticket.data for source, ticket in by_source.items()}, most_pixels=most_pixels)
    presets = presets_named(IN_BRIEF) if protection.held_out else ()

    jobs = [Job(source=source, target=source, label=ticket.wishes.label) for source, ticket in by_source.items()]
    previews = len(jobs) if any(ticket.with_preview for ticket in known) else 0
    report = Report(
        version=__version__,
        settings=settings_of(protection) | {"scheme": scheme},
        photos=(),
        presets={preset.name: preset.meaning for preset in presets},
    )
    outcomes = protect_photos(
        jobs, protection, previews=previews, presets=presets, store=store, attendant=_Senders(by_source)
    )
    for ticket, outcome in zip(known, outcomes, strict=True):
        _hand_back(ticket, outcome, store, report)


@dataclass(frozen=True)
class _Senders:
    """Those who wait for photos, by the name under which each is stored."""

    tickets: Mapping[PurePath, Ticket]

    def told(self, job: Job, stage: Stage, step: int, of: int) -> None:
        self.tickets[job.source].progress = Progress(stage=stage, step=step, of=of)

    def wants(self, job: Job) -> bool:
        return not self.tickets[job.source].given_up


def _knows_label(ticket: Ticket, surrogate: Network) -> bool:
    """Whether a photo's label means anything; if not, that is its result."""
    try:
        if ticket.wishes.label is not None:
            known_class(ticket.wishes.label, surrogate)
    except UnseenError as error:
        break_off(ticket.result, error)
        return False
    return True


def _hand_back(ticket: Ticket, outcome: Outcome, store: Memory, report: Report) -> None:
    """A photo's result, in which names have no folders."""
    if outcome.problem is not None:
        return break_off(ticket.result, outcome.problem)
    target = Path(outcome.row.output) if outcome.row.output else None
    name = target.name if target else ticket.name
    audit = tuple(replace(read, photo=ticket.name) for read in outcome.row.audit)
    row = replace(outcome.row, input=ticket.name, output=name if target else None, audit=audit)
    fulfil(
        ticket.result,
        Finished(
            report=replace(report, photos=(row,)),
            name=name,
            data=store.copies.pop(target) if target else None,
            format=_format_of(name),
            preview=outcome.preview if ticket.with_preview else None,
        ),
    )
    return None


def _format_of(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return next((form for form, suffixes in SUFFIXES.items() if suffix in suffixes), "unknown")
