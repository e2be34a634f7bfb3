"""What machines learn from photos and from their protected copies: photo x threat x metric -> rows.

Rows are the currency: those of several runs are joined end to end, and every summary is a function of rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import fsum

import torch
from torch import Tensor

from unseen.metrics import ice, icp, top_k
from unseen.photo.photo import Pixels
from unseen.threats import Threat
from unseen.types import Labels, Logits

METRICS: Mapping[str, Callable[[Logits, Labels], Tensor]] = {
    "icp": icp,
    "ice": lambda logits, _: ice(logits),
    "top1": partial(top_k, k=1),
    "top5": partial(top_k, k=5),
}
"""What is measured of an answer: (logits (B, K), references (B,)) -> (B,)."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number about one photo, as shared raw and as shared protected.

    Attributes:
        photo: the photo as it was named.
        threat: who read it.
        reference: the label that the answer is judged by.
        metric: a name in `METRICS`.
        before: of the original; None where the network's answer is no number.
        after: of the protected copy; 0 or 1 for top1 and top5, as before.
    """

    photo: str
    threat: str
    reference: str
    metric: str
    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A metric's means over the `count` photos that have it both before and after; None where there are none."""

    threat: str
    metric: str
    count: int
    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Leak:
    """How many photos of a label gave it away to at least one threat.

    Attributes:
        photos: those that any threat judges by this label.
        before: those of them whose original gave it away.
        after: those of them whose protected copy gave it away.
    """

    label: str
    photos: int
    before: int
    after: int


def audit(
    photo: str, original: Pixels, protected: Pixels, threats: Sequence[Threat], references: Sequence[int]
) -> tuple[Row, ...]:
    """Let every threat read a photo and its protected copy, as decoded from the files that are shared.

    Args:
        photo: the photo's name in the rows.
        original: (H, W, C) uint8 in sRGB.
        protected: the same of the copy; its size may differ.
        threats: who reads.
        references: the class that each of them is judged by.
    """
    rows: list[Row] = []
    answers = (_answers(threats, pixels) for pixels in (original, protected))
    for threat, reference, *pair in zip(threats, references, *answers, strict=True):
        before, after = (_scores(logits, reference) for logits in pair)
        label = threat.classifier.class_names[reference]
        rows += (
            Row(
                photo=photo,
                threat=threat.name,
                reference=label,
                metric=metric,
                before=before[metric],
                after=after[metric],
            )
            for metric in METRICS
        )
    return tuple(rows)


def summarise(rows: Iterable[Row]) -> tuple[Summary, ...]:
    """The means of each metric of each threat, in the order in which they first appear.

    Sums are exact, so that neither the order of the rows nor how runs were joined changes the last bit.
    """
    groups: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        pairs = groups.setdefault((row.threat, row.metric), [])
        if row.before is not None and row.after is not None:
            pairs.append((row.before, row.after))
    return tuple(
        Summary(
            threat=threat,
            metric=metric,
            count=len(pairs),
            before=_mean([before for before, _ in pairs]),
            after=_mean([after for _, after in pairs]),
        )
        for (threat, metric), pairs in groups.items()
    )


def leaks(rows: Iterable[Row], metric: str = "top5") -> tuple[Leak, ...]:
    """Which labels the threats could read, those that still leak most first.

    Args:
        metric: what counts as giving a label away: "top1", or "top5" for a crawler that notes five guesses.
    """
    photos: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for row in rows:
        if row.metric == metric:
            known, before, after = photos.setdefault(row.reference, (set(), set(), set()))
            known.add(row.photo)
            if row.before:
                before.add(row.photo)
            if row.after:
                after.add(row.photo)
    found = (
        Leak(label=label, photos=len(known), before=len(before), after=len(after))
        for label, (known, before, after) in photos.items()
    )
    return tuple(sorted(found, key=lambda leak: (-leak.after, -leak.before, leak.label)))


def _answers(threats: Sequence[Threat], pixels: Pixels) -> list[Tensor]:
    """Each threat's logits (K,) on one picture; a platform that several share handles it once."""
    served = {platform: platform(pixels) for platform in dict.fromkeys(threat.platform for threat in threats)}
    return [threat.read(served[threat.platform]) for threat in threats]


def _scores(logits: Tensor, reference: int) -> dict[str, float | None]:
    """Every metric of one answer (K,)."""
    if logits.softmax(0).isnan().any():
        return dict.fromkeys(METRICS)
    label = torch.tensor([reference])
    return {name: function(logits[None], label).double().item() for name, function in METRICS.items()}


def _mean(values: list[float]) -> float | None:
    return fsum(values) / len(values) if values else None
