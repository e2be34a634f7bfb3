"""Photos, for docs/papers.md: Table 3 and Figures 8 to 12."""

import math
from typing import Any

from papers_markdown import ABSENT, Cell, Report, answers, cell, digits, found, printed, section, table

from unseen.lab import paper_a
from unseen.lab.report import NOT_RUN, percent

SCHEMES = {"replace": "class replacement", "indistinguish": "two classes"}


def table_3(report: Report) -> str:
    """Class replacement, and `uniform` after it."""
    quantities: tuple[tuple[str, str, Cell, Cell], ...] = (
        ("icp_before", "true class before", printed, percent),
        ("icp_after", "true class after", printed, percent),
        ("target_probability", "target class after", printed, percent),
        ("mean_abs", "mean absolute noise", digits(4), digits(4)),
        ("iterations", "iterations", digits(3), digits(2)),
        ("seconds", "seconds a photo", digits(3), digits(3)),
    )
    rows = [
        (
            name,
            paper_form(getattr(paper_a.TABLE_3, key)),
            *(cell(found(report, "table3", kind, key), form) for kind in ("ours", "best")),
        )
        for key, name, paper_form, form in quantities
    ]
    entropy, noise = (cell(found(report, "uniform", key), digits(4)) for key in ("ice", "mean_abs"))
    return section(
        "Table 3: class replacement on photos",
        table(("mean over the photos", "paper", "ours", "best"), rows),
        f"The paper's text says about {paper_a.SECONDS_IN_TEXT:g} s a photo where its table says "
        f"{paper_a.TABLE_3.seconds:g} s. At most {paper_a.IMAGENET_MAX_ITERATIONS} iterations.",
        f"No class at all (`uniform`), which the paper does not try: entropy {entropy}, mean absolute noise {noise}.",
    )


def figures_8_to_11(report: Report) -> str:
    """The answers to single photos."""
    rows = [
        (
            f"Figure {example.figure}: {example.photo}",
            SCHEMES[example.scheme],
            answers([(example.photo, example.before)] if example.before else [], printed),
            answers(example.after, printed),
            NOT_RUN,
            NOT_RUN,
        )
        for example in paper_a.EXAMPLES
    ]
    rows += [
        (
            photo["file"],
            SCHEMES[scheme],
            answers(_pairs(photo["before"])[:1]),
            NOT_RUN,
            *(answers(_pairs(found(photo, scheme, kind))[:3]) for kind in ("ours", "best")),
        )
        for photo in report.get("examples", ())
        for scheme in SCHEMES
    ]
    return section(
        "Figures 8 to 11: single photos",
        "What the network answers. The photos are others than the paper's; `--example FILE` takes one's own.",
        table(("photo", "scheme", "before", "paper", "ours", "best"), rows),
    )


def figure_12(report: Report) -> str:
    """Entropy and noise against the number of target classes."""
    kinds = ("sum", "clipped", "joint")
    quantities = [(kind, *quantity) for kind in kinds for quantity in (("ice", digits(2)), ("mean_abs", digits(4)))]
    rows = [
        (
            str(point["targets"]),
            f"about {paper_a.FIGURE_12_ENTROPY_BEFORE:g}" if point["targets"] == 0 else NOT_RUN,
            digits(2)(math.log(max(1, point["targets"]))),
            *(cell(found(point, kind, key), form) for kind, key, form in quantities),
            cell(found(point, "joint", "ratio"), digits(2)),
        )
        for point in report.get("figure12", ())
    ]
    heads = ("n", "paper: ICE", "ln n", *(head for kind in kinds for head in (f"{kind}: ICE", "noise")), "joint: ratio")
    return section(
        "Figure 12: entropy and noise against the number of target classes n",
        "Paper: " + " ".join(paper_a.FIGURE_12),
        "*Sum* is that of our best single noises, *clipped* the same within the limit, *joint* (best) one optimisation "
        "over the n classes within the limit. *Ratio*: the most likely of the n classes "
        "to the least likely, in the median photo.",
        table(heads, rows),
    )


def _pairs(guesses: Any) -> list[tuple[str, float]]:
    return [] if guesses == ABSENT else [(guess["label"], guess["probability"]) for guess in guesses]
