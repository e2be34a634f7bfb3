"""An audit in words that need no knowledge of networks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from statistics import fmean

from unseen.audit.account import Audit
from unseen.audit.summary import Estimate, Summary
from unseen.naming import parse_name
from unseen.report.layout import Row, Version
from unseen.report.words import NONE, counted, share
from unseen.threats import PRESETS

_ZOOS = ("timm:", "torchvision:")

ROLES = {"surrogate": "made against it", "held-out": "no part in it"}
"""What a network has to do with the protection, in a cell."""

VERSIONS: dict[Version, str] = {
    "original": "originals",
    "noise": "the originals with random noise of the same size",
    "protected": "the protected copies",
}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a person is to take away, one sentence each."""

    still: tuple[str, ...]
    no_longer: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exposed:
    """A photo, and how often its protected copy is still recognised, over ways of sharing and networks.

    Attributes:
        answers: of the networks, on the first preset: name, first guess on the original and on the copy.
    """

    photo: str
    reference: str
    share: float
    answers: tuple[tuple[str, str, str], ...]


def found(audit: Audit, preset: str, version: Version, network: str | None = None) -> Summary | None:
    """What a network, by default all held-out ones together, read in one version that came in one way."""
    fits = (one for one in audit.summary if (one.network, one.preset, one.version) == (network, preset, version))
    return next(fits, None)


def short_names(audit: Audit) -> dict[str, str]:
    """Networks as a table names them: without folders, zoos and options, unless two would be called the same."""
    names = [network.name for network in audit.networks]
    short = {name: PurePath(parse_name(name)[0]).name for name in names}
    short = {name: one.partition(":")[2] if one.startswith(_ZOOS) else one for name, one in short.items()}
    count = Counter(short.values())
    return {name: one if count[one] == 1 else name for name, one in short.items()}


def of(summary: Summary | None, metric: str = "top1") -> Estimate | None:
    """One of a summary's numbers."""
    return None if summary is None else getattr(summary, metric)


def ways(audit: Audit, kind: str) -> list[str]:
    """The presets of a kind that were tried."""
    return [name for name in audit.presets if PRESETS[name].kind == kind]


def mean(estimate: Estimate | None) -> str:
    """The mean of an estimate."""
    return share(None if estimate is None else estimate.mean)


def interval(estimate: Estimate | None) -> str:
    """Between which the mean lies."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return NONE
    return f"{100 * estimate.low:.0f}–{100 * estimate.high:.0f}\N{NO-BREAK SPACE}%"


def opening(audit: Audit) -> str:
    """Who read what."""
    short = short_names(audit)
    held_out = [short[network.name] for network in audit.networks if network.role == "held-out"]
    photos = counted(audit.photos, "photo")
    if not held_out:
        return (
            f"{photos}, read by networks that the protection was made against. No other network was at hand, so this "
            "tells what it can do at best."
        )
    others = f"{counted(len(held_out), 'network')} that had no part in the protection"
    return f"{photos}, read by {others}: {', '.join(held_out)}."


def findings(audit: Audit) -> Findings:
    """What machines that had no part in the protection still see, and what they no longer see."""
    first = next(iter(audit.presets), "file")
    versions: tuple[Version, ...] = ("original", "protected", "noise")
    original, copy, noise = (found(audit, first, version) for version in versions)
    if original is None or copy is None:
        return Findings(still=(), no_longer=())
    still = [
        f"They name {mean(copy.top1)} of the protected copies right at the first guess (95 %: {interval(copy.top1)}), "
        f"and have the right name among five guesses in {mean(copy.top5)}."
    ]
    if copy.leaked is not None:
        still.append(
            f"Counted by meaning, {mean(copy.leaked)} are given away: a tabby taken for another cat is still a cat."
        )
    still += _worst_ways(audit)
    if copy.top1 is not None and audit.photos >= 10:
        still.append(
            f"In the worst tenth of the photos, {share(copy.top1.worst)} of the first guesses are still right."
        )
    no_longer = [
        f"Of the originals, they name {mean(original.top1)}; of the protected copies, {mean(copy.top1)}. "
        f"The chance they give to the true answer falls from {mean(original.icp)} to {mean(copy.icp)}."
    ]
    if noise is not None:
        no_longer.append(
            f"Random noise of the same size would have left {mean(noise.top1)}: the rest is what the protection adds."
        )
    return Findings(still=tuple(still), no_longer=tuple(no_longer))


def exposed(rows: Iterable[Row], limit: int) -> tuple[Exposed, ...]:
    """The photos that are recognised most often in spite of their protection, by held-out networks if there are any."""
    rows = list(rows)
    judges = [row for row in rows if row.role == "held-out"] or rows
    by_photo: dict[str, list[Row]] = {}
    for row in judges:
        by_photo.setdefault(row.photo, []).append(row)
    ranked = [_exposed(photo, own) for photo, own in by_photo.items()]
    return tuple(sorted((one for one in ranked if one.share > 0), key=lambda one: -one.share)[:limit])


def _exposed(photo: str, rows: Sequence[Row]) -> Exposed:
    hits = [row.top1 for row in rows if row.version == "protected" and row.top1 is not None]
    first = [row for row in rows if row.preset == rows[0].preset]
    before, after = (
        {row.network: row.answer or NONE for row in first if row.version == version}
        for version in ("original", "protected")
    )
    return Exposed(
        photo=photo,
        reference=rows[0].reference,
        share=fmean(hits) if hits else 0,
        answers=tuple((network, before[network], after[network]) for network in before if network in after),
    )


def _worst_ways(audit: Audit) -> list[str]:
    """The ways in which most of the copies are recognised, where that is more than of the files as they are."""
    first = next(iter(audit.presets))
    told = []
    for kind, doing in (("shared", "shared"), ("cleaned", "cleaned by somebody who wants to read them")):
        read = {
            name: one.top1 for name in ways(audit, kind) if name != first and (one := found(audit, name, "protected"))
        }
        known = {name: top1 for name, top1 in read.items() if top1}
        if known:
            worst = max(known, key=lambda name: known[name].mean)
            before = found(audit, worst, "original")
            told.append(
                f"Once they are {doing}, at most {share(known[worst].mean)} are named right ({audit.presets[worst]}; "
                f"of the originals {mean(of(before))})."
            )
    return told
