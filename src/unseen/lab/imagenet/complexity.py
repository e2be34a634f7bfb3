"""Are simple photos harder to protect? Two measures of complexity against what the protection took."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
import torch
from PIL import Image

from unseen.grid import LEVELS
from unseen.lab import paper_a
from unseen.lab.figures import scatter
from unseen.lab.imagenet.bench import Bench, Row, as_rows, rows_once
from unseen.lab.imagenet.pictures import Sample
from unseen.lab.report import Figure, Section, Table, number
from unseen.types import Images, Labels, PerPhoto

MEASURES = {"edges": "edge density", "bytes_per_pixel": "compressed size (bytes a pixel)"}
EFFORTS = {"iterations": "iterations", "mean_abs": "noise"}
_LUMA = (0.299, 0.587, 0.114)


def complexity_rows(bench: Bench, samples: Sequence[Sample]) -> list[Row]:
    """Edge density and compressed size of each photo's picture, once a photo."""

    def compute(images: Images, labels: Labels) -> list[Row]:
        return as_rows({"edges": edge_density(images), "bytes_per_pixel": compressed_size(images)})

    return rows_once(bench, samples, "complexity", compute, doing="Complexity")


def edge_density(images: Images) -> PerPhoto:
    """Mean length of the gradient of the luminance, (B,), in shares of the range from one pixel to the next.

    Args:
        images: (B, 3, H, W) in [0, 1], at least 2 pixels a side.
    """
    luminance = (images * images.new_tensor(_LUMA).view(1, 3, 1, 1)).sum(1)
    down = luminance[:, 1:, :-1] - luminance[:, :-1, :-1]
    across = luminance[:, :-1, 1:] - luminance[:, :-1, :-1]
    return torch.hypot(down, across).mean((1, 2))


def compressed_size(images: Images) -> PerPhoto:
    """Bytes a pixel of the picture as PNG, (B,); images (B, 3, H, W) in [0, 1]."""
    return torch.tensor([_png_bytes(image.permute(1, 2, 0).cpu().numpy()) / image[0].numel() for image in images])


def _png_bytes(picture: np.ndarray) -> int:
    file = BytesIO()
    Image.fromarray(np.rint(picture * LEVELS).astype(np.uint8)).save(file, "PNG")
    return file.tell()


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's correlation of ranks, in [-1, 1]; equal values share their mean rank; None where one is constant."""
    first, second = _ranks(x), _ranks(y)
    if len(x) < 2 or first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, place, count = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: np.ndarray = (last - (count - 1) / 2)[place]
    return ranks


def complexity_numbers(complexity: Sequence[Row], ours: Sequence[Row]) -> Row:
    """The rank correlation of every measure of complexity with every measure of effort, and their means."""
    correlations = {
        measure: {
            effort: rank_correlation([row[measure] for row in complexity], [row[effort] for row in ours])
            for effort in EFFORTS
        }
        for measure in MEASURES
    }
    return {"photos": len(complexity), "rank_correlation": correlations}


def complexity_section(numbers: Row, complexity: Sequence[Row], ours: Sequence[Row]) -> Section:
    """A drawing a measure, and the correlations."""
    correlations: Mapping[str, Mapping[str, float | None]] = numbers["rank_correlation"]
    cells = tuple(
        (name, *("–" if value is None else number(value, 2) for value in correlations[measure].values()))
        for measure, name in MEASURES.items()
    )
    table = Table(
        columns=("", *(f"with {name}" for name in EFFORTS.values())),
        rows=cells,
        caption=(
            f"Rank correlation (Spearman) over {numbers['photos']} photos: 1 if the more complex photo always takes "
            "more, -1 if it always takes less, 0 if complexity tells nothing."
        ),
    )
    figures = (
        _drawing("edges", "iterations", complexity, ours, "iterations"),
        _drawing("bytes_per_pixel", "mean_abs", complexity, ours, "mean absolute change (share of the range)"),
    )
    return Section(
        title="Simple photos and complex ones",
        paragraphs=(
            f"The paper, in its discussion: {paper_a.COMPLEXITY} Complexity is measured on the picture "
            "that the network reads: the mean steepness of its luminance (edge density), and the size of a lossless "
            "file (PNG). The effort is that of the paper's class replacement.",
        ),
        tables=(table,),
        figures=figures,
    )


def _drawing(measure: str, effort: str, complexity: Sequence[Row], ours: Sequence[Row], ylabel: str) -> Figure:
    return Figure(
        name=f"complexity-{effort.replace('_', '-')}",
        png=scatter(
            [row[measure] for row in complexity],
            [row[effort] for row in ours],
            xlabel=MEASURES[measure],
            ylabel=ylabel,
            trend=True,
        ),
        caption=f"One point a photo: {MEASURES[measure]} against the {EFFORTS[effort]} that its protection took.",
    )
