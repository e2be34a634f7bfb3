"""Paper A's schemes on labelled photos, scored on the files as written: the tables of docs/results.md.

usage: python benchmarks/paper_schemes.py --labels CSV [--limit N] [--cis-limit N] [--model NAME] [--tables NAME ...]
"""

import argparse
import math
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from unseen import ClassIndistinguishability, ClassReplacement, Uniform, load_classifier
from unseen.catalogue import DEFAULT_AUDIT_MODELS, DEFAULT_MODELS
from unseen.plan import Job, plan, read_labels
from unseen.protect import Protection, protect_photos
from unseen.report import PhotoRow

EPSILON_LEVELS = 2.55
TABLES = ("replace", "uniform", "indistinguish", "carried")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, help="CSV with the columns file,label")
    parser.add_argument("--limit", type=int, default=300, help="photos for replace and uniform")
    parser.add_argument("--cis-limit", type=int, default=60, help="photos for indistinguish")
    parser.add_argument("--model", default="lite0")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES, help="all by default")
    arguments = parser.parse_args()
    labels = read_labels(arguments.labels)
    protection = Protection(
        scheme=ClassReplacement(), surrogates=(load_classifier(arguments.model),), format="png", seed=0
    )
    if "replace" in arguments.tables:
        replacement(labels, arguments.limit, protection)
    if "uniform" in arguments.tables:
        uniform(labels, arguments.limit, protection)
    if "indistinguish" in arguments.tables:
        indistinguish(labels, arguments.cis_limit, protection)
    if "carried" in arguments.tables:
        carried(labels, arguments.cis_limit)


def replacement(labels: dict[Path, str], limit: int, protection: Protection) -> None:
    print(f"\n### Class replacement, limit {EPSILON_LEVELS} levels, {min(limit, len(labels))} photos\n")
    print("| targets | ICP before | ICP after | target | below 90 % | reached | iterations | mean change | seconds |")
    print("|---|---|---|---|---|---|---|---|---|")
    for told, draws in (("one of 8 draws (default)", 8), ("plain draw (the paper's)", 1)):
        rows, seconds = run(labels, limit, replace(protection, scheme=ClassReplacement(draws=draws)))
        targets = [row.target_probability or 0 for row in rows]
        cells = (
            told,
            f"{fmean(row.models[0].before.icp for row in rows):.2%}",
            f"{fmean(row.models[0].after.icp for row in rows):.3%}",
            f"{fmean(targets):.2%}",
            f"{sum(target < 0.9 for target in targets)}",
            f"{fmean(bool(row.achieved) for row in rows):.1%}",
            f"{fmean(row.iterations or 0 for row in rows):.2f}",
            f"{mean_change(rows):.5f}",
            f"{seconds:.2f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def uniform(labels: dict[Path, str], limit: int, protection: Protection) -> None:
    print(f"\n### All classes at once (`uniform`), limit {EPSILON_LEVELS} levels, {min(limit, len(labels))} photos\n")
    print(f"| ICE before | ICE after (of {math.log(1000):.3f}) | ICP after | iterations | mean change | seconds |")
    print("|---|---|---|---|---|---|")
    rows, seconds = run(labels, limit, replace(protection, scheme=Uniform()))
    cells = (
        f"{fmean(row.models[0].before.ice for row in rows):.3f}",
        f"{fmean(row.models[0].after.ice for row in rows):.3f}",
        f"{fmean(row.models[0].after.icp for row in rows):.3%}",
        f"{fmean(row.iterations or 0 for row in rows):.2f}",
        f"{mean_change(rows):.5f}",
        f"{seconds:.2f}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def indistinguish(labels: dict[Path, str], limit: int, protection: Protection) -> None:
    print(f"\n### Class indistinguishability, {min(limit, len(labels))} photos\n")
    print("| n | sum clipped to | ICE | ICP | mass on the n | not the answer | mean change | iterations |")
    print("|---|---|---|---|---|---|---|---|")
    for count in (1, 2, 3, 5):
        for clip in ("range", "limit"):
            scheme = ClassIndistinguishability(targets=count, clip=clip)
            rows, _ = run(labels, limit, replace(protection, scheme=scheme))
            cells = (
                str(count),
                "the pixels' range (the paper)" if clip == "range" else "the limit (ours)",
                f"{fmean(row.models[0].after.ice for row in rows):.2f}",
                f"{fmean(row.models[0].after.icp for row in rows):.2%}",
                f"{fmean(row.target_probability or 0 for row in rows):.1%}",
                f"{fmean(row.status == 'protected' for row in rows):.1%}",
                f"{mean_change(rows):.5f}",
                f"{fmean(row.iterations or 0 for row in rows):.1f}",
            )
            print(f"| {' | '.join(cells)} |", flush=True)


def carried(labels: dict[Path, str], limit: int) -> None:
    """Class replacement against two networks, as they read it and as one does that takes no part."""
    print(f"\n### Class replacement within 8 levels, read by three networks, {min(limit, len(labels))} photos\n")
    print("| network | role | true label first, before | after | ICP before | ICP after | mean SSIM |")
    print("|---|---|---|---|---|---|---|")
    networks = {name: load_classifier(name) for name in (*DEFAULT_MODELS, *DEFAULT_AUDIT_MODELS)}
    protection = Protection(
        scheme=ClassReplacement(epsilon=8 / 255),
        surrogates=tuple(networks[name] for name in DEFAULT_MODELS),
        held_out=tuple(networks[name] for name in DEFAULT_AUDIT_MODELS),
    )
    rows, _ = run(labels, limit, protection)
    similarity = fmean(row.change.ssim for row in rows if row.change and row.change.ssim is not None)
    for readings in zip(*(row.models for row in rows), strict=True):
        cells = (
            readings[0].name,
            readings[0].role,
            f"{fmean(reading.before.top5[0].label == reading.reference for reading in readings):.1%}",
            f"{fmean(reading.after.top5[0].label == reading.reference for reading in readings):.1%}",
            f"{fmean(reading.before.icp for reading in readings):.2%}",
            f"{fmean(reading.after.icp for reading in readings):.2%}",
            f"{similarity:.3f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def run(labels: dict[Path, str], limit: int, protection: Protection) -> tuple[list[PhotoRow], float]:
    """The rows of a run, and the seconds of the whole of it a photo."""
    sources = list(labels)[:limit]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        jobs: Iterable[Job] = (replace(job, label=labels[job.source]) for job in plan(sources, Path(folder), {}))
        rows = [outcome.row for outcome in protect_photos(jobs, protection)]
        seconds = time.perf_counter() - started
    for row in rows:
        if row.error:
            raise SystemExit(row.error)
    return rows, seconds / len(rows)


def mean_change(rows: Iterable[PhotoRow]) -> float:
    return fmean(row.change.mean_abs for row in rows if row.change and row.change.mean_abs is not None)


if __name__ == "__main__":
    main()
