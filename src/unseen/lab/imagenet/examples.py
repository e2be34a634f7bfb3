"""Figures 8 to 11: single photos, their noise, and what the network reads before and after."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from unseen.grid import LEVELS
from unseen.lab import paper_a
from unseen.lab.figures import PhotoPanel, photo_panels
from unseen.lab.imagenet.bench import Bench, Extent, best_replacement, joint, paper_replacement, paper_sum, protected
from unseen.lab.imagenet.pictures import answers, content_hash, read_picture
from unseen.lab.report import Figure, Section, Table, percent
from unseen.photo.photo import Pixels
from unseen.reading import reading
from unseen.report.layout import Reading
from unseen.types import Images, Scheme

TITLES = {
    "replace": {"ours": "Class replacement, the paper's method", "best": "Class replacement, best"},
    "indistinguish": {"ours": "Sum of two classes' noises, the paper's method", "best": "Two classes at once, best"},
}
Panels = Mapping[str, Mapping[str, PhotoPanel]]
"""Scheme -> method -> a photo before and after."""

FIGURES = {"replace": "8 and 9", "indistinguish": "10 and 11"}


def _schemes(extent: Extent) -> dict[str, dict[str, Scheme]]:
    return {
        "replace": {"ours": paper_replacement(extent), "best": best_replacement(extent)},
        "indistinguish": {"ours": paper_sum(extent), "best": joint(extent, 2)},
    }


def example_panels(bench: Bench, path: Path) -> Panels:
    """The panels of one photo, which is judged by the network's own answer on the original.

    Raises:
        PhotoError: no photo, or one that cannot be read.
    """
    schemes = _schemes(bench.extent)

    def released() -> dict[str, Tensor]:
        original = read_picture(path, bench.network, bench.extent.side)
        return {"original": original} | {
            f"{name}-{method}": protected(bench, scheme, original).images
            for name, methods in schemes.items()
            for method, scheme in methods.items()
        }

    images = bench.notebook.tensors_once(f"example-{content_hash(path)}", released)
    readings = _readings(bench, images)
    return {
        name: {
            method: PhotoPanel(
                title=title,
                original=_pixels(images["original"]),
                released=_pixels(images[f"{name}-{method}"]),
                reference=readings["original"].top5[0].label,
                before=readings["original"],
                after=readings[f"{name}-{method}"],
            )
            for method, title in methods.items()
        }
        for name, methods in TITLES.items()
    }


def _readings(bench: Bench, images: Mapping[str, Images]) -> dict[str, Reading]:
    """What the network reads in each picture; the reference is its answer on the original."""
    logits = {name: answers(bench.reader, image)[0] for name, image in images.items()}
    reference = int(logits["original"].argmax())
    return {name: reading(each, reference, bench.network.class_names) for name, each in logits.items()}


def example_numbers(path: Path, panels: Panels) -> dict[str, Any]:
    """The answers of the panels: scheme -> method -> probabilities by class."""
    before = panels["replace"]["ours"].before
    after = {
        scheme: {method: _answers(panel.after) for method, panel in methods.items()}
        for scheme, methods in panels.items()
    }
    return {"file": path.name, "before": _answers(before), **after}


def _answers(read: Reading) -> list[dict[str, Any]]:
    return [{"label": guess.label, "probability": guess.probability} for guess in read.top5]


def examples_section(examples: Mapping[Path, Panels]) -> Section:
    """Two drawings a photo, and the paper's answers beside ours."""
    figures = tuple(
        Figure(
            name=f"example-{number}-{scheme}",
            png=photo_panels(tuple(panels[scheme].values())),
            caption=(
                f"As Figures {FIGURES[scheme]} of the paper, {path.name}: the original, the noise made strong enough "
                "to be seen, and the released photo, each with the network's five best answers. The answer to the "
                "original is marked."
            ),
        )
        for number, (path, panels) in enumerate(examples.items(), 1)
        for scheme in FIGURES
    )
    return Section(
        title="Single photos (Figures 8 to 11)",
        paragraphs=(
            "Class replacement makes the network sure of another class; class indistinguishability leaves it "
            "undecided. The released photo looks like the original, and the noise has to be amplified to be seen at "
            f"all. The paper shows a {paper_a.SWAN} and a {paper_a.MINIBUS}.",
        ),
        tables=(_table(examples),),
        figures=figures,
    )


def _table(examples: Mapping[Path, Panels]) -> Table:
    told = [
        (f"{paper_a.NAME}, Figure {example.figure}", _scheme(example.scheme), _before(example), _listed(example.after))
        for example in paper_a.EXAMPLES
        if example.after
    ]
    ours = [
        (path.name, panel.title, _listed(_pairs(panel.before)[:1]), _listed(_pairs(panel.after)[:3]))
        for path, panels in examples.items()
        for methods in panels.values()
        for panel in methods.values()
    ]
    return Table(
        columns=("photo", "method", "read before", "read after"),
        rows=(*told, *ours),
        caption="What the network reads, with its probability.",
    )


def _scheme(name: str) -> str:
    return {"replace": "CRS", "indistinguish": "CIS"}[name]


def _before(example: paper_a.Example) -> str:
    return example.photo if example.before is None else _listed([(example.photo, example.before)])


def _pairs(read: Reading) -> list[tuple[str, float]]:
    return [(guess.label, guess.probability) for guess in read.top5]


def _listed(answers: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{label} {percent(probability)}" for label, probability in answers)


def _pixels(image: Images) -> Pixels:
    """A picture (1, C, H, W) as uint8 (H, W, C)."""
    pixels: Pixels = image[0].mul(LEVELS).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    return pixels
