"""Table 1 on the page: the paper beside ours, and what each approach is."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from unseen.lab import paper_b
from unseen.lab.pixel_privacy.approaches import KINDS
from unseen.lab.pixel_privacy.bench import Numbers
from unseen.lab.report import NOT_RUN, Section, Table, number, percent

READ_COLUMNS = ("Approach", "Top 1", "Top 5", "Top 1, scaled and cropped", "Top 1, JPEG 90")
"""Of `read_row`."""


def table1_section(numbers: Numbers) -> Section:
    """Table 1, all approaches; then the paper's runs as a set, and the best ones."""
    table, settings = numbers["table1"], numbers["settings"]
    rows = tuple(
        (
            row["approach"],
            *(_printed(row["paper"] and row["paper"][top]) for top in ("top1", "top5")),
            *(percent(row["ours"][top]) for top in ("top1", "top5")),
            *(percent(row[column]["top1"]) for column in ("after_scale_crop", "after_jpeg90")),
            number(row["ssim"], 3),
            number(row["seconds"], 2),
        )
        for row in table
    )
    columns = (
        "Approach",
        "Paper: top 1",
        "Paper: top 5",
        "Top 1",
        "Top 5",
        "Top 1, scaled and cropped",
        "Top 1, JPEG 90",
        "SSIM",
        "Seconds a photo",
    )
    caption = (
        f"Over {settings['photos']:,} photos; in the paper {paper_b.TEST_PHOTOS:,} photos of {paper_b.CATEGORIES} "
        f"categories and {paper_b.NETWORK}. SSIM is 1 for an identical picture; a crop has another size, so there it "
        "is not defined."
    )
    paragraphs = (
        "Top 1: how often the network's first guess is right; top 5: how often one of its best five is. For whoever "
        "wants privacy, less is better. Protection has to survive what happens to photos on the web, so the files are "
        f"read again after a further scaling and cropping (short edge {paper_b.SHORT_EDGE}, centre {paper_b.CROP}), "
        f"which moved the paper's own from {percent(paper_b.SCALE_AND_CROP[0])} to "
        f"{percent(paper_b.SCALE_AND_CROP[1])}, and after JPEG compression of quality 90, as later editions of the "
        "task demand.",
        "Which of the paper's four other runs is which approach is not certain here; so these are compared as a set, "
        "the lowest with the lowest.",
        _missing(settings),
    )
    return Section(
        title="Table 1: what is still read",
        paragraphs=tuple(text for text in paragraphs if text),
        tables=(Table(columns=columns, rows=rows, caption=caption), _sets(numbers), _best(numbers), _meanings(table)),
    )


def schemes_section(numbers: Numbers) -> Section:
    """What a user types for each approach."""
    rows = tuple((row["approach"], _scheme(row["scheme"])) for row in numbers["table1"] if row["scheme"])
    text = "Every approach is one flag; the files of noises lie in the lab's folder of noises."
    table = Table(columns=("Approach", "unseen protect --scheme"), rows=rows)
    return Section(title="How to do the same", paragraphs=(text,), tables=(table,))


def read_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    """An approach and what one network still reads after it, as cells."""
    shares = (row["ours"]["top1"], row["ours"]["top5"], row["after_scale_crop"]["top1"], row["after_jpeg90"]["top1"])
    return row["approach"], *map(percent, shares)


def _sets(numbers: Numbers) -> Table:
    """The paper's four runs beside ours, each from the lowest top-1."""
    sets = numbers["sets"]
    runs = [sorted(sets[whose], key=lambda run: run["top1"]) for whose in ("paper", "ours")]
    rows = tuple(
        (
            *((_printed(paper["top1"]), _printed(paper["top5"])) if paper else ("", "")),
            *((ours["approach"], percent(ours["top1"]), percent(ours["top5"])) if ours else ("not run", "", "")),
        )
        for paper, ours in ((_at(runs[0], place), _at(runs[1], place)) for place in range(max(map(len, runs))))
    )
    columns = ("Paper: top 1", "Paper: top 5", "Ours", "Top 1", "Top 5")
    approaches = ", ".join(sets["approaches"])
    return Table(columns=columns, rows=rows, caption=f"As sets: {approaches}. Each from the lowest top 1.")


def _best(numbers: Numbers) -> Table:
    """The paper, ours with its methods, ours at best."""
    table = {row["approach"]: row for row in numbers["table1"]}
    lowest = min(paper_b.OTHER_RUNS, key=lambda run: run.top1)
    rows = [
        ("paper", "one of its other runs", _printed(lowest.top1), _printed(lowest.top5), NOT_RUN, NOT_RUN),
        *(
            (whose, name, *read_row(table[name])[1:])
            for whose, name in (
                ("ours, by the paper's methods", numbers["best_of_paper"]),
                ("ours at best", numbers["best"]["approach"]),
            )
        ),
    ]
    return Table(columns=("Whose", *READ_COLUMNS), rows=tuple(rows), caption="The best of each.")


def _meanings(table: Sequence[Numbers]) -> Table:
    rows = tuple((row["approach"], KINDS[row["kind"]], row["told"]) for row in table)
    return Table(columns=("Approach", "Whose", "What is done"), rows=rows)


def _scheme(scheme: str) -> str:
    """A scheme's text without the folders of its files."""
    return "&".join(
        part if not part.count("weights=") else part.split("weights=")[0] + "weights=" + PurePath(part).name
        for part in scheme.split("&")
    )


def _missing(settings: Numbers) -> str:
    """What could not be run, and what it takes."""
    known = {style.split(":")[-1].split("?")[0] for style in settings["styles"]}
    missing = [style for style in paper_b.STYLES if style not in known]
    if not missing:
        return ""
    styles = " and ".join(missing)
    return (
        f"Not run: {styles}. Published weights have to be downloaded: give --style NAME?weights=FILE, or where there "
        "is a network --style NAME."
    )


def _at(runs: Sequence[Numbers], place: int) -> Numbers | None:
    return runs[place] if place < len(runs) else None


def _printed(share: float | None) -> str:
    """A share with as many digits as the paper prints."""
    return NOT_RUN if share is None else f"{100 * share:.2f}\N{NO-BREAK SPACE}%"
