"""What machines read in a photo, in its protected copy and in noise of the same size: photo x preset x network -> rows.

Rows are the currency: those of several runs are joined end to end, and every summary is a function of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from unseen.metrics import ice, icp, top_k
from unseen.models import Network
from unseen.photo.photo import Pixels
from unseen.profiles import meanings
from unseen.report.layout import Row, Version
from unseen.threats import Preset, Threat

VERSIONS: tuple[Version, ...] = ("original", "protected", "noise")
METRICS = ("icp", "ice", "top1", "top5", "leaked")


@dataclass(frozen=True, kw_only=True)
class GivenAway:
    """How many photos of a label gave it away to at least one reader.

    Attributes:
        photos: those that any reader judges by this label.
        before: those of them whose original gave it away.
        after: those of them whose protected copy gave it away.
    """

    label: str
    photos: int
    before: int
    after: int


def audit(
    photo: str,
    versions: Mapping[Version, Sequence[Pixels]],
    threats: Sequence[Threat],
    references: Mapping[Network, int],
) -> tuple[Row, ...]:
    """Let every threat read the versions of a photo, as decoded from the files that are shared.

    Args:
        photo: the photo's name in the rows.
        versions: (H, W, C) uint8 in sRGB; sizes may differ. Several pictures are several copies: presets that average
            take all, the others the first.
        threats: who reads; those of one preset get the same picture, handled once.
        references: the class that each network is judged by.
    """
    readers: dict[Preset, list[Threat]] = {}
    for threat in threats:
        readers.setdefault(threat.preset, []).append(threat)
    rows: list[Row] = []
    for preset, own in readers.items():
        for version, copies in versions.items():
            served = preset.serve(copies)
            rows += (_row(photo, version, threat, references[threat.network], threat.read(served)) for threat in own)
    return tuple(rows)


def given_away(rows: Iterable[Row], metric: str = "top5") -> tuple[GivenAway, ...]:
    """Which labels the networks could read, those that are still given away most first.

    Args:
        metric: what counts as giving a label away: "top1", or "top5" for a crawler that notes five guesses.
    """
    photos: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for row in rows:
        known, before, after = photos.setdefault(row.reference, (set(), set(), set()))
        known.add(row.photo)
        if getattr(row, metric) and row.version != "noise":
            (before if row.version == "original" else after).add(row.photo)
    found = (
        GivenAway(label=label, photos=len(known), before=len(before), after=len(after))
        for label, (known, before, after) in photos.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.after, -one.before, one.label)))


def _row(photo: str, version: Version, threat: Threat, reference: int, logits: Tensor) -> Row:
    network = threat.network
    return Row(
        photo=photo,
        network=network.name,
        role=threat.role,
        preset=threat.preset.name,
        version=version,
        reference=network.class_names[reference],
        **_scores(network, logits, reference),
    )


def _scores(network: Network, logits: Tensor, reference: int) -> dict[str, Any]:
    """What is measured of one answer (K,)."""
    if logits.softmax(0).isnan().any():
        return dict.fromkeys(("answer", *METRICS))
    label = torch.tensor([reference])
    first = int(logits.argmax())
    meaning = meanings(network.class_names, network.spec.synsets)
    return {
        "answer": network.class_names[first],
        "icp": icp(logits[None], label).item(),
        "ice": ice(logits[None]).item(),
        "top1": bool(top_k(logits[None], label, 1)),
        "top5": bool(top_k(logits[None], label, 5)),
        "leaked": None if meaning is None else meaning[first] == meaning[reference],
    }
