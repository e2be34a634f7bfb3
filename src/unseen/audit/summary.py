"""Rows put together: means with their intervals, and how it goes for the worst tenth of the photos."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from unseen.audit.rows import METRICS
from unseen.report.layout import Role, Row, Version

SURE = 1.959964
"""Standard deviations to each side that hold 95 % of a normal distribution."""

WORST = 10
"""The worst of so many photos, at least one, are looked at apart."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The mean of a number over photos, and how far it can be trusted.

    Attributes:
        mean: over the photos.
        low, high: where the mean over many more photos of this kind lies, with 95 % confidence. Of numbers in [0, 1]
            it is Wilson's interval for a share: right for shares, and on the safe side for all others, which vary
            less. Of the entropy it is the normal one; None for a single photo.
        worst: the mean over the tenth of the photos where it looks worst for the protection.
    """

    mean: float
    low: float | None
    high: float | None
    worst: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one network, or all held-out ones together, read in one version of the photos.

    Attributes:
        network: None for the mean of the held-out networks on each photo.
        photos: those that are counted: all versions of them were read, by all networks that are put together.
        icp, ice, top1, top5, leaked: None where no photo has the number.
    """

    network: str | None
    role: Role
    preset: str
    version: Version
    photos: int
    icp: Estimate | None
    ice: Estimate | None
    top1: Estimate | None
    top5: Estimate | None
    leaked: Estimate | None


def summarise(rows: Iterable[Row]) -> tuple[Summary, ...]:
    """Every network on every preset and version, in the order of the rows; the held-out ones together come first.

    Sums are exact, so that neither the order of the photos nor how runs were joined changes the last bit.
    """
    groups: dict[tuple[str, Role, str], dict[Version, dict[str, Row]]] = {}
    for row in rows:
        group = groups.setdefault((row.network, row.role, row.preset), {})
        group.setdefault(row.version, {})[row.photo] = row
    single = [
        _summary(name, role, preset, version, [group])
        for (name, role, preset), group in groups.items()
        for version in group
    ]
    return (*_together(groups), *single)


def _together(
    groups: dict[tuple[str, Role, str], dict[Version, dict[str, Row]]],
) -> list[Summary]:
    presets: dict[str, list[dict[Version, dict[str, Row]]]] = {}
    for (_, role, preset), group in groups.items():
        if role == "held-out":
            presets.setdefault(preset, []).append(group)
    return [
        _summary(None, "held-out", preset, version, held_out)
        for preset, held_out in presets.items()
        for version in held_out[0]
    ]


def _summary(
    network: str | None,
    role: Role,
    preset: str,
    version: Version,
    groups: Sequence[dict[Version, dict[str, Row]]],
) -> Summary:
    photos = [photo for photo in _counted(groups) if photo in groups[0].get(version, {})]
    estimates = {}
    for metric in METRICS:
        values = [_mean_of(groups, version, photo, metric) for photo in photos]
        estimates[metric] = estimate([value for value in values if value is not None], is_share=metric != "ice")
    return Summary(network=network, role=role, preset=preset, version=version, photos=len(photos), **estimates)


def _counted(groups: Sequence[dict[Version, dict[str, Row]]]) -> list[str]:
    """The photos that every network has read, with a number for an answer, in every version that this photo has."""
    read: dict[str, list[Row]] = {}
    for group in groups:
        for rows in group.values():
            for photo, row in rows.items():
                read.setdefault(photo, []).append(row)
    whole = {photo: len({row.version for row in rows}) * len(groups) for photo, rows in read.items()}
    return [
        photo for photo, rows in read.items() if len(rows) == whole[photo] and all(row.icp is not None for row in rows)
    ]


def _mean_of(
    groups: Sequence[dict[Version, dict[str, Row]]], version: Version, photo: str, metric: str
) -> float | None:
    """A photo's number, the mean over the networks that have it; None where none has."""
    rows = [group[version][photo] for group in groups if photo in group.get(version, {})]
    values = [float(value) for row in rows if (value := getattr(row, metric)) is not None]
    return fsum(values) / len(values) if values else None


def estimate(values: Sequence[float], *, is_share: bool = True) -> Estimate | None:
    """Mean, interval and worst tenth of one number a photo; None of nothing.

    Args:
        is_share: whether numbers are in [0, 1] and the highest are the worst; else they are entropies, and the lowest.
    """
    if not values:
        return None
    count = len(values)
    mean = fsum(values) / count
    ordered = sorted(values, reverse=is_share)[: math.ceil(count / WORST)]
    low, high = wilson(mean, count) if is_share else _normal(values, mean)
    return Estimate(mean=mean, low=low, high=high, worst=fsum(ordered) / len(ordered))


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `count` (Wilson 1927)."""
    square = SURE**2
    centre = (share + square / (2 * count)) / (1 + square / count)
    reach = SURE / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def _normal(values: Sequence[float], mean: float) -> tuple[float | None, float | None]:
    """Mean ± 1.96 standard errors."""
    count = len(values)
    if count < 2:
        return None, None
    reach = SURE * math.sqrt(fsum((value - mean) ** 2 for value in values) / (count - 1) / count)
    return max(0.0, mean - reach), mean + reach
