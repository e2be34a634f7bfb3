"""DeepFool against Foolbox's and torchattacks': median Euclidean change and seconds an image on the same photos.

All three start from the same weights and the same answers, and end where the network's answer is another one. Every
contender lives in its own process and all take turns. torchattacks asks for the gradients of all 1000 classes at every
step, minutes a photo: it runs once, each photo is kept as it is done, and an interrupted run goes on where it was.
`--peers foolbox 'torchattacks, ten classes'` leaves
it out.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

import task
from machine import describe, peak_memory_mib
from unseen.schemes.deepfool import DeepFool
from worker import OURS, Assignment, load

OURS_IN_8_BIT = f"{OURS}, as released"
TRIAL_PHOTOS = 4  # that tell which batch size suits a peer best
RUNS_ONCE = ("torchattacks",)
_JUDGED_AT_ONCE = 4
_PROCESSES = get_context("spawn")

Attack = Callable[[Any, Tensor, Tensor], Tensor]
"""A network, images (B, 3, H, W) in [0, 1] and their labels (B,) -> images that it reads as something else."""


def ours(network: Any, images: Tensor, labels: Tensor) -> Tensor:
    """The change before rounding, as the peers return it."""
    return images + DeepFool().perturbation(images, network, references=labels).delta


def ours_in_8_bit(network: Any, images: Tensor, labels: Tensor) -> Tensor:
    """The scheme itself, which releases whole levels."""
    return DeepFool()(images, network, references=labels).images


def foolbox(network: Any, images: Tensor, labels: Tensor) -> Tensor:
    """L2DeepFoolAttack with its defaults, which are the paper's: 50 steps, ten candidates, 2 % of overshoot."""
    from foolbox import PyTorchModel
    from foolbox.attacks import L2DeepFoolAttack

    model = PyTorchModel(network, bounds=(0, 1), device="cpu")
    raw, _, _ = L2DeepFoolAttack()(model, images, labels, epsilons=None)
    attacked: Tensor = raw
    return attacked


def torchattacks(network: Any, images: Tensor, labels: Tensor) -> Tensor:
    """DeepFool with its defaults: 50 steps, all classes, 2 % of overshoot; one photo at a time.

    It asks for the photo's gradients alone only where the weights want none: the network is lent to it that way.
    """
    from torchattacks import DeepFool as Theirs

    network.requires_grad_(False)
    attacked: Tensor = Theirs(network)(images, labels)
    return attacked


def torchattacks_of_ten(network: Any, images: Tensor, labels: Tensor) -> Tensor:
    """The same among the ten likeliest classes of each photo, as ours and Foolbox's: a hundred times as fast."""
    parts = zip(images.split(1), labels.split(1), strict=True)
    return torch.cat([torchattacks(Likeliest(network, image), image, torch.zeros_like(own)) for image, own in parts])


class Likeliest(nn.Module):
    """A network that knows only the ten classes that it finds likeliest in one image; the first is its answer."""

    def __init__(self, network: Any, image: Tensor) -> None:
        super().__init__()
        self.network = network
        with torch.no_grad():
            self.classes = network(image)[0].topk(10).indices
        self.eval()  # or torchattacks would leave the network in the mode of training

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(images)[:, self.classes]
        return logits


