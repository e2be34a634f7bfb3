"""The machine: what it is, how fast it multiplies matrices, and how much arithmetic a step of the attack holds."""

import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from task import SIZE

_MATRIX_SIZES = (512, 1024, 2048, 4096)
_SECONDS_PER_SIZE = 1.0


@dataclass(frozen=True, kw_only=True)
class GemmRate:
    """The best rate of float32 matrix products over several sizes, in 10^9 floating-point operations a second."""

    gflops: float
    matrix_size: int


def describe(packages: Sequence[str]) -> dict[str, object]:
    """The processor, its cores and threads, and the versions of what ran."""
    return {
        "processor": _processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_gib": _memory_gib(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
    }


def gemm_rate() -> GemmRate:
    """Multiply square matrices of each size for about a second and keep the fastest product of all."""
    return max((_rate_at(size) for size in _MATRIX_SIZES), key=lambda rate: rate.gflops)


def step_gflop(network: nn.Module) -> float:
    """10^9 floating-point operations of one forward and backward pass of one photo (a multiply-add counts as two)."""
    image = torch.rand(1, 3, SIZE, SIZE, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        network(image).sum().backward()
    return float(counter.get_total_flops()) / 1e9


def peak_memory_mib() -> float | None:
    """The largest resident size of this process so far; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _rate_at(size: int) -> GemmRate:
    left, right = torch.rand(size, size), torch.rand(size, size)
    product = left @ right
    fastest, until = float("inf"), time.perf_counter() + _SECONDS_PER_SIZE
    while time.perf_counter() < until:
        start = time.perf_counter()
        torch.mm(left, right, out=product)
        fastest = min(fastest, time.perf_counter() - start)
    return GemmRate(gflops=2 * size**3 / fastest / 1e9, matrix_size=size)


def _processor() -> str:
    """The name that the system gives the processor; platform.processor() is empty or vague on Linux."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        names = [
            line.partition(":")[2].strip() for line in listing.read_text().splitlines() if line.startswith("model name")
        ]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError):
        return None
