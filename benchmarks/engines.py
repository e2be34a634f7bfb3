"""What a cluster costs on one machine: threads beside Ray, with the same photos and settings.

python benchmarks/engines.py FOLDER [--photos 300] [--rounds 3] [--scheme crop|replace] [--workers 2] [-o results.json]

Each round protects the same photos of FOLDER twice, from files to new files: by threads (`--engine local`)
and by a Ray cluster of this machine alone (`--engine ray`), against lite0, a core a photo as the command does. The
ratio is Ray's rate by that of threads, taken within a round; the order changes from round to round. The cluster is
started before, which is timed on its own. Its workers start anew in every run of the command, and so in every round; so
each round does one photo alone as well, and a second ratio is that of the rates beyond it: photos but one, by the
seconds that they took longer. A machine that does anything else meanwhile makes all of this worthless.
"""

import argparse
import itertools
import sys
import time
from pathlib import Path

import unseen  # noqa: F401 - before torch, whose threads it tells how long to wait for each other

# isort: split
import torch

from batch import seconds_for
from result import give, spread
from unseen.batch import WORKERS, Local
from unseen.batch.cluster import Cluster, Ray, joined
from unseen.plan import photos_in
from unseen.protect import Protection, load_networks
from unseen.schemes import ClassReplacement, Crop, Unchanged

RATIOS = {"ratio": "rate", "ratio beyond one": "rate beyond one"}


def compared(photos: list[Path], protection: Protection, cluster: Cluster, number: int, workers: int | None) -> dict:
    """One round."""
    engines = {"local": lambda: Local(WORKERS), "ray": lambda: Ray(cluster, workers, "cpu")}
    found: dict = {}
    for name in ("local", "ray")[:: 1 if number % 2 == 0 else -1]:
        one, every = (seconds_for(some, protection, engines[name]()) for some in (photos[:1], photos))
        found[name] = {
            "seconds for one": one,
            "seconds for all": every,
            "rate": len(photos) / every,
            "rate beyond one": (len(photos) - 1) / (every - one),
        }
    for ratio, rate in RATIOS.items():
        found[ratio] = found["ray"][rate] / found["local"][rate]
    print(found, file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scheme", choices=["crop", "replace"], default="replace")
    parser.add_argument("--workers", type=int, help="of Ray, at most")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    photos = list(itertools.islice(photos_in(options.folder, apart=None, copies=True), options.photos))
    networks = load_networks(["lite0"], "cpu")
    cropping = Protection(scheme=Unchanged(), pictures=(Crop(),), surrogates=networks, lanes=1)
    replacing = Protection(scheme=ClassReplacement(epsilon=8 / 255), surrogates=networks, lanes=1)
    protection = cropping if options.scheme == "crop" else replacing
    torch.set_num_threads(1)
    seconds_for(photos[:8], protection, Local(WORKERS))  # warms up
    started = time.perf_counter()
    with joined(None) as cluster:
        starting = time.perf_counter() - started
        rounds = [compared(photos, protection, cluster, number, options.workers) for number in range(options.rounds)]
        started = time.perf_counter()
    ratios = {name: [one[name] for one in rounds] for name in RATIOS}
    result = {
        "photos": len(photos),
        "scheme": options.scheme,
        "threads": torch.get_num_threads(),
        "cores": cluster.all_cores,
        "seconds to start the cluster": starting,
        "seconds to end it": time.perf_counter() - started,
        "rounds": rounds,
        **{name: spread(found) for name, found in ratios.items()},
    }
    give(result, options.output)


if __name__ == "__main__":
    main()
