"""Digits, for docs/papers.md: Table 2, Figures 2 to 7 and what the paper left open."""

from collections.abc import Iterable, Mapping
from statistics import fmean, median
from typing import Any

from papers_markdown import ABSENT, NOTHING, Cell, Report, cell, digits, found, mean, section, table

from unseen.lab import paper_a
from unseen.lab.report import NOT_RUN, number, percent


def table_2(report: Report) -> str:
    """Accuracy with the noise of each target, and the size of the noise."""
    columns = [found(report, "table2", name) for name in ("ours", "best")]
    rows = [
        (str(target), percent(printed), *(cell(found(column, target), percent) for column in columns))
        for target, printed in enumerate(paper_a.TABLE_2)
    ]
    rows.append(("mean", percent(paper_a.TABLE_2_MEAN), *(cell(mean(column), percent) for column in columns)))
    clean, limit = found(report, "clean", "accuracy"), found(report, "noise", "limit")
    noise = (
        ("mean with sign", number(paper_a.MNIST_MEAN_NOISE, 3), cell(found(report, "noise", "mean"), digits(3))),
        ("mean without sign", NOT_RUN, cell(found(report, "noise", "mean_abs"), digits(3))),
    )
    return section(
        "Table 2: accuracy on MNIST with the noise of each target",
        f"Without noise: paper about {percent(paper_a.MNIST_ACCURACY)}, ours {cell(clean, percent)}. Our limit: "
        f"{cell(limit, '{:g}'.format)} of a pixel's range.",
        table(("target", "paper", "ours", "best"), rows),
        'Noise of a pixel. The paper says "average noise per pixel"; only the mean with sign is of that size.',
        table(("", "paper", "ours"), noise),
    )


def figures_2_to_7(report: Report) -> str:
    """The noises and the sums that the paper names."""
    ours = {tuple(entry["targets"]): entry["ours"] for entry in report.get("sums", ())}
    clipped = {tuple(entry["targets"]): entry.get("clipped_to_limit", ABSENT) for entry in report.get("sums", ())}
    joint = {entry["objective"]: entry["accuracy"] for entry in report.get("joint", ())}
    drawn = {name: f"`{name}.png`" if report else ABSENT for name in ("figure-2-ours", "figure-2-best", "figure-3")}
    rows = [
        ("Figure 2", paper_a.FIGURE_2, drawn["figure-2-ours"], NOT_RUN, drawn["figure-2-best"]),
        ("Figure 3", paper_a.FIGURE_3, drawn["figure-3"], NOT_RUN, NOT_RUN),
    ]
    for entry in paper_a.SUMS:
        everything = len(entry.targets) == len(paper_a.TABLE_2)
        names = [str(target) for target in entry.targets]
        best = joint.get("confusion" if everything else "+".join(names), ABSENT)
        errors = f"; errors drawn to {' and '.join(map(str, entry.drawn_to))}" if entry.drawn_to else ""
        printed = entry.printed[0].upper() + entry.printed[1:]
        rows.append(
            (
                f"{printed}: sum of {'all ten' if everything else ', '.join(names)}",
                f"{percent(entry.accuracy)}{errors}",
                cell(ours.get(entry.targets, ABSENT), percent),
                cell(clipped.get(entry.targets, ABSENT), percent),
                cell(best, percent),
            )
        )
    return section(
        "Figures 2 to 7: noises, and sums of them",
        "Pictures lie in `figures/` beside the lab's report. A sum goes beyond the limit of one noise; "
        "*clipped* to it, it compares with *best*, one noise within the limit for the same aim. The paper does not say "
        "whether its sums were clipped.",
        table(("", "paper", "ours", "ours, clipped", "best"), rows),
        f"{paper_a.COMBINATIONS} All sums of our noises:",
        _all_sums(report.get("all_sums", ())),
        f"{paper_a.DISTANCE} Measured as the limit at which half of a digit's images are read as the target:",
        _distances(found(report, "distances", "limits")),
    )


def beyond(report: Report) -> str:
    """What the paper could not do."""
    scores = (("accuracy", percent), ("ice", digits(3)))
    sized = (*scores, ("mean_abs", digits(3)))
    universal = [(entry["objective"], *_cells(entry, scores)) for entry in report.get("joint", ())]
    single = [(name, *_cells(score, sized)) for name, score in report.get("per_image", {}).items()]
    heads = ("accuracy", "entropy (of 2.303)")
    return section(
        "Beyond the paper, on MNIST",
        "One noise for all images, optimised for its aim:",
        table(("aim", *heads), universal),
        "A noise for each image:",
        table(("scheme", *heads, "mean absolute noise"), single),
    )


def _cells(score: Mapping[str, Any], forms: Iterable[tuple[str, Cell]]) -> list[str]:
    return [cell(found(score, key), form) for key, form in forms]


def _all_sums(sums: Iterable[Mapping[str, Any]]) -> str:
    by_size: dict[int, list[float]] = {}
    for entry in sums:
        by_size.setdefault(len(entry["targets"]), []).append(entry["accuracy"])
    rows = [
        (str(size), str(len(shares)), *(percent(choose(shares)) for choose in (min, fmean, max)))
        for size, shares in sorted(by_size.items())
    ]
    return table(("targets", "sums", "least accuracy", "mean", "most"), rows)


def _distances(limits: Any) -> str:
    if limits == ABSENT:
        return NOTHING
    rows = []
    for target in range(len(limits)):
        others = [row[target] for digit, row in enumerate(limits) if digit != target]
        reached = [limit for limit in others if limit is not None]
        rows.append((str(target), f"{len(reached)} of {len(others)}", number(median(reached) if reached else None)))
    return table(("target", "digits that give in", "at a limit of (median)"), rows)
