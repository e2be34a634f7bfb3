"""From timed runs to a record for machines and a table for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import task
from search import Need
from worker import OURS, Assignment, Facts, Memory, Run

_HEADER = (
    "contender", "seconds an image", "against ours", "steps", "batch", "success", "lowest score", "mean noise",
    "max noise, levels", "passes an image", "peak memory, MiB",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that was learnt about one contender; `need` only of peers."""

    assignment: Assignment
    runs: Sequence[Run]
    memory: Memory
    need: Need | None


def report(facts: Facts, results: Sequence[Result]) -> dict[str, Any]:
    """The record that is written as JSON: settings, machine, contenders, and the comparison."""
    ours = next(result for result in results if result.assignment.contender == OURS)
    peers = [result for result in results if result is not ours]
    return {
        "benchmark": "crs_vs_peers",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": _settings(ours.assignment, lend_network=any(peer.assignment.lend_network for peer in peers)),
        "machine": facts.machine,
        "logit_difference_of_networks": facts.logit_difference,
        "arithmetic": _arithmetic(facts, ours),
        "contenders": [_contender(result, ours) for result in results],
        "headline": _headline(ours, peers) if peers else None,
    }


def markdown(record: dict[str, Any]) -> str:
    """The table, and below it the headline and how near the machine's limit we are."""
    rows = [_row(contender) for contender in record["contenders"]]
    lines = [" | ".join(row) for row in (_HEADER, ["---"] * len(_HEADER), *rows)]
    arithmetic, headline = record["arithmetic"], record["headline"]
    table = "\n".join(f"| {line} |" for line in lines)
    limits = (
        f"A step of ours runs at {arithmetic['share_of_gemm_rate']:.0%} of the machine's "
        f"{arithmetic['gemm_gflops']:.0f} GFLOP/s of matrix products "
        f"({arithmetic['step_gflop']:.2f} GFLOP a step; arithmetic floor "
        f"{arithmetic['floor_seconds_per_image']:.3f} s an image)."
    )
    if headline is None:
        return f"{table}\n\n{limits}"
    ratio = headline["times_faster"]
    comparison = (
        f"**{ratio['median']:.1f} times the fastest peer** ({headline['fastest_peer']}; "
        f"{ratio['min']:.1f} to {ratio['max']:.1f} from round to round)."
    )
    return f"{table}\n\n{comparison}\n{limits}"


def _row(contender: dict[str, Any]) -> list[str]:
    seconds, before, after = (contender[part] for part in ("seconds_per_image", "before_rounding", "after_rounding"))
    passes, memory = contender["passes_per_image"], contender["memory_mib"]
    return [
        contender["name"] + ("" if contender["matches_our_success"] else " (success not matched)"),
        f"{seconds['median']:.3f} ({seconds['min']:.3f} to {seconds['max']:.3f})",
        f"{contender['times_our_seconds']:.1f} x",
        f"{contender['steps']:.1f}",
        str(contender["batch_size"] or "own"),
        f"{before['success']:.1%} / {after['success']:.1%}",
        f"{before['lowest_score']:.1%} / {after['lowest_score']:.1%}",
        f"{before['mean_noise']:.5f} / {after['mean_noise']:.5f}",
        f"{before['max_noise_levels']:.2f} / {after['max_noise_levels']:.2f}",
        f"{passes['forward']:.1f} + {passes['backward']:.1f}",
        "unknown" if memory["peak"] is None else f"{memory['peak']:.0f} ({memory['loaded']:.0f} loaded)",
    ]


def _settings(assignment: Assignment, *, lend_network: bool) -> dict[str, Any]:
    return {
        "photos": [path.name for path in assignment.photos],
        "size": task.SIZE,
        "classifier": task.CLASSIFIER,
        "peers_network": "ours, folded" if lend_network else "ordinary timm, not folded",
        "epsilon_levels": task.LIMIT * task.LEVELS,
        "step_levels": task.STEP * task.LEVELS,
        "required_score": task.REQUIRED_SCORE,
        "max_iterations": task.MAX_ITERATIONS,
        "seed": task.SEED,
    }


def _contender(result: Result, ours: Result) -> dict[str, Any]:
    last, photos = result.runs[-1], len(result.assignment.photos)
    wanted = ours.runs[-1].after_rounding.success
    return {
        "name": result.assignment.contender,
        "seconds_per_image": _spread(_seconds_per_image(result)),
        "times_our_seconds": median(_seconds_per_image(result)) / median(_seconds_per_image(ours)),
        "steps": last.steps,
        "batch_size": result.assignment.batch_size,
        "matches_our_success": last.before_rounding.success >= wanted,
        "before_rounding": asdict(last.before_rounding),
        "after_rounding": asdict(last.after_rounding),
        "passes_per_image": {"forward": last.forward_passes / photos, "backward": last.backward_passes / photos},
        "memory_mib": asdict(result.memory),
        "search": None if result.need is None else asdict(result.need),
    }


def _arithmetic(facts: Facts, ours: Result) -> dict[str, float]:
    """How much of our time the arithmetic of the needed steps would take at the rate of matrix products."""
    floor = ours.runs[-1].steps * facts.step_gflop / facts.gemm.gflops
    return {
        "gemm_gflops": facts.gemm.gflops,
        "gemm_matrix_size": facts.gemm.matrix_size,
        "step_gflop": facts.step_gflop,
        "floor_seconds_per_image": floor,
        "share_of_gemm_rate": floor / median(_seconds_per_image(ours)),
    }


def _headline(ours: Result, peers: Sequence[Result]) -> dict[str, Any]:
    """The fastest peer, and its seconds divided by ours, round by round."""
    fastest = min(peers, key=lambda peer: median(_seconds_per_image(peer)))
    pairs = zip(_seconds_per_image(fastest), _seconds_per_image(ours), strict=True)
    return {"fastest_peer": fastest.assignment.contender, "times_faster": _spread([peer / own for peer, own in pairs])}


def _seconds_per_image(result: Result) -> list[float]:
    return [run.seconds / len(result.assignment.photos) for run in result.runs]


def _spread(values: Sequence[float]) -> dict[str, Any]:
    return {"median": median(values), "min": min(values), "max": max(values), "all": list(values)}
