"""Write docs/papers.md: every row of the two papers beside ours, from the reports of the labs.

    python docs/generate_papers.py [REPORT.json ...]

Each report given is kept in docs/papers/ as its lab's; the page is made of those that lie there (a test compares them).
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from papers_imagenet import figure_12, figures_8_to_11, table_3
from papers_markdown import ABSENT, Report, amount, cell, digits, found, section, table
from papers_mnist import beyond, figures_2_to_7, table_2
from papers_pixel_privacy import pixel_privacy

from unseen.lab import paper_a
from unseen.lab.report import NOT_RUN, number, percent

PAGE = Path(__file__).with_name("papers.md")
FOLDER = Path(__file__).with_name("papers")
KNOWN_BY = {"mnist": "table2", "imagenet": "table3", "crawl": "networks", "pixel-privacy": "table1"}
"""The labs, and what only their reports have."""


def page(reports: Mapping[str, Report]) -> str:
    """The page, from the reports of the labs by name; what is not in them is told as not run."""
    mnist, imagenet, crawl, privacy = (reports.get(lab, {}) for lab in KNOWN_BY)
    parts = (_opening(), _runs(mnist, imagenet, crawl), _table_1(), _figure_1(crawl))
    parts += (table_2(mnist), figures_2_to_7(mnist), beyond(mnist))
    parts += (table_3(imagenet), figures_8_to_11(imagenet), figure_12(imagenet), _discussion(mnist, imagenet))
    parts += (pixel_privacy(privacy),)
    return "\n".join(parts)


def main() -> None:
    """Keep the given reports and write the page."""
    parser = argparse.ArgumentParser(description="Write docs/papers.md from the reports of the labs.")
    parser.add_argument("reports", nargs="*", type=Path, metavar="REPORT.json")
    for path in parser.parse_args().reports:
        text = path.read_text("utf-8")
        lab = next((lab for lab, key in KNOWN_BY.items() if key in json.loads(text)), None)
        if lab is None:
            parser.error(f"{path}: no report of a lab; give the report.json that one wrote")
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{lab}.json").write_text(text, "utf-8")
    PAGE.write_text(page(kept()), "utf-8")


def kept() -> dict[str, Report]:
    """The reports in docs/papers/, by lab."""
    paths = {lab: FOLDER / f"{lab}.json" for lab in KNOWN_BY}
    return {lab: json.loads(path.read_text("utf-8")) for lab, path in paths.items() if path.is_file()}


def _opening() -> str:
    return f"""\
# {paper_a.NAME}, "{paper_a.TITLE}", beside ours

Made by `python docs/generate_papers.py` from the reports of the labs; do not edit.

*Paper* is what was printed, *ours* the paper's method as `unseen` runs it, *best* the best method that `unseen` has
within the same limit. "{NOT_RUN}" means that nothing was printed, or that there is nothing to compare. Noise is in
shares of a pixel's range, entropy (ICE) in nats.

    unseen lab mnist -o lab-mnist
    unseen lab imagenet --photos LABELS.csv --model lite0 -o lab-imagenet
    unseen lab crawl PHOTOS --labels LABELS.csv --long-edge 224 --quality 75 -o lab-crawl
    python docs/generate_papers.py lab-mnist/report.json lab-imagenet/report.json lab-crawl/report.json
"""


def _runs(mnist: Report, imagenet: Report, crawl: Report) -> str:
    crawlers = ", ".join(dict.fromkeys(network["name"] for network in crawl.get("networks", ())))
    crawled = len(crawl["photos"]) if "photos" in crawl else ABSENT
    rows = (
        (
            "paper",
            f"{paper_a.MNIST_NETWORK}; {paper_a.IMAGENET_NETWORK}",
            f"{paper_a.MNIST_TEST:,} digits; {paper_a.IMAGENET_PHOTOS:,} photos",
            paper_a.HARDWARE,
        ),
        (
            "`lab mnist`",
            "two convolutional layers as well" if mnist else ABSENT,
            cell(found(mnist, "settings", "test_images"), amount("digits")),
            _version(mnist),
        ),
        (
            "`lab imagenet`",
            cell(found(imagenet, "settings", "model"), str),
            cell(found(imagenet, "settings", "photos"), amount("photos")),
            _version(imagenet),
        ),
        ("`lab crawl`", crawlers or ABSENT, cell(crawled, amount("photos")), _version(crawl)),
    )
    return section("What was run", table(("run", "networks", "on", "with"), rows))


def _version(report: Report) -> str:
    return cell(found(report, "version"), "unseen {}".format)


def _table_1() -> str:
    rows = [(category.attacker, category.target, category.tool) for category in paper_a.TABLE_1]
    return section(
        "Table 1: categories of privacy problems",
        table(("attacker", "target", "tool"), [*rows[:-1], [f"**{text}**" for text in rows[-1]]]),
        "`unseen` is the third row: it keeps data private from deep learning, by adversarial noise.",
    )


def _figure_1(crawl: Report) -> str:
    roles = {"surrogate": "protected against", "held-out": "took no part"}
    ways = {"file": "the file itself", "platform": "what the platform serves"}
    metrics = (("icp", percent), ("ice", number), ("top1", percent), ("top5", percent))
    rows = [
        (
            network["name"],
            roles[network["role"]],
            ways[network["shared"]],
            *(
                " → ".join(cell(found(network, moment, metric), form) for moment in ("before", "after"))
                for metric, form in metrics
            ),
        )
        for network in crawl.get("networks", ())
    ]
    return section(
        "Figure 1: photos, a social network and a crawler",
        f"{paper_a.FIGURE_1} `unseen lab crawl` makes an experiment of it: raw → protected.",
        table(("network", "role", "reads", "true class (ICP)", "entropy (ICE)", "top 1", "top 5"), rows),
    )


def _discussion(mnist: Report, imagenet: Report) -> str:
    own, others, shuffled = (
        cell(found(imagenet, "carry", kind, "hidden"), percent) for kind in ("own", "others", "shuffled")
    )
    digit, photo = (
        cell(found(report, *keys, "mean_abs"), digits(4))
        for report, keys in ((mnist, ("noise",)), (imagenet, ("table3", "ours")))
    )
    ranks, fits = found(imagenet, "complexity", "rank_correlation"), found(imagenet, "cost", "lines")
    correlations = ABSENT if ranks == ABSENT else ", ".join(
        f"{measure} with {effort} {number(value)}".replace("_", " ")
        for measure, efforts in ranks.items()
        for effort, value in efforts.items()
    )  # fmt: skip
    straight = ABSENT if fits == ABSENT else ", ".join(
        f"{axis} {cell(found(fit, 'r_squared'), digits(3))}" for axis, fit in fits.items() if fit
    )  # fmt: skip
    rows = (
        (
            paper_a.CARRYING_OVER,
            f"photos whose true class is not answered: with their own noise {own}, with another's {others}, with "
            f"shuffled noise {shuffled}",
        ),
        (paper_a.VISIBILITY, f"mean absolute noise: {digit} on digits, {photo} on photos"),
        (paper_a.COMPLEXITY, f"rank correlations: {correlations}"),
        (paper_a.COST, f"R² of straight lines through the time of a step: {straight or NOT_RUN}"),
    )
    return section("Discussion", table(("paper", "measured"), rows))


if __name__ == "__main__":
    main()