PEERS: Mapping[str, Attack] = {
    "foolbox": foolbox,
    "torchattacks, ten classes": torchattacks_of_ten,
    "torchattacks": torchattacks,
}
ATTACKS: Mapping[str, Attack] = {OURS: ours, OURS_IN_8_BIT: ours_in_8_bit, **PEERS}


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """One set of pictures against its originals: each one's change and whether the label is not the answer."""

    euclidean: tuple[float, ...]
    fooled: tuple[bool, ...]

    @property
    def success(self) -> float:
        """The share that is read as something else."""
        return sum(self.fooled) / len(self.fooled)

    @property
    def median(self) -> float:
        """Of the Euclidean changes, where one that fools nobody counts as endless."""
        pairs = zip(self.euclidean, self.fooled, strict=True)
        return median(size if fooled else float("inf") for size, fooled in pairs)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One timed run over all photos; sizes in units of [0, 1], as returned and rounded to 8 bit."""

    seconds: float
    returned: Pictures
    rounded: Pictures
    peak_memory_mib: float | None


def answers(assignment: Assignment) -> tuple[int, ...]:
    """What the ordinary network reads in the photos."""
    images, network = _loaded(assignment)
    with torch.no_grad():
        return tuple(int(network(image).argmax()) for image in images.split(1))


def attack(name: str, assignment: Assignment, count: int | None = None) -> Run:
    """Attack the photos, or the first `count`, called as its users call it."""
    images, network = _loaded(replace(assignment, batch_size=None))
    images, labels = images[:count], torch.tensor(assignment.targets)[:count]
    size = assignment.batch_size or len(images)
    start = time.perf_counter()
    parts = zip(images.split(size), labels.split(size), strict=True)
    attacked = torch.cat([ATTACKS[name](network, batch, own) for batch, own in parts])
    return _run(network, images, attacked, labels, time.perf_counter() - start)


def attack_once(name: str, assignment: Assignment, kept: Path) -> Run:
    """The same one photo at a time; what the folder `kept` already has is not made again."""
    images, network = _loaded(replace(assignment, batch_size=None))
    kept.mkdir(parents=True, exist_ok=True)
    attacked, seconds = [], 0.0
    for image, label, path in zip(images.split(1), assignment.targets, assignment.photos, strict=True):
        file = kept / f"{path.stem}.pt"
        if not file.exists():
            start = time.perf_counter()
            made = ATTACKS[name](network, image, torch.tensor([label])).detach().clone()
            torch.save((made, time.perf_counter() - start), file)
            _say(f"{name}: {path.name}")
        one, spent = torch.load(file, weights_only=True)
        attacked, seconds = [*attacked, one], seconds + spent
    return _run(network, images, torch.cat(attacked), torch.tensor(assignment.targets), seconds)


def main() -> None:
    """Let the ordinary network answer, find each peer's best batch size, then let all take turns."""
    options = _options()
    photos = tuple(task.photo_paths(options.photos, options.count))
    packages = dict.fromkeys(peer.partition(",")[0] for peer in options.peers)
    blank = Assignment(contender="ordinary", photos=photos, threads=options.threads)
    with _process() as process:
        labels = process.submit(answers, blank).result()
        machine = process.submit(describe, (OURS, "torch", "timm", "numpy", *packages)).result()
    known = replace(blank, targets=labels)
    teams = {name: (_process(), replace(known, contender=OURS)) for name in (OURS, OURS_IN_8_BIT)}
    teams |= {peer: (_process(), replace(known, contender=peer)) for peer in options.peers}
    for name, (process, assignment) in teams.items():
        if name not in RUNS_ONCE:
            process.submit(attack, name, assignment, 1).result()  # loads and warms up
        if name in PEERS and name not in RUNS_ONCE:
            teams[name] = process, _at_best_batch_size(name, assignment, process, options.batch_sizes)
    runs: dict[str, list[Run]] = {name: [] for name in teams}
    kept = options.output.with_suffix(".photos")
    for number in range(options.rounds):
        for name, (process, assignment) in teams.items():
            if name in RUNS_ONCE and number > 0:
                continue
            work = partial(attack_once, kept=kept) if name in RUNS_ONCE else attack
            runs[name].append(process.submit(work, name, assignment).result())
            _say(f"{name}: {runs[name][-1].seconds / len(photos):.3f} s an image")
    for process, _ in teams.values():
        process.shutdown()
    record = _report(machine, {name: assignment for name, (_, assignment) in teams.items()}, runs)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(record, indent=2) + "\n")
    _say(f"wrote {options.output}")
    print(_markdown(record))


