"""What a protected photo costs, against the size of the picture and the size of the network."""

import time
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import nn

from unseen.lab import paper_a
from unseen.lab.figures import scatter
from unseen.lab.imagenet.bench import Bench, Row, page_name, paper_replacement
from unseen.lab.imagenet.pictures import Sample, read_picture
from unseen.lab.report import Figure, Section, Table, number
from unseen.models import Network, load_classifier
from unseen.models.embedded import EMBEDDED
from unseen.types import Images, Scheme

AXES = {"pixels": "pixels of the picture", "parameters": "parameters", "layers": "layers"}


def cost_numbers(bench: Bench, samples: Sequence[Sample]) -> Row:
    """Time and iterations of the paper's class replacement, one photo at a time.

    `by_input` has the network at several sizes of the picture; `by_parameters` the networks that come with unseen at
    one size, and nothing where another network is asked for; `lines` the straight line of least squares through each.
    """
    return dict(bench.notebook.once(page_name("cost", samples), lambda: _numbers(bench, samples)))


def _numbers(bench: Bench, samples: Sequence[Sample]) -> Row:
    own = max(bench.network.preprocessing.size or (bench.extent.side,))
    sides = sorted({max(1, round(own * scale / 32)) * 32 for scale in bench.extent.scales})
    embedded = list(EMBEDDED) if bench.network.name.partition("?")[0] in EMBEDDED else []
    by_input = [
        _timed(bench, network, side, samples)
        for side in bench.progress(sides, len(sides), "Timing sizes")
        if (network := _at_side(bench, side)) is not None
    ]
    by_parameters = [
        _timed(bench, load_classifier(with_size(name, own), device=bench.network.device.type), own, samples)
        for name in bench.progress(embedded, len(embedded), "Timing networks")
    ]
    fits = {axis: straight_line(by_input if axis == "pixels" else by_parameters, axis) for axis in AXES}
    return {"photos": len(samples), "by_input": by_input, "by_parameters": by_parameters, "lines": fits}


def with_size(model: str, side: int) -> str:
    """A network's name with another size of its input."""
    base, _, query = model.partition("?")
    others = [option for option in query.split("&") if option and not option.startswith("size=")]
    return f"{base}?{'&'.join([*others, f'size={side}'])}"


def _at_side(bench: Bench, side: int) -> Network | None:
    """The network for pictures of another size, or None where its architecture allows none."""
    if bench.network.preprocessing.size is None:
        return bench.network
    try:
        network = load_classifier(with_size(bench.network.name, side), device=bench.network.device.type)
        network(torch.zeros(1, 3, side, side))
    except Exception:  # architectures of a single size refuse others in many ways
        return None
    return network


def _timed(bench: Bench, network: Network, side: int, samples: Sequence[Sample]) -> Row:
    """What photos cost one by one, after a first that does not count; a step's time is that of the fastest photo."""
    reader, scheme = network.whole(), paper_replacement(bench.extent, lanes=1)
    images = [read_picture(sample.path, network, side) for sample in samples]
    scheme(images[0], reader, seed=bench.seed)
    seconds, iterations = zip(*(_clocked(scheme, image, reader, bench.seed) for image in images), strict=True)
    return {
        "model": network.name,
        "side": side,
        "pixels": side * side,
        "parameters": network.spec.parameters,
        "layers": sum(isinstance(module, nn.Conv2d | nn.Linear) for module in network.body.modules()),
        "iterations": fmean(iterations),
        "seconds": fmean(seconds),
        "seconds_a_step": min(spent / max(1, steps) for spent, steps in zip(seconds, iterations, strict=True)),
    }


def _clocked(scheme: Scheme, image: Images, reader: Network, seed: int) -> tuple[float, int]:
    """Seconds and iterations of one photo."""
    started = time.perf_counter()
    iterations = int(scheme(image, reader, seed=seed).iterations)  # waits for a GPU
    return time.perf_counter() - started, iterations


def straight_line(points: Sequence[Mapping[str, Any]], axis: str) -> dict[str, float] | None:
    """seconds_a_step = base + slope * axis by least squares, and R²; None for fewer than three different points."""
    x, y = (np.array([point[name] for point in points], dtype=float) for name in (axis, "seconds_a_step"))
    if len(np.unique(x)) < 3 or y.std() == 0:
        return None
    slope, base = np.polyfit(x, y, 1)
    residuals = y - base - slope * x
    return {
        "slope": float(slope),
        "base": float(base),
        "r_squared": float(1 - (residuals**2).sum() / ((y - y.mean()) ** 2).sum()),
    }


def cost_section(numbers: Mapping[str, Any]) -> Section:
    """Tables and drawings of what is linear and what is not."""
    by_input, by_parameters = numbers["by_input"], numbers["by_parameters"]
    drawings = [_drawing(by_input, "pixels", [f"{point['side']} px" for point in by_input])]
    if by_parameters:
        drawings.append(
            _drawing(by_parameters, "parameters", [point["model"].partition("?")[0] for point in by_parameters])
        )
    return Section(
        title="What it costs",
        paragraphs=(
            f"The paper, in its discussion: {paper_a.COST} Measured with the paper's class replacement on "
            f"{numbers['photos']} photos, one at a time: what is compared is the time of one step, because the "
            "number of steps is another matter.",
            " ".join(_told(axis, fit) for axis, fit in numbers["lines"].items()),
        ),
        tables=(_table(by_input + by_parameters),),
        figures=tuple(drawings),
    )


def _told(axis: str, fit: Mapping[str, float] | None) -> str:
    if fit is None:
        return f"Over the {AXES[axis]} too few different ones were timed for a straight line."
    return f"A straight line explains {fit['r_squared']:.1%} of the variance (R²) over the {AXES[axis]}."


def _table(points: Sequence[Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            point["model"].partition("?")[0],
            f"{point['side']}×{point['side']}",
            f"{point['parameters'] / 1e6:.2f} M",
            str(point["layers"]),
            number(point["iterations"], 1),
            number(point["seconds"], 3),
            number(1000 * point["seconds_a_step"], 1),
        )
        for point in points
    )
    columns = ("network", "picture", "parameters", "layers", "iterations", "seconds a photo", "milliseconds a step")
    return Table(columns=columns, rows=rows, caption="Layers are convolutions and fully connected ones.")


def _drawing(points: Sequence[Mapping[str, Any]], axis: str, labels: Sequence[str]) -> Figure:
    unit, divisor = {"pixels": ("thousand pixels", 1e3), "parameters": ("million parameters", 1e6)}[axis]
    return Figure(
        name=f"cost-{axis}",
        png=scatter(
            [point[axis] / divisor for point in points],
            [1000 * point["seconds_a_step"] for point in points],
            xlabel=unit,
            ylabel="milliseconds a step",
            labels=labels,
            trend=True,
        ),
        caption=f"The time of one step against the {AXES[axis]}, and the straight line of least squares.",
    )
