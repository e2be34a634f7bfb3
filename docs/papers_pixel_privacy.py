"""Pixel privacy, for docs/papers.md: Table 1 of Liu and Zhao 2018."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from papers_markdown import ABSENT, Report, amount, cell, digits, found, printed, section, table

from unseen.lab import paper_b
from unseen.lab.report import NOT_RUN, percent

HEADS = ("approach", "paper: top 1", "paper: top 5", "top 1", "top 5", "scaled, cropped: top 1", "JPEG 90: top 1")


def pixel_privacy(report: Report) -> str:
    """All of paper B."""
    return "\n".join((_opening(report), _table_1(report), _set(report), _nima(report), _open_questions()))


def _opening(report: Report) -> str:
    photos = cell(found(report, "settings", "photos"), amount("photos"))
    network = cell(found(report, "settings", "model"), lambda name: name.rpartition("/")[2])
    return f"""\
# {paper_b.NAME}, "{paper_b.TITLE}", beside ours

    unseen lab pixel-privacy --photos FOLDER --labels FILE --model places:resnet50 -o lab-pixel-privacy
    python docs/generate_papers.py lab-pixel-privacy/report.json

Paper: {paper_b.TEST_PHOTOS:,} photos of {paper_b.CATEGORIES} categories, {paper_b.NETWORK}.
Ours: {photos}, {network}, {cell(found(report, "version"), "unseen {}".format)}.
With Places365's photos and weights at hand the command above is the paper's own experiment.
"""


def _table_1(report: Report) -> str:
    rows = [_row(row) for row in found(report, "table1")] if "table1" in report else _unrun()
    best = found(report, "best")
    told = (
        f"Best: {best['approach']}, at most {percent(best['worst_top1'])} in any handling."
        if best != ABSENT
        else f"Best: {ABSENT}."
    )
    return section(
        "Table 1: how often the network is right",
        "Top 1 is the first guess, top 5 one of the best five; less is more private. Files are read as posted, after a "
        f"further scaling and cropping (short edge {paper_b.SHORT_EDGE}, centre {paper_b.CROP}), and after JPEG 90. A "
        "further scaling and cropping moved the paper's own top 1 from "
        f"{printed(paper_b.SCALE_AND_CROP[0])} to {printed(paper_b.SCALE_AND_CROP[1])} on an exploratory set.",
        table((*HEADS, "least kept appeal", "SSIM"), rows),
        told,
    )


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    paper = row["paper"]
    shares = (row["ours"]["top1"], row["ours"]["top5"], row["after_scale_crop"]["top1"], row["after_jpeg90"]["top1"])
    return (
        row["approach"],
        *(printed(paper[top]) if paper else NOT_RUN for top in ("top1", "top5")),
        *map(percent, shares),
        f"{digits(0)(100 * row['kept_appeal'])}\N{NO-BREAK SPACE}%",
        digits(3)(row["ssim"]),
    )


def _unrun() -> list[tuple[str, ...]]:
    """What the paper printed, beside nothing."""
    runs = {"original": paper_b.ORIGINAL, "UAP": paper_b.UAP}
    return [(name, printed(run.top1), printed(run.top5), *[ABSENT] * 6) for name, run in runs.items()]


def _set(report: Report) -> str:
    paper = sorted(paper_b.OTHER_RUNS, key=lambda run: run.top1)
    ours = found(report, "sets", "ours")
    known = sorted(ours, key=lambda run: run["top1"]) if ours != ABSENT else []
    rows = [
        (
            *((printed(run.top1), printed(run.top5)) if run else (NOT_RUN, NOT_RUN)),
            *((own["approach"], percent(own["top1"]), percent(own["top5"])) if own else (ABSENT,) * 3),
        )
        for run, own in zip_longest(paper, known)
    ]
    return section(
        "Table 1: the four other runs, as a set",
        f"They are {', '.join(paper_b.OTHER_APPROACHES)}; which is which is not certain here. Each from the lowest.",
        table(("paper: top 1", "paper: top 5", "ours", "top 1", "top 5"), rows),
    )


def _nima(report: Report) -> str:
    rows = [
        (name, f"{paper:g}", cell(_score(report, approach), digits(3)))
        for name, approach, paper in (
            ("original", "original", paper_b.NIMA_ORIGINAL),
            ("style: Hayao", "style: hayao", paper_b.NIMA_HAYAO),
        )
    ]
    return section(
        "Appeal: the score that NIMA gives",
        table(("approach", "paper", "ours"), rows),
        "NIMA's weights have to be given (`--nima FILE`); without them the lab measures colourfulness, contrast and "
        'sharpness. "Least kept appeal" is the measure that suffers most, as a share of the original\'s.',
    )


def _score(report: Report, approach: str) -> Any:
    rows = {row["approach"]: row for row in report.get("table1", ())}
    return found(rows, approach, "appeal", "nima")


def _open_questions() -> str:
    questions = "\n".join(f"- {question}" for question in paper_b.OPEN_QUESTIONS)
    return section("What the paper leaves open", questions)
