"""What each strength buys, and what it costs the eye: `--strength low`, `medium` and `high` as points on a curve.

    python benchmarks/strength.py --labels labels.csv --weights weights -o results-strength --plot docs/strength.png

Photos are protected and judged as `ablation.py` does it. Beside `shield` stands sign noise: iterated FGSM with the same
number of gradients and the limit everywhere, on fewer photos. How visible a change is, is told by LPIPS, SSIM,
PSNR and CIEDE2000 (mean over the pixels; 1 is about what an eye can just tell apart). The last line says how visible
sign noise is where it protects as well as `medium` does the same photos, read off between the points of its curve.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

from ablation import folder_of, measured
from heldout import SHARES, held_out, ready
from unseen import __version__, load_classifier
from unseen.catalogue import DEFAULT_STRENGTH, STRENGTHS
from unseen.lab.figures.frame import HEIGHT, finished
from unseen.lab.figures.style import looks, sheet
from unseen.photo import read_photo

SIGN = "shield?epsilon={0}&calm={0}&branches=1&knee=0&smallest=1&meaning=0&shaping=sign&extra_steps=0"
HEADS = ("change", "photos", "file", "small", "same meaning, file", "SSIM", "PSNR", "LPIPS", "CIEDE2000", "seconds")
Point = Mapping[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, help="CSV with the columns file,label (an index)")
    parser.add_argument("--weights", type=Path, required=True, help="of the networks that judge")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=300, help="photos for medium, the first so many")
    parser.add_argument("--limit-beside", type=int, default=100, help="the same for low and high")
    parser.add_argument("--limit-sign", type=int, default=40, help="the same for sign noise")
    parser.add_argument("--plot", type=Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    labels = ready(options.labels, options.weights)
    networks = tuple(load_classifier(name) for name in ("lite0", "lite1"))
    print(f"lite0 and lite1, unseen {__version__}\n\n| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    curves: dict[str, dict[str, Point]] = {"shield": {}, "sign noise": {}}
    for kind, way in (("shield", "shield?epsilon={}"), ("sign noise", SIGN)):
        for strength, levels in STRENGTHS.items():
            limit = options.limit if strength == DEFAULT_STRENGTH else options.limit_beside
            chosen = dict(list(labels.items())[: options.limit_sign if kind == "sign noise" else limit])
            name = way.format(round(levels))
            rows = measured(name, chosen, networks, options.weights, options.output)
            point = _point(rows, list(held_out(options.weights)), chosen, options.output / folder_of(name))
            curves[kind][strength] = point
            told = f"`{strength}`, {levels:g} levels" if kind == "shield" else f"sign noise, {levels:g} levels"
            print(f"| {told} | {len(rows)} | {' | '.join(_cells(point))} |", flush=True)
    options.plot.write_bytes(_plot(curves))
    few = dict(list(labels.items())[: options.limit_sign])
    name = f"shield?epsilon={round(STRENGTHS[DEFAULT_STRENGTH])}"
    rows = measured(name, few, networks, options.weights, options.output)
    medium = _point(rows, list(held_out(options.weights)), few, options.output / folder_of(name))
    alike = at_equal([(point["file"], point["lpips"]) for point in curves["sign noise"].values()], medium["file"])
    told = "is beyond these limits" if alike is None else f"has an LPIPS of {alike:.3f}"
    print(f"\nOn {len(few)} photos medium leaves {medium['file']:.1%} at an LPIPS of {medium['lpips']:.3f};")
    print(f"sign noise that does so, too, {told}.")


def at_equal(points: Sequence[tuple[float, float]], share: float) -> float | None:
    """The second numbers of (share, number) points, between them, where the first is `share`; None outside of them."""
    known = sorted(points)
    if not known[0][0] <= share <= known[-1][0]:
        return None
    return float(np.interp(share, [one for one, _ in known], [other for _, other in known]))


def _point(
    rows: Sequence[Mapping[str, Any]], networks: Sequence[str], labels: Mapping[Path, str], copies: Path
) -> Point:
    shares = {key: fmean(fmean(row[f"{key}/{name}"] for row in rows) for name in networks) for key in SHARES}
    seen = {key: fmean(row[key] for row in rows) for key in ("ssim", "psnr", "lpips", "seconds")}
    return {**shares, **seen, "ciede": fmean(_ciede(path, copies / f"{path.stem}.png") for path in labels)}


def _ciede(original: Path, copy: Path) -> float:
    before, after = (rgb2lab(np.asarray(read_photo(path).srgb) / 255) for path in (original, copy))
    return float(deltaE_ciede2000(before, after).mean())


def _cells(point: Point) -> tuple[str, ...]:
    return (
        *(f"{point[key]:.1%}" for key in SHARES),
        f"{point['ssim']:.3f}",
        f"{point['psnr']:.1f}",
        f"{point['lpips']:.3f}",
        f"{point['ciede']:.2f}",
        f"{point['seconds']:.1f}",
    )


def _plot(curves: Mapping[str, Mapping[str, Point]]) -> bytes:
    with sheet(HEIGHT) as figure:
        axes = figure.subplots()
        for (kind, points), look in zip(curves.items(), looks(curves), strict=True):
            across, up = ([point[key] for point in points.values()] for key in ("lpips", "file"))
            axes.plot(across, up, look.line, label=kind, color=look.edge, marker=look.marker, markerfacecolor=look.fill)
            for strength, point in points.items():
                told = strength if kind == "shield" else f"{STRENGTHS[strength]:g} levels"
                axes.annotate(told, (point["lpips"], point["file"]), xytext=(6, 6), textcoords="offset points")
        axes.set_ylim(bottom=0)
        return finished(
            figure,
            axes,
            xlabel="how different the copy looks (LPIPS)",
            ylabel="still read by held-out networks",
            percent=True,
            named=True,
        )


if __name__ == "__main__":
    main()
