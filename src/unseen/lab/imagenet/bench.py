"""What every part of the lab works with, and how it goes through the photos."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from statistics import fmean
from typing import Any, TypeVar

import torch
from torch import Tensor

from unseen.ascent import LANES
from unseen.lab.imagenet.pictures import Sample, read_picture
from unseen.lab.notebook import Notebook
from unseen.models import Network
from unseen.progress import Progress
from unseen.schemes import Among, ClassIndistinguishability, ClassReplacement, Uniform
from unseen.types import Images, Labels, Protected, Scheme

CHUNK = 16
"""Photos that are read, computed and written down together; an interruption costs at most these."""

Iterated = TypeVar("Iterated", ClassReplacement, ClassIndistinguishability, Among, Uniform)
Row = dict[str, Any]
Compute = Callable[[Images, Labels], Sequence[Row]]
"""Pictures (B, 3, h, w) and their classes (B,) -> one row a picture."""


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is measured.

    Attributes:
        photos: at most so many, the first of the set; None is all.
        figure12_photos: photos of Figure 12, which costs fifty times as much a photo as Table 3.
        classes: the largest number of target classes in Figure 12.
        carried: photos whose noise is laid on each other.
        timed: photos whose cost is measured.
        scales: the sides of the pictures that are timed, in sides of the network's own.
        max_iterations: steps a photo may take; None is each method's own number, which is the paper's for class
            replacement.
        side: of the square that photos are squashed to for a network that takes any size.
    """

    photos: int | None = None
    figure12_photos: int = 20
    classes: int = 10
    carried: int = 20
    timed: int = 4
    scales: tuple[float, ...] = (0.5, 0.75, 1.0, 1.25, 1.5)
    max_iterations: int | None = None
    side: int = 224


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every part of the lab works with.

    Attributes:
        network: as it was loaded; its preprocessing makes pictures of photos.
        reader: the same network on such a picture, which it reads as it is.
        notebook: finished work.
    """

    network: Network
    reader: Network
    notebook: Notebook
    extent: Extent
    seed: int
    progress: Progress


def paper_replacement(extent: Extent, lanes: int = LANES) -> ClassReplacement:
    """The paper's Algorithm 1: one random class outside the top five, and the sign of the gradient."""
    return _hurried(ClassReplacement(draws=1, attempts=1, shaping="sign", lanes=lanes), extent)


def paper_sum(extent: Extent) -> ClassIndistinguishability:
    """The paper's Algorithm 2: the sum of two such noises, cut at black and white only."""
    scheme = ClassIndistinguishability(draws=1, attempts=1, shaping="sign", clip="range", lanes=LANES)
    return _hurried(scheme, extent)


def best_replacement(extent: Extent) -> ClassReplacement:
    """Class replacement as `unseen protect` does it, at the paper's limit."""
    return _hurried(ClassReplacement(lanes=LANES), extent)


def joint(extent: Extent, classes: int) -> Among:
    """One noise toward all of the classes at once."""
    return _hurried(Among(targets=classes, lanes=LANES), extent)


def uniform(extent: Extent) -> Uniform:
    """One noise toward no class at all."""
    return _hurried(Uniform(lanes=LANES), extent)


def _hurried(scheme: Iterated, extent: Extent) -> Iterated:
    """The scheme with no more steps than the extent allows."""
    allowed = scheme.max_iterations if extent.max_iterations is None else extent.max_iterations
    return replace(scheme, max_iterations=min(scheme.max_iterations, allowed))


def protected(bench: Bench, scheme: Scheme, images: Images, labels: Labels | None = None) -> Protected:
    """The scheme's result on pictures (B, 3, h, w); without labels the network's own answers are protected."""
    return scheme(images, bench.reader, seed=bench.seed, references=labels)


def rows_once(
    bench: Bench, samples: Sequence[Sample], name: str, compute: Compute, *, doing: str, chunk: int = CHUNK
) -> list[Row]:
    """The row of every sample, in their order; those that a former run finished are read back.

    Args:
        name: of the rows in the notebook.
        doing: what the progress bar says.
        chunk: photos computed together.
    """
    rows = bench.notebook.rows(name)
    missing = [sample for sample in samples if sample.key not in rows.known]

    def finished() -> Iterator[str]:
        for start in range(0, len(missing), chunk):
            together = missing[start : start + chunk]
            images, labels = pictures(bench, together)
            for sample, row in zip(together, compute(images, labels), strict=True):
                rows.append(sample.key, row)
                yield sample.key

    for _ in bench.progress(finished(), len(missing), doing):
        pass
    return [rows.known[sample.key] for sample in samples]


def pictures(bench: Bench, samples: Sequence[Sample]) -> tuple[Images, Labels]:
    """What the network reads of the samples, (B, 3, h, w), and the classes (B,) that are in them, where it computes."""
    images = torch.cat([read_picture(sample.path, bench.network, bench.extent.side) for sample in samples])
    return images, torch.tensor([sample.label for sample in samples], device=images.device)


def page_name(part: str, samples: Sequence[Sample]) -> str:
    """The notebook's page of a part that looks at all of these samples together."""
    digest = sha256("\n".join(sample.key for sample in samples).encode()).hexdigest()[:16]
    return f"{part}-{len(samples)}-{digest}"


def as_rows(columns: Mapping[str, Tensor]) -> list[Row]:
    """One row a photo from columns (B,)."""
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]


def means(rows: Sequence[Mapping[str, Any]]) -> Row:
    """The mean of every column; of truth values, the share that is true."""
    return {name: fmean(row[name] for row in rows) for name in rows[0]}
