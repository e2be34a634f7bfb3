"""How far a colour grade hides labelled photos, alone and under noise: a Markdown table and a sheet of 24 to look at.

    python benchmarks/enhance.py --labels photos/labels.csv -o results-enhance

Every photo is protected as `unseen protect --scheme WAY --model lite0 --format png` does it in a folder, and the copy
is read again. The folder gets the copies, `enhance.json` with a row for each photo, written after every
chunk, so that an interrupted run goes on where it was, and `enhance.png`: originals, each with its copy to the right.
"""

import argparse
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from PIL import Image

from unseen import __version__, load_classifier
from unseen.catalogue import way_named
from unseen.lab.files import write_over
from unseen.metrics.appeal import colourfulness, contrast
from unseen.models import Network
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.plan import Job, plan, read_labels
from unseen.protect import Protection, protect_photos, settings_of
from unseen.protect.making import CHUNK_PHOTOS
from unseen.report import PhotoRow

WAYS = ("enhance", "enhance+uniform?epsilon=4")
SHOWN, COLUMNS, SIDE = 24, 4, 232
"""Photos on the sheet, pairs in a row, and pixels a side of each."""
HEADS = (
    "way",
    "photos",
    "true label first, before",
    "after",
    "ICP before",
    "after",
    "ICE after",
    "SSIM, mean",
    "lowest",
    "clipped before",
    "after",
    "colourfulness",
    "contrast",
    "steps",
)
Row = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, help="CSV with the columns file,label")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=300, help="photos, the first so many")
    parser.add_argument("--model", default="lite0")
    parser.add_argument("--ways", nargs="+", default=WAYS, help=f"default: {' '.join(WAYS)}")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    labels = dict(list(read_labels(arguments.labels).items())[: arguments.limit])
    network = load_classifier(arguments.model)
    print(f"{len(labels)} photos, {arguments.model}, unseen {__version__}\n")
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for way in arguments.ways:
        rows = protected(way, labels, network, arguments.output)
        print(f"| {' | '.join(told(way, rows))} |", flush=True)
    write_over(arguments.output / "enhance.png", sheet(list(labels), arguments.output / folder_of(arguments.ways[0])))


def protected(way: str, labels: Mapping[Path, str], network: Network, output: Path) -> list[Row]:
    """One row a photo; those that the file has already are not made again."""
    pictures, scheme = way_named(way, {})
    protection = Protection(scheme=scheme, pictures=pictures, surrogates=(network,), format="png")
    settings = json.loads(json.dumps({"version": __version__, **settings_of(protection)}))
    record = output / "enhance.json"
    ways = json.loads(record.read_text()) if record.exists() else {}
    known = ways.setdefault(way, {"settings": settings, "rows": {}})
    if known["settings"] != settings:
        raise SystemExit(f"{record}: holds {way} with other settings; give another -o")
    missing = [job for job in jobs(labels, output / folder_of(way)) if job.source.name not in known["rows"]]
    for start in range(0, len(missing), CHUNK_PHOTOS):
        chunk = missing[start : start + CHUNK_PHOTOS]
        for job in chunk:
            job.target.unlink(missing_ok=True)  # what a killed run wrote without its row
        for outcome in protect_photos(chunk, protection):
            known["rows"][Path(outcome.row.input).name] = row_of(outcome.row)
        write_over(record, json.dumps(ways, indent=1).encode())
    return [known["rows"][source.name] for source in labels]


def jobs(labels: Mapping[Path, str], folder: Path) -> Iterable[Job]:
    """What is to be protected, and where the copies go."""
    return (replace(job, label=labels[job.source]) for job in plan(labels, folder, {}))


def folder_of(way: str) -> str:
    """A folder's name for a way."""
    return way.replace("?", "-").replace("&", "-").replace("=", "")


def row_of(row: PhotoRow) -> Row:
    """What the table needs of a photo; clipped is the share of colour values that are 0 or 255."""
    if row.error or row.output is None or row.change is None:
        raise SystemExit(row.error)
    (model,) = row.models
    before, after = read_photo(row.input).srgb, read_photo(row.output).srgb
    return {
        "before": model.before.top5[0].label == model.reference,
        "after": model.after.top5[0].label == model.reference,
        "icp_before": model.before.icp,
        "icp_after": model.after.icp,
        "ice_after": model.after.ice,
        "ssim": row.change.ssim,
        "clipped_before": clipped(before),
        "clipped_after": clipped(after),
        "colourfulness": [measured(colourfulness, pixels) for pixels in (before, after)],
        "contrast": [measured(contrast, pixels) for pixels in (before, after)],
        "iterations": row.iterations,
    }


def clipped(pixels: Pixels) -> float:
    return float(np.mean((pixels == 0) | (pixels == 255)))


def measured(measure: Any, pixels: Pixels) -> float:
    return float(measure(torch.from_numpy(pixels).permute(2, 0, 1)[None]))


def told(way: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """The cells of a way's line, in the order of `HEADS`."""
    mean = {key: fmean(row[key] for row in rows) for key in rows[0] if not isinstance(rows[0][key], list)}
    looks = {
        key: " → ".join(f"{fmean(row[key][side] for row in rows):.1f}" for side in (0, 1))
        for key in ("colourfulness", "contrast")
    }
    return (
        f"`{way}`",
        str(len(rows)),
        f"{mean['before']:.1%}",
        f"{mean['after']:.1%}",
        f"{mean['icp_before']:.2%}",
        f"{mean['icp_after']:.2%}",
        f"{mean['ice_after']:.3f}",
        f"{mean['ssim']:.3f}",
        f"{min(row['ssim'] for row in rows):.3f}",
        f"{mean['clipped_before']:.2%}",
        f"{mean['clipped_after']:.2%}",
        looks["colourfulness"],
        looks["contrast"],
        f"{mean['iterations']:.1f}",
    )


def sheet(sources: Sequence[Path], copies: Path) -> bytes:
    """PNG of photos picked at even distances, each beside its copy."""
    picked = sources[:: max(1, len(sources) // SHOWN)][:SHOWN]
    rows = math.ceil(len(picked) / COLUMNS)
    page = Image.new("RGB", (COLUMNS * (2 * SIDE + 12), rows * (SIDE + 12)), "white")
    for number, source in enumerate(picked):
        left, top = number % COLUMNS * (2 * SIDE + 12), number // COLUMNS * (SIDE + 12)
        for offset, path in ((0, source), (SIDE, copies / source.name)):
            with Image.open(path) as photo:
                page.paste(photo.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS), (left + offset, top))
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
