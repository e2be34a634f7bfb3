"""The account of an audit: what was measured, for programs, and what was not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from unseen.audit.auditing import Audited
from unseen.audit.readers import Readers
from unseen.audit.summary import Summary, summarise
from unseen.models import Network
from unseen.profiles import meanings
from unseen.reading import class_index, same_class
from unseen.report.layout import Role, Row
from unseen.report.words import counted
from unseen.threats import PRESETS, Preset


@dataclass(frozen=True, kw_only=True)
class ReaderAccount:
    """A network that read; `meanings` is whether it is known which of its classes mean the same to people."""

    name: str
    role: Role
    source: str
    sha256: str | None
    classes: int
    meanings: bool


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All that an audit found; its fields are the JSON's, in this order.

    Attributes:
        settings: what decided the numbers.
        networks: surrogates first.
        presets: name -> what it is, of those that were tried.
        photos: pairs that were read.
        rows: photo x preset x version x network.
        summary: the rows put together.
        not_tested: what this audit says nothing about, one sentence each.
        problems: what was asked for and could not be done, one line each.
        notes: what else is to be known, one line each.
    """

    version: str
    settings: Mapping[str, Any]
    networks: tuple[ReaderAccount, ...]
    presets: Mapping[str, str]
    photos: int
    rows: tuple[Row, ...]
    summary: tuple[Summary, ...]
    not_tested: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def account(
    audited: Sequence[Audited],
    readers: Readers,
    presets: Sequence[Preset],
    settings: Mapping[str, Any],
    problems: Sequence[str] = (),
) -> Audit:
    """Put together what came of the pairs.

    Args:
        presets: those that were asked for.
        settings: told as they are.
        problems: what went wrong before the first pair was read.
    """
    rows = tuple(row for one in audited for row in one.rows)
    tried = {row.preset for row in rows}
    return Audit(
        version=version("unseen"),
        settings=settings,
        networks=tuple(_reader(network, role) for network, role in readers.roles.items()),
        presets={preset.name: preset.meaning for preset in presets if preset.name in tried},
        photos=sum(bool(one.rows) for one in audited),
        rows=rows,
        summary=summarise(rows),
        not_tested=_not_tested(audited, readers, tried),
        problems=(*readers.problems, *problems, *(line for one in audited for line in one.problems)),
        notes=(*readers.notes, *_own_judges(audited, readers)),
    )


def to_json(audit: Audit) -> str:
    """The account as JSON, ASCII and safe for any terminal."""
    return json.dumps(asdict(audit), indent=1, allow_nan=False) + "\n"


def _reader(network: Network, role: Role) -> ReaderAccount:
    spec = network.spec
    known = meanings(network.class_names, spec.synsets) is not None
    return ReaderAccount(
        name=network.name,
        role=role,
        source=spec.source,
        sha256=spec.sha256,
        classes=len(network.class_names),
        meanings=known,
    )


def _own_judges(audited: Sequence[Audited], readers: Readers) -> list[str]:
    """Networks that do not know a given label, and so are judged by their own answers."""
    first = next(iter(readers.roles))
    labels = {one.pair.label for one in audited if one.pair.label is not None}
    known = [index for label in labels if (index := class_index(label, first)) is not None]
    return [
        f"{network.name} does not know every given label; then what it says of the original counts as right"
        for network in readers.roles
        if any(same_class(index, first, network) is None for index in known)
    ]


def _not_tested(audited: Sequence[Audited], readers: Readers, tried: set[str]) -> tuple[str, ...]:
    """What a reader could take this audit for, and it is not."""
    told = []
    held_out = readers.named("held-out")
    failed = sum(not one.rows for one in audited)
    if not held_out:
        told.append("Any network that had no part in the protection: none was named, so how far it carries is unknown.")
    elif not _other_kinds(readers):
        told.append(
            f"Networks of other kinds: {', '.join(held_out)} and the surrogates are built alike; others may see more."
        )
    elif len(held_out) < 3:
        told.append(f"More than {counted(len(held_out), 'network')} held out: others may see more.")
    if readers.problems:
        told.append(f"{counted(len(readers.problems), 'network')} that could not be loaded.")
    if failed:
        told.append(f"{counted(failed, 'photo')} that could not be read.")
    left_out = [preset.meaning for preset in PRESETS.values() if preset.name not in tried]
    if left_out:
        told.append(f"These ways in which photos come to be read: {'; '.join(left_out)}.")
    blind = [one.name for one in readers.roles if meanings(one.class_names, one.spec.synsets) is None]
    if blind:
        told.append(f"Whether answers of {', '.join(blind)} mean the same: the groups of their classes are not known.")
    return (*told, *_NEVER_TESTED)


def _other_kinds(readers: Readers) -> bool:
    """Whether a held-out network is built of other parts than all surrogates."""
    kinds: dict[Role, set[str]] = {"surrogate": set(), "held-out": set()}
    for network, role in readers.roles.items():
        kinds[role].add(type(network.body).__name__)
    return not kinds["surrogate"] or bool(kinds["held-out"] - kinds["surrogate"])


_NEVER_TESTED = (
    "Networks that were trained on protected photos, or that compare a photo with a known original.",
    "What else than a class is read in photos: faces, text, objects and their places, captions, search by likeness.",
    "Several ways of sharing one after the other, and screenshots.",
    "People: they see in the protected copy what they see in the original.",
)
