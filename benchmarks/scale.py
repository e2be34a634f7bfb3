"""What many photos cost: measured on this machine, and reckoned from that for a million and a billion.

    python benchmarks/scale.py FOLDER [--photos 64] [-o results.json]

For each way of protecting: the arithmetic of one photo, every question to a network included, as torch counts it; and
photos a second of `unseen protect FOLDER -o OUT`, from file to file, but without the brief look at copies as they are
shared, which the command takes as well. Besides, this machine's rate of matrix products, the seconds of a core that go
into a photo but not into a network, and the bytes that a photo and its copy take.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import unseen  # noqa: F401 - before torch, whose threads it tells how long to wait for each other

# isort: split
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from batch import batch_rate
from machine import describe, gemm_rate
from result import give
from unseen.batch import WORKERS
from unseen.photo import encode, encodings, read_photo, read_photo_bytes
from unseen.plan import Job, photos_in
from unseen.protect import Protection, load_networks, protect_photos
from unseen.schemes import ClassReplacement, Shield

COUNTED = 4
"""Photos whose arithmetic is counted."""


def ways() -> dict[str, Protection]:
    """By name, with the networks that judge by default."""
    held_out = load_networks(["lite2"], "cpu")
    both, one = load_networks(["lite0", "lite1"], "cpu"), load_networks(["lite0"], "cpu")
    return {
        "shield": Protection(scheme=Shield(epsilon=8 / 255), surrogates=both, held_out=held_out),
        "replace": Protection(scheme=ClassReplacement(epsilon=8 / 255), surrogates=one, held_out=held_out),
    }


class Counting(TorchDispatchMode):
    """Adds up the operations of all that runs within it; torch's own counter also follows modules, which fails here."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        self.total += count(*args, **(kwargs or {}), out_val=found) if count else 0
        return found


def gflop_a_photo(photos: Sequence[Path], protection: Protection) -> float:
    """Of all networks, from the first look to the last check."""
    with tempfile.TemporaryDirectory() as folder, Counting() as counter:
        jobs = [Job(source=photo, target=Path(folder, photo.name)) for photo in photos]
        outcomes = list(protect_photos(jobs, replace(protection, lanes=1)))
    assert all(outcome.problem is None for outcome in outcomes)
    return counter.total / 1e9 / len(outcomes)


def file_costs(photos: Sequence[Path]) -> dict[str, float]:
    """Means of one core's seconds to decode a photo, encode it and decode it again, and of bytes in and out."""
    costs = []
    for path in photos:
        started = time.perf_counter()
        photo = read_photo(path)
        data = encode(photo, photo.pixels, format=photo.format, encoding=encodings(photo, photo.format, None)[0])
        read_photo_bytes(data, path)
        costs.append((time.perf_counter() - started, path.stat().st_size, len(data)))
    seconds, read, written = (statistics.mean(column) for column in zip(*costs, strict=True))
    return {"seconds": seconds, "bytes read": read, "bytes written": written}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=64)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    photos = list(itertools.islice(photos_in(options.folder, apart=None, copies=True), options.photos))
    result = {
        "machine": describe(["torch"]),
        "photos": len(photos),
        "workers": WORKERS,
        "gemm GFLOP/s": gemm_rate().gflops,
        "files": file_costs(photos),
    }
    for name, protection in ways().items():
        batch_rate(photos[:4], protection, WORKERS)  # warms up
        rate = batch_rate(photos, protection, WORKERS)
        gflop = gflop_a_photo(photos[:COUNTED], protection)
        result[name] = {
            "photos a second": rate,
            "GFLOP a photo": gflop,
            "share of the matrix rate": rate * gflop / result["gemm GFLOP/s"],
            "photos an hour": 3600 * rate,
            "hours for a million": 1e6 / 3600 / rate,
        }
    give(result, options.output)


if __name__ == "__main__":
    main()
