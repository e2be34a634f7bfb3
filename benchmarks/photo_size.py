"""What a photo's size costs: seconds beyond decoding and encoding, and peak memory, as a Markdown table.

python benchmarks/photo_size.py

The photos are scikit-image's `coffee`, enlarged, with grain laid on, as JPEG of quality 92: no camera made them. Each
row is the median over `--rounds` runs of class replacement of `--photos` of them, one at a time; the memory is
that of `unseen protect --scheme replace` in a process of its own, on one such photo and on all of them.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import skimage.data
from PIL import Image

from unseen.plan import Job
from unseen.protect import Protection, load_networks, opening, protect_photos, saving
from unseen.schemes import ClassReplacement

SIZES = ((1224, 816), (2448, 1632), (4244, 2828))
"""1, 4 and 12 megapixels in the 3:2 of the photo."""

MEMORY = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-c", "from unseen.cli import main; main()",
                "protect", "--scheme", "replace", *sys.argv[1:]],
               check=False, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of one photo."""

    total: float
    coding: float
    iterations: int

    @property
    def beyond(self) -> float:
        """Without decoding and encoding."""
        return self.total - self.coding


def enlarged(path: Path, size: tuple[int, int], seed: int = 0) -> Path:
    """Coffee of that size, with grain, as JPEG."""
    picture = Image.fromarray(skimage.data.coffee()).resize(size, Image.Resampling.BICUBIC)
    grain = np.random.default_rng(seed).integers(-3, 4, (size[1], size[0], 3), dtype=np.int16)
    pixels = np.clip(np.asarray(picture, dtype=np.int16) + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=92)
    return path


@contextlib.contextmanager
def stopwatch(module: Any, *names: str) -> Iterator[list[float]]:
    """The seconds that calls of a module's functions take."""
    spent: list[float] = []

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            result = function(*arguments, **options)
            spent.append(time.perf_counter() - started)
            return result

        return call

    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(patch.object(module, name, timed(getattr(module, name))))
        yield spent


def cost(photo: Path, protection: Protection, folder: Path) -> Cost:
    """Protect one photo and take the time."""
    with stopwatch(opening, "read_photo") as reading, stopwatch(saving, "encode", "read_photo_bytes") as coding:
        started = time.perf_counter()
        (outcome,) = protect_photos([Job(source=photo, target=folder / photo.name)], protection)
        total = time.perf_counter() - started
    return Cost(total=total, coding=sum(reading) + sum(coding), iterations=outcome.row.iterations or 0)


def peak_megabytes(paths: list[Path], folder: Path) -> float:
    """The largest resident size of `unseen protect` on some photos."""
    command = [sys.executable, "-c", MEMORY, *map(str, paths), "-o", str(folder)]
    kibibytes = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return kibibytes * 1024 / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photos", type=int, default=4, help="photos of each size")
    options = parser.parse_args()
    protection = Protection(
        scheme=ClassReplacement(epsilon=8 / 255),
        surrogates=load_networks(["lite0", "lite1"], "cpu"),
        held_out=load_networks(["lite2"], "cpu"),
        lanes=1,
    )
    count = options.photos
    columns = ("photo", "seconds", "decoding and encoding", "beyond that", "against 1 megapixel", "steps")
    memories = ("peak memory, one photo", f"peak memory, {count} photos")
    print(f"| {' | '.join(columns + memories)} |")
    print("|---" * len(columns + memories) + "|")
    smallest = None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for size in SIZES:
            photos = [enlarged(folder / f"{size[0]}-{seed}.jpg", size, seed) for seed in range(count)]
            cost(photos[0], protection, folder / f"warm-{size[0]}")
            runs = [
                cost(photo, protection, folder / f"{size[0]}-{number}")
                for number in range(options.rounds)
                for photo in photos
            ]
            total, coding, beyond = (
                statistics.median(getattr(run, field) for run in runs) for field in ("total", "coding", "beyond")
            )
            smallest = smallest or beyond
            alone = peak_megabytes(photos[:1], folder / f"alone-{size[0]}")
            several = peak_megabytes(photos, folder / f"several-{size[0]}")
            name = f"{size[0]}×{size[1]} ({size[0] * size[1] / 1e6:.0f} MP)"
            steps = statistics.mean(run.iterations for run in runs)
            seconds = (f"{total:.2f}", f"{coding:.2f}", f"{beyond:.2f}", f"{beyond / smallest:.2f}")
            cells = (name, *seconds, f"{steps:.1f}", f"{alone:.0f} MB", f"{several:.0f} MB")
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
