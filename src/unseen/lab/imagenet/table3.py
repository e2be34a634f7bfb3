"""Table 3: every photo protected by one scheme and read again, and the means over all photos."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import torch

from unseen.lab import paper_a
from unseen.lab.imagenet.bench import Bench, Row, as_rows, means, protected, rows_once
from unseen.lab.imagenet.pictures import Sample, answers
from unseen.lab.report import NOT_RUN, Section, Table, number, percent
from unseen.metrics import ice, icp, mean_abs
from unseen.types import Images, Labels, Scheme

METHODS = ("paper", "ours", "best")
MEASURES: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "icp_before": ("Probability of the true class, before (ICP)", percent),
    "icp_after": ("Probability of the true class, after (ICP)", percent),
    "target_probability": ("Probability of the target class", percent),
    "mean_abs": ("Noise: mean absolute change, as a share of the range", lambda value: number(value, 4)),
    "iterations": ("Iterations", lambda value: number(value, 2)),
    "seconds": ("Seconds a photo", lambda value: number(value, 3)),
    "achieved": ("Photos whose target reached 99 %", percent),
}


def protection_rows(bench: Bench, samples: Sequence[Sample], scheme: Scheme, name: str) -> list[Row]:
    """What a scheme does to each photo: ICP and ICE before and after, noise, iterations, seconds; once a photo."""

    def compute(images: Images, labels: Labels) -> list[Row]:
        started = time.perf_counter()
        result = protected(bench, scheme, images, labels)
        seconds = (time.perf_counter() - started) / len(images)
        before, after = answers(bench.reader, images), answers(bench.reader, result.images)
        columns = {
            "icp_before": icp(before, labels),
            "icp_after": icp(after, labels),
            "ice_before": ice(before),
            "ice_after": ice(after),
            "mean_abs": mean_abs(images, result.images),
            "iterations": result.iterations,
            "seconds": torch.full((len(images),), seconds, dtype=torch.float64),
            "achieved": result.achieved,
        }
        if result.targets is not None:
            columns["target_probability"] = icp(after, result.targets[:, 0])
        return as_rows(columns)

    return rows_once(bench, samples, name, compute, doing=f"Protecting ({name})")


def table3_numbers(ours: Sequence[Row], best: Sequence[Row]) -> Row:
    """The paper's column, and the means of both methods."""
    return {"paper": asdict(paper_a.TABLE_3), "ours": means(ours), "best": means(best)}


def uniform_numbers(rows: Sequence[Row]) -> Row:
    """The means of `uniform` over the photos."""
    mean = means(rows)
    others = ("ice_before", "mean_abs", "iterations", "seconds", "achieved")
    return {"ice": mean["ice_after"], "icp": mean["icp_after"], **{name: mean[name] for name in others}}


def table3(numbers: Mapping[str, Row], photos: int) -> Table:
    """Table 3 beside the paper's."""
    return Table(
        columns=("", *METHODS),
        rows=tuple(
            (told, *(cell(numbers[method][name]) if name in numbers[method] else NOT_RUN for method in METHODS))
            for name, (told, cell) in MEASURES.items()
        ),
        caption=(
            f"Means over {photos:,} photos; over {paper_a.IMAGENET_PHOTOS:,} in the paper, where the network is "
            f"{paper_a.IMAGENET_NETWORK} on {paper_a.HARDWARE}. Its text says that a photo takes about "
            f"{paper_a.SECONDS_IN_TEXT:g} seconds."
        ),
    )


def table3_section(numbers: Mapping[str, Row], photos: int) -> Section:
    """Table 3 and what it is about."""
    return Section(
        title="Table 3: another class in the place of the true one",
        paragraphs=(
            "Class replacement (CRS) changes a photo until the network is 99 % sure of a random class that has "
            "nothing to do with it. No colour value may change by more than 1 % of its range; on whole 8-bit levels "
            "that is 2 of 255.",
            "“Ours” is the paper's Algorithm 1: a random class outside the network's best five, and at most "
            f"{paper_a.IMAGENET_MAX_ITERATIONS} steps along the sign of the gradient. “Best” takes the least "
            "unlikely of eight random classes and changes those values first that matter most. Both are scored after "
            "rounding to 8 bit.",
        ),
        tables=(table3(numbers, photos),),
    )


def uniform_section(numbers: Row, *, photos: int, classes: int) -> Section:
    """What the paper did not try: no class stands out among all."""
    row = (
        number(numbers["ice_before"], 2),
        number(numbers["ice"], 3),
        percent(numbers["icp"]),
        number(numbers["mean_abs"], 4),
        number(numbers["iterations"], 1),
        number(numbers["seconds"], 3),
    )
    caption = f"Means over {photos:,} photos, at the limit of Table 3. Entropy (ICE) in nats."
    return Section(
        title="All classes at once",
        paragraphs=(
            "The paper wants the network undecided, and reaches it by way of several classes. `uniform` asks for it "
            f"directly: all {classes:,} classes equally likely, an entropy of {math.log(classes):.3f} nats.",
        ),
        tables=(
            Table(
                columns=("entropy before", "entropy after", "true class after", "noise", "iterations", "seconds"),
                rows=(row,),
                caption=caption,
            ),
        ),
    )
