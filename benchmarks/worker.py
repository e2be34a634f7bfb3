"""What runs in a process of its own: one contender, whose imports, network and peak of memory belong to nobody else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import torch
from torch import Tensor, nn

from machine import GemmRate, describe, gemm_rate, peak_memory_mib, step_gflop
from peers import PEERS
from task import (
    LIMIT,
    MAX_ITERATIONS,
    REQUIRED_SCORE,
    SEED,
    STEP,
    AttackedNetwork,
    Verdict,
    judge,
    ordinary_network,
    our_network,
    read_images,
    to_8_bit,
)
from unseen import ClassReplacement
from unseen.models import Network

OURS = "unseen"


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What one process is to do.

    Attributes:
        contender: OURS or the name of a peer.
        photos: files to read.
        targets: one class a photo; none for us, who draw them.
        steps: none for us, who stop by ourselves.
        batch_size: none for us.
        threads: of torch; none for torch's own choice.
        lend_network: give a peer our folded network in place of the ordinary one.
        draws: random classes of which ours takes the least unlikely as its target; 1 is the paper's plain draw.
    """

    contender: str
    photos: tuple[Path, ...]
    targets: tuple[int, ...] | None = None
    steps: int | None = None
    batch_size: int | None = None
    threads: int | None = None
    lend_network: bool = False
    draws: int = 1


@dataclass(frozen=True, kw_only=True)
class Run:
    """One timed run over all photos.

    Attributes:
        seconds: for all photos together.
        forward_passes, backward_passes: of photos through the network, lanes that only pad a batch included.
        steps: that a photo took, on average.
        before_rounding, after_rounding: the images as returned, and rounded to 8 bit.
        targets: one class a photo.
    """

    seconds: float
    forward_passes: int
    backward_passes: int
    steps: float
    before_rounding: Verdict
    after_rounding: Verdict
    targets: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What a contender returned: images (B, C, H, W), targets (B,) and the mean number of steps."""

    images: Tensor
    targets: Tensor
    steps: float


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Peaks of the resident size in MiB: with everything loaded, and at the end."""

    loaded: float | None
    peak: float | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The machine and the arithmetic, and by how much the two networks' logits differ on the photos."""

    machine: dict[str, object]
    gemm: GemmRate
    step_gflop: float
    logit_difference: float


def compete(connection: Connection, assignment: Assignment) -> None:
    """Load, warm up and send True; then a Run for every True that comes in, and Memory at the first False."""
    images, network = load(assignment)
    loaded = peak_memory_mib()
    _attack(assignment, network, images, steps=1)
    connection.send(True)
    while connection.recv():
        connection.send(_timed_run(assignment, network, images))
    connection.send(Memory(loaded=loaded, peak=peak_memory_mib()))


def gather_facts(assignment: Assignment, packages: tuple[str, ...]) -> Facts:
    """Measure the machine while nothing else runs."""
    images, ours = load(assignment)
    ordinary = ordinary_network()
    with torch.no_grad():
        difference = max((ours(image) - ordinary(image)).abs().max().item() for image in images.split(1))
    return Facts(machine=describe(packages), gemm=gemm_rate(), step_gflop=step_gflop(ours), logit_difference=difference)


def load(assignment: Assignment) -> tuple[Tensor, AttackedNetwork]:
    """The photos, and the network as the contender's users would load it."""
    if assignment.threads is not None:
        torch.set_num_threads(assignment.threads)
    ours = assignment.contender == OURS or assignment.lend_network
    return read_images(assignment.photos), our_network() if ours else ordinary_network()


def _timed_run(assignment: Assignment, network: AttackedNetwork, images: Tensor) -> Run:
    with _counted_passes(network) as passes:
        start = time.perf_counter()
        attacked = _attack(assignment, network, images, steps=assignment.steps)
        seconds = time.perf_counter() - start
    return Run(
        seconds=seconds,
        forward_passes=passes["forward"],
        backward_passes=passes["backward"],
        steps=attacked.steps,
        before_rounding=judge(network, images, attacked.images, attacked.targets),
        after_rounding=judge(network, images, to_8_bit(attacked.images), attacked.targets),
        targets=tuple(attacked.targets.tolist()),
    )


def _attack(assignment: Assignment, network: AttackedNetwork, images: Tensor, *, steps: int | None) -> Attacked:
    """One run of the contender, called as its users call it."""
    if isinstance(network, Network) and assignment.contender == OURS:
        scheme = ClassReplacement(
            epsilon=LIMIT,
            step=STEP,
            required_score=REQUIRED_SCORE,
            max_iterations=MAX_ITERATIONS,
            draws=assignment.draws,
        )
        protected = scheme(images, network, seed=SEED)
        if protected.targets is None:
            raise TypeError("class replacement returned no targets")
        return Attacked(
            images=protected.images, targets=protected.targets[:, 0], steps=protected.iterations.double().mean().item()
        )
    if assignment.targets is None or assignment.batch_size is None or steps is None:
        raise ValueError(f"{assignment.contender} needs targets, steps and a batch size")
    attack, targets = PEERS[assignment.contender], torch.tensor(assignment.targets)
    attacked = attack(network, images, targets, steps=steps, batch_size=assignment.batch_size)
    return Attacked(images=attacked, targets=targets, steps=steps)


@contextmanager
def _counted_passes(network: AttackedNetwork) -> Iterator[dict[str, int]]:
    """Count the photos that pass the network's body in each direction."""
    passes = {"forward": 0, "backward": 0}

    def count(_module: nn.Module, inputs: tuple[Tensor, ...], logits: Tensor) -> None:
        passes["forward"] += len(inputs[0])
        if logits.requires_grad:
            logits.register_hook(count_backward)

    def count_backward(gradient: Tensor) -> None:
        passes["backward"] += len(gradient)

    handle = network.body.register_forward_hook(count)
    try:
        yield passes
    finally:
        handle.remove()
