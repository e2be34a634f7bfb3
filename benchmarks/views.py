"""How close the views of sharing come to what they stand for, and what they cost beside the network that looks.

    python benchmarks/views.py --labels photos/labels.csv

JPEG is compared with Pillow's encoder on photos, by the mean absolute difference in levels once both are rounded,
beside what the file itself changes. Times are a processor's, of one thread: medians of 15 calls on 4 photos of
299 x 299 pixels; the last column is a step against a network that looks through the view.
"""

import argparse
import io
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import torch
from PIL import Image
from torch import Generator

from unseen import __version__, load_classifier
from unseen.grid import quantise
from unseen.photo import read_photo
from unseen.plan import read_labels
from unseen.types import Images, View
from unseen.views import Blur, Diverse, Jpeg, RandomResize, Sharing, compose

QUALITIES = (50, 75, 90)
TIMED = {
    "none": compose(),
    "JPEG 75": Jpeg(quality_low=75, quality_high=75),
    "blur of 1 pixel": Blur(sigma_low=1.0, sigma_high=1.0),
    "70 % of the size": RandomResize(smallest=0.7, largest=0.7),
    "diverse": Diverse(smallest=0.6),
    "sharing, every step": Sharing(share=1.0, cropped=1.0, reduced=1.0, blurred=1.0, compressed=1.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, help="CSV with a column file, of photos of one size")
    parser.add_argument("--limit", type=int, default=60, help="photos, the first so many")
    options = parser.parse_args()
    torch.set_num_threads(1)
    photos = [read_photo(path).srgb for path in list(read_labels(options.labels))[: options.limit]]
    images = torch.from_numpy(np.stack(photos)).permute(0, 3, 1, 2) / 255
    print(f"unseen {__version__}, torch {torch.__version__}, {len(images)} photos\n")
    print("| quality | view to file | photo to file |\n|---|---|---|")
    for quality in QUALITIES:
        files = torch.stack([saved(image, quality) for image in images])
        view = Jpeg(quality_low=quality, quality_high=quality)
        distances = (levels(quantise(view(images, Generator())), files), levels(images, files))
        print(f"| {quality} | {' | '.join(f'{distance:.2f}' for distance in distances)} |")
    network = load_classifier("lite0")
    print("\n| view | ms | and back | lite0 behind it |\n|---|---|---|---|")
    for name, view in TIMED.items():
        cells = [timed(view, images[:4]), timed(view, images[:4], back=True)]
        cells.append(timed(compose(view, lambda pictures, _: network(pictures)), images[:4], back=True))
        print(f"| {name} | {' | '.join(f'{cell:.1f}' for cell in cells)} |")


def saved(image: Images, quality: int) -> Images:
    file = io.BytesIO()
    Image.fromarray(image.mul(255).round().to(torch.uint8).permute(1, 2, 0).numpy()).save(file, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1) / 255


def levels(some: Images, others: Images) -> float:
    return (some - others).abs().mean().item() * 255


def timed(view: View, images: Images, *, back: bool = False, calls: int = 15) -> float:
    """The median of a view's milliseconds, or of both ways."""
    times = []
    for _ in range(calls):
        pictures = images.clone().requires_grad_(back)
        start = process_time()
        with torch.set_grad_enabled(back):
            seen = view(pictures, Generator())
            if back:
                seen.sum().backward()
        times.append(process_time() - start)
    return median(times) * 1000


if __name__ == "__main__":
    main()
