"""What became of the copies out there, in brief: the rows of the photos' `audit`, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from unseen.report.layout import PhotoRow, Report, Row
from unseen.report.totals import Share, Totals
from unseen.report.verdicts import Verdict
from unseen.report.words import share

VERDICTS: dict[Verdict, str] = {
    "hidden": "hidden",
    "close": "still the same kind of thing",
    "recognised": "still recognised",
    "unknown": "not recognised before either",
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one network said first of an original and of its copy that came to it in one way."""

    way: str
    network: str
    before: str
    after: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in which photos came to be read, over all photos and networks that had no part in the protection.

    Attributes:
        meaning: in plain words.
        before, after: share of the originals and of the copies that are named right at the first guess.
        alike: share of the copies whose first guess means the same as the true answer; None where that is not known.
    """

    meaning: str
    before: float
    after: float
    alike: float | None


def looks(row: PhotoRow, report: Report) -> tuple[Look, ...]:
    """Network by network and way by way; a network whose answer is no number is left out."""
    after = {(one.preset, one.network): one for one in row.audit if one.version == "protected"}
    return tuple(
        Look(
            way=report.presets.get(before.preset, before.preset),
            network=before.network,
            before=before.answer,
            after=now.answer,
            verdict=_verdict(before, now),
        )
        for before in row.audit
        if before.version == "original" and (now := after.get((before.preset, before.network))) is not None
        if before.answer is not None and now.answer is not None
    )


def ways(totals: Totals) -> tuple[Way, ...]:
    """How often the first guess is right, way by way; none where no network was held out."""
    found = []
    for preset, meaning in totals.presets.items():
        before, after = (totals.right.get((preset, version), Share()).value for version in ("original", "protected"))
        if before is not None and after is not None:
            alike = totals.alike.get(preset, Share()).value
            found.append(Way(meaning=meaning, before=before, after=after, alike=alike))
    return tuple(found)


def ways_in_words(found: Sequence[Way]) -> str:
    """One sentence; empty where there is nothing to tell."""
    if not found:
        return ""
    told = "; ".join(f"{way.meaning}: {share(way.before)} → {share(way.after)}" for way in found)
    return f"Right first guesses of networks that had no part in it, in the originals and now: {told}."


def _verdict(before: Row, after: Row) -> Verdict:
    """What the copy still tells comes first, whatever was read in the original that came the same way."""
    if after.top1:
        return "recognised"
    if after.leaked:
        return "close"
    return "hidden" if before.top1 else "unknown"