def _at_best_batch_size(
    peer: str, assignment: Assignment, process: ProcessPoolExecutor, sizes: Sequence[int]
) -> Assignment:
    trials = [replace(assignment, batch_size=size) for size in sizes]
    if len(trials) == 1:
        return trials[0]
    return min(trials, key=lambda trial: process.submit(attack, peer, trial, TRIAL_PHOTOS).result().seconds)


@lru_cache(maxsize=1)
def _loaded(assignment: Assignment) -> tuple[Tensor, Any]:
    return load(assignment)


def _run(network: Any, images: Tensor, attacked: Tensor, labels: Tensor, seconds: float) -> Run:
    returned, rounded = (_judged(network, images, one, labels) for one in (attacked, task.to_8_bit(attacked)))
    return Run(seconds=seconds, returned=returned, rounded=rounded, peak_memory_mib=peak_memory_mib())


@torch.no_grad()
def _judged(network: Any, originals: Tensor, images: Tensor, labels: Tensor) -> Pictures:
    read = torch.cat([network(batch).argmax(1) for batch in images.split(_JUDGED_AT_ONCE)])
    sizes = (images - originals).flatten(1).double().norm(dim=1)
    return Pictures(euclidean=tuple(sizes.tolist()), fooled=tuple((read != labels).tolist()))


def _report(
    machine: dict[str, object], teams: Mapping[str, Assignment], runs: Mapping[str, Sequence[Run]]
) -> dict[str, Any]:
    seconds = {name: [run.seconds / len(run.returned.fooled) for run in own] for name, own in runs.items()}
    peers = [name for name in runs if name in PEERS]
    return {
        "benchmark": "deepfool_vs_peers",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "photos": [path.name for path in teams[OURS].photos],
        "machine": machine,
        "contenders": [
            {
                "name": name,
                "batch_size": teams[name].batch_size,
                "seconds_per_image": {"median": median(seconds[name]), "all": seconds[name]},
                "median_l2": _finite(own[-1].returned.median),
                "success": own[-1].returned.success,
                "median_l2_in_8_bit": _finite(own[-1].rounded.median),
                "success_in_8_bit": own[-1].rounded.success,
                "peak_memory_mib": own[-1].peak_memory_mib,
                "returned": asdict(own[-1].returned),
            }
            for name, own in runs.items()
        ],
        "times_faster": min(median(seconds[peer]) for peer in peers) / median(seconds[OURS]) if peers else None,
    }


def _markdown(record: Mapping[str, Any]) -> str:
    header = ("contender", "seconds an image", "median L2", "fooled", "median L2 in 8 bit", "fooled in 8 bit", "batch")
    rows = [
        (
            one["name"],
            f"{one['seconds_per_image']['median']:.3f}",
            _number(one["median_l2"]),
            f"{one['success']:.0%}",
            _number(one["median_l2_in_8_bit"]),
            f"{one['success_in_8_bit']:.0%}",
            str(one["batch_size"] or "own"),
        )
        for one in record["contenders"]
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (header, ("---",) * len(header), *rows))
    faster = record["times_faster"]
    return table if faster is None else f"{table}\n\n**{faster:.1f} times the faster of them.**"


def _number(value: float | None) -> str:
    return "not half fooled" if value is None else f"{value:.4f}"


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None


def _process() -> ProcessPoolExecutor:
    """One process that keeps what it has loaded."""
    return ProcessPoolExecutor(max_workers=1, mp_context=_PROCESSES)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--photos", type=Path, default=task.default_photos(), help="a folder, or a CSV with a file column"
    )
    parser.add_argument("--count", type=int, default=50, help="photos to take from its beginning (50)")
    parser.add_argument("--rounds", type=int, default=3, help="timed runs of every contender but torchattacks (3)")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS), help="all by default")
    parser.add_argument("--batch-sizes", nargs="+", type=int, default=[1, 4], help="Foolbox gets its best of these")
    parser.add_argument("--threads", type=int, help="of torch, for every contender; its own choice by default")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(__file__).parent / "results" / "deepfool_vs_peers.json"
    )
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
