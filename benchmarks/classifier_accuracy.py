"""How many labelled photos classifiers recognise: centre crop of 87.5 %, centre crop of 100 %, whole photo squashed.

    python benchmarks/classifier_accuracy.py --labels photos/labels.csv --model lite0 --model lite1

`labels.csv` has a column `file`, relative to itself, and a column `label`: class indices, joined by `;` where several
are right. Photos are resized in 8 bit, as crawlers do. Prints a Markdown table.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from unseen.models import Network, Preprocessing, load_classifier

USUAL_CROP = 0.875
BATCH = 16
Row = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, metavar="CSV")
    parser.add_argument("--model", action="append", metavar="NAME", help="default: lite0, lite1 and lite2")
    arguments = parser.parse_args()
    with arguments.labels.open(newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"Top-1 on {len(rows)} photos of {arguments.labels}\n")
    print("| model | input | centre crop of 87.5 % | centre crop of 100 % | whole photo, squashed |")
    print("|---|---|---|---|---|")
    for name in arguments.model or ["lite0", "lite1", "lite2"]:
        network = load_classifier(name)
        own = network.preprocessing
        if not isinstance(own, Preprocessing):
            parser.error(f"{name} prepares its photos itself: there are no crops to compare")
        cells = [name, f"{own.size[0]}x{own.size[1]}", *shares(network, own, rows, arguments.labels.parent)]
        print(f"| {' | '.join(cells)} |", flush=True)


def shares(network: Network, own: Preprocessing, rows: Sequence[Row], folder: Path) -> list[str]:
    """The share of photos recognised with each of the three croppings, in per cent."""
    usual = replace(own, crop_fraction=USUAL_CROP, crop_mode="center")
    views = [usual, replace(usual, crop_fraction=1.0), own.whole()]
    recognised = [0] * len(views)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        photos = [read(folder / row["file"]) for row in batch]
        for index, view in enumerate(views):
            with torch.inference_mode():
                answers = network.body(torch.cat([view(photo) for photo in photos])).argmax(1).tolist()
            recognised[index] += sum(
                str(answer) in row["label"].split(";") for answer, row in zip(answers, batch, strict=True)
            )
    return [f"{count / len(rows):.1%}" for count in recognised]


def read(path: Path) -> Tensor:
    """Bytes (1, 3, H, W)."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]


if __name__ == "__main__":
    main()
