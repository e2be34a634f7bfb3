"""The whole lab: every part in turn, and the report of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from unseen.datasets.labelled import labelled_photos
from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.lab import paper_a
from unseen.lab.imagenet.bench import (
    Bench,
    Extent,
    Row,
    best_replacement,
    paper_replacement,
    uniform,
)
from unseen.lab.imagenet.carry import carry_numbers, carry_section
from unseen.lab.imagenet.complexity import complexity_numbers, complexity_rows, complexity_section
from unseen.lab.imagenet.cost import cost_numbers, cost_section
from unseen.lab.imagenet.examples import Panels, example_numbers, example_panels, examples_section
from unseen.lab.imagenet.figure12 import figure12_numbers, figure12_rows, figure12_section
from unseen.lab.imagenet.pictures import Sample, sample
from unseen.lab.imagenet.table3 import (
    protection_rows,
    table3_numbers,
    table3_section,
    uniform_numbers,
    uniform_section,
)
from unseen.lab.notebook import Notebook
from unseen.lab.report import LabReport
from unseen.models import Network
from unseen.models.download import sha256_of
from unseen.progress import Progress, silent
from unseen.protect import load_networks
from unseen.schemes import ClassReplacement
from unseen.schemes.settings import PAPER_EPSILON

_EXAMPLES = 2
"""Photos of the set that are shown where the user names none."""


def run_imagenet_lab(
    photos: Path,
    model: str,
    *,
    folder: Path,
    examples: Sequence[Path] = (),
    extent: Extent | None = None,
    seed: int = 0,
    device: str = "auto",
    progress: Progress = silent,
) -> LabReport:
    """Section 5.2 of Liu et al. 2019 on labelled photos, and what it leaves open.

    Args:
        photos: a CSV with the columns file,label or a folder of folders named by class.
        model: a classifier's name.
        folder: finished work is kept in it, so that an interrupted run resumes.
        examples: photos for Figures 8 to 11; by default the first two of the set.
        extent: how much is measured.
        device: "cpu", "cuda" or "auto", which takes a GPU where there is one.
        progress: is given the items of each part, their number and what is done, and passes them on.

    Raises:
        UnseenError: photos, labels, a network or a folder that cannot be used.
    """
    (network,) = load_networks([model], device)
    extent = _fitting(extent or Extent(), network)
    labelled = labelled_photos(photos, network.class_names, network.spec.synsets)[: extent.photos]
    with Notebook(folder, _settings(network, extent, seed)) as notebook:
        bench = Bench(
            network=network,
            reader=network.whole(),
            notebook=notebook,
            extent=extent,
            seed=seed,
            progress=progress,
        )
        samples = [sample(photo) for photo in progress(labelled, len(labelled), "Finding photos")]
        return _told(bench, samples, _found(bench, samples, examples))


def _fitting(extent: Extent, network: Network) -> Extent:
    """No more target classes than a network has beside its best five and the true one."""
    known, taken = len(network.class_names), ClassReplacement.top_k + 1
    if known < taken + 2:
        raise UnseenError(f"{network.name}: knows {known} classes, too few for two targets; name one with {taken + 2}")
    return replace(extent, classes=min(extent.classes, known - taken))


def _settings(network: Network, extent: Extent, seed: int) -> dict[str, Any]:
    """All that a photo's results depend on, beside the photo."""
    spec, source = network.spec, Path(network.spec.source)
    return {
        "lab": "imagenet",
        "model": spec.name,
        "weights": sha256_of(source) if spec.sha256 is None and source.is_file() else spec.sha256,
        "seed": seed,
        "max_iterations": extent.max_iterations,
        "classes": extent.classes,
        "input": list(network.preprocessing.size or (extent.side, extent.side)),
        "device": network.device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What every part measured; rows are one a photo."""

    ours: list[Row]
    best: list[Row]
    uniform: list[Row]
    complexity: list[Row]
    figure12: list[Row]
    carry: Row | None
    cost: Row
    panels: dict[Path, Panels]


def _found(bench: Bench, samples: Sequence[Sample], examples: Sequence[Path]) -> _Found:
    extent = bench.extent
    shown = examples or [each.path for each in samples[:_EXAMPLES]]
    carried = samples[: extent.carried]
    return _Found(
        panels={path: example_panels(bench, path) for path in bench.progress(shown, len(shown), "Examples")},
        ours=protection_rows(bench, samples, paper_replacement(extent), "ours"),
        best=protection_rows(bench, samples, best_replacement(extent), "best"),
        uniform=protection_rows(bench, samples, uniform(extent), "uniform"),
        complexity=complexity_rows(bench, samples),
        figure12=figure12_rows(bench, samples[: extent.figure12_photos]),
        carry=carry_numbers(bench, carried) if len(carried) > 1 else None,
        cost=cost_numbers(bench, samples[: extent.timed]),
    )


def _told(bench: Bench, samples: Sequence[Sample], found: _Found) -> LabReport:
    photos, classes = len(samples), len(bench.network.class_names)
    table3, uniformly = table3_numbers(found.ours, found.best), uniform_numbers(found.uniform)
    figure12, complexity = figure12_numbers(found.figure12), complexity_numbers(found.complexity, found.ours)
    return LabReport(
        title=f"Photos: section 5.2 of {paper_a.NAME}, run again",
        introduction=_introduction(bench, photos),
        sections=(
            table3_section(table3, photos),
            examples_section(found.panels),
            figure12_section(figure12, found.figure12),
            uniform_section(uniformly, photos=photos, classes=classes),
            *([carry_section(found.carry)] if found.carry else []),
            complexity_section(complexity, found.complexity, found.ours),
            cost_section(found.cost),
        ),
        numbers={
            "settings": _settings(bench.network, bench.extent, bench.seed) | _about(bench, photos),
            "table3": table3,
            "examples": [example_numbers(path, panels) for path, panels in found.panels.items()],
            "figure12": figure12,
            "uniform": uniformly,
            "carry": found.carry,
            "complexity": complexity,
            "cost": found.cost,
        },
    )


def _about(bench: Bench, photos: int) -> dict[str, Any]:
    return {
        "photos": photos,
        "figure12_photos": min(photos, bench.extent.figure12_photos),
        "parameters": bench.network.spec.parameters,
        "limit_levels": round(PAPER_EPSILON * LEVELS, 2),
    }


def _introduction(bench: Bench, photos: int) -> tuple[str, ...]:
    spec = bench.network.spec
    height, width = bench.network.preprocessing.size or (bench.extent.side, bench.extent.side)
    return (
        f"{paper_a.NAME} asked whether noise that nobody sees can keep a network from reading photos. Their second "
        f"experiment is on photos of ILSVRC-2012 and {paper_a.IMAGENET_NETWORK}. Here it is run on {photos:,} photos "
        f"and {spec.name.partition('?')[0]} ({spec.parameters / 1e6:.1f} million parameters).",
        "In every table, “paper” is what was printed, “ours” is the paper's method as this project runs it, and "
        f"“best” is the best method that it has, within the same limit of {PAPER_EPSILON * LEVELS:.2f} of 255 levels.",
        "As in the paper, the image is what the network takes in: every photo is first resized and cropped to "
        f"{width}×{height} pixels in 8 bit, as the network's own preprocessing says. Noise is made for that picture, "
        "rounded to whole 8-bit levels, and the rounded picture is what is scored. How photos of full size fare on "
        "their way through a platform is the subject of another experiment, `unseen lab crawl`.",
    )
