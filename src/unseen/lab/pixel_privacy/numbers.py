"""Every number of the lab, as report.json holds it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from unseen.lab.paper_b import OTHER_APPROACHES, OTHER_RUNS
from unseen.lab.pixel_privacy.approaches import Approach
from unseen.lab.pixel_privacy.bench import HANDLINGS, Numbers
from unseen.models import Network

COLUMNS: Mapping[str, str] = {"plain": "ours", "scale_crop": "after_scale_crop", "jpeg90": "after_jpeg90"}
"""What each of `HANDLINGS` is called in a row of the table."""
_SHARE = 0.25
"""Of the original's top-1 that the best approach is to stay below."""
SAME_APPEAL = 0.99
"""Share of a measure of appeal from which it counts as not lowered."""


def table_row(approach: Approach, rows: Sequence[Numbers], held_out: Sequence[Network]) -> Numbers:
    """One row: means over the photos.

    Args:
        rows: one a photo.
    """
    return {
        "approach": approach.name,
        "kind": approach.kind,
        "told": approach.told,
        "scheme": approach.scheme,
        "paper": approach.paper and asdict(approach.paper),
        **_reading(rows, 0),
        "appeal": {name: _mean([row["appeal"][name] for row in rows]) for name in rows[0]["appeal"]},
        "ssim": _mean([row["ssim"] for row in rows]),
        "seconds": fmean(row["seconds"] for row in rows),
        "held_out": [
            {"model": network.name, **_reading(rows, number)} for number, network in enumerate(held_out, start=1)
        ],
    }


def with_kept_appeal(table: Sequence[Numbers]) -> list[Numbers]:
    """The rows, each with the measure of appeal that suffers most, as a share of the original's."""
    return [row | {"kept_appeal": kept_appeal(row, table[0])} for row in table]


def part_of_table(table: Sequence[Numbers]) -> list[Numbers]:
    """What the table of a part of the photos tells."""
    return [{name: row[name] for name in ("approach", *COLUMNS.values())} for row in table]


def best_of(table: Sequence[Numbers]) -> Numbers:
    """Our best approach: of those that lower no measure of appeal, the one whose noise survives best.

    `under_a_quarter` tells whether top-1 is below a quarter of the original's in every handling, and
    `keeps_appeal` whether no measure is lowered.
    """
    original, *others = table
    ours = [row for row in others if row["kind"] in ("ours", "combined")]
    kept = [row for row in ours if keeps_appeal(row, original)]
    best = min(kept or ours, key=lambda row: (worst(row), row["seconds"]))
    return {
        "approach": best["approach"],
        "worst_top1": worst(best),
        "under_a_quarter": all(best[column]["top1"] < _SHARE * original[column]["top1"] for column in COLUMNS.values()),
        "keeps_appeal": keeps_appeal(best, original),
    }


def best_of_paper(table: Sequence[Numbers]) -> str:
    """The approach of the paper's that hides most photos as they are posted."""
    papers = [row for row in table if row["kind"] == "paper"]
    return str(min(papers, key=lambda row: row["ours"]["top1"])["approach"])


def worst(row: Numbers) -> float:
    """Top-1 in the handling that is best for the network."""
    return max(row[column]["top1"] for column in COLUMNS.values())


def kept_appeal(row: Numbers, original: Numbers) -> float:
    """The measure of appeal that suffers most, as a share of the original's."""
    return min((row["appeal"][name] / value for name, value in original["appeal"].items() if value), default=math.nan)


def keeps_appeal(row: Numbers, original: Numbers) -> bool:
    """Whether no measure of appeal is lowered, but for a hundredth."""
    return kept_appeal(row, original) >= SAME_APPEAL


def as_sets(table: Sequence[Numbers]) -> Numbers:
    """The four runs of the paper whose approaches are not certain, beside ours of these approaches, as sets."""
    ours = [row for row in table if row["kind"] == "paper" and row["paper"] is None]
    return {
        "approaches": list(OTHER_APPROACHES),
        "paper": [asdict(run) for run in OTHER_RUNS],
        "ours": [{"approach": row["approach"], **row["ours"]} for row in ours],
    }


def _reading(rows: Sequence[Numbers], network: int) -> dict[str, Any]:
    """What one network still reads, in every handling."""
    readings = [row["readings"][network] for row in rows]
    return {
        COLUMNS[name]: {top: fmean(reading[name][top] for reading in readings) for top in ("top1", "top5")}
        for name in HANDLINGS
    }


def _mean(values: Sequence[float]) -> float | None:
    """The mean; None where it is not defined for one of them."""
    mean = fmean(values)
    return mean if math.isfinite(mean) else None
