"""Class replacement against the same targeted attack in four libraries: seconds an image at equal success.

Every contender lives in its own process and all take turns, so that a slow minute of the machine meets each of them.
This process computes nothing: it hands out the work, writes a JSON report and prints a table to standard output.
"""

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import task
from peers import PEERS
from search import find_need
from summary import Result, markdown, report
from worker import OURS, Assignment, Memory, Run, compete, gather_facts

Answer = TypeVar("Answer")
_PROCESSES = get_context("spawn")
_PACKAGES = (OURS, "torch", "torchvision", "timm", "numpy", *PEERS)


class Contest:
    """The process of one contender, loaded and warm, which waits for its turn."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._connection, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=compete, args=(theirs, assignment), daemon=True)
        self._process.start()
        theirs.close()  # so that the death of the process ends the wait for its answer
        self._receive()  # it is ready: nobody's loading falls into another's run

    def run(self) -> Run:
        """One timed run over all photos."""
        self._connection.send(True)
        run: Run = self._receive()
        _say(f"{self.assignment.contender}: {run.seconds / len(run.targets):.3f} s an image")
        return run

    def finish(self) -> Memory:
        """End the process and learn its peak of memory."""
        self._connection.send(False)
        memory: Memory = self._receive()
        self._process.join()
        return memory

    def _receive(self) -> Any:
        try:
            return self._connection.recv()
        except EOFError:
            raise SystemExit(f"{self.assignment.contender}: its process ended early; its message is above") from None


def main() -> None:
    """Measure the machine, draw the targets, find what the peers need, then let all take turns."""
    options = _options()
    photos = tuple(task.photo_paths(options.photos, options.count))
    ours = Assignment(contender=OURS, photos=photos, threads=options.threads, draws=options.draws)
    _say("measuring the machine")
    facts = _alone(gather_facts, ours, _PACKAGES)
    our_contest = Contest(ours)
    first = our_contest.run()
    needs, contests = {}, [our_contest]
    for peer in options.peers:
        _say(f"{peer}: looking for the steps that reach {first.after_rounding.success:.1%}")
        theirs = replace(ours, contender=peer, targets=first.targets, lend_network=options.lend_network)
        need = _alone(find_need, theirs, first.after_rounding.success, tuple(options.batch_sizes), options.max_steps)
        needs[peer] = need
        contests.append(Contest(replace(theirs, steps=need.steps or options.max_steps, batch_size=need.batch_size)))
    rounds = [[contest.run() for contest in contests] for _ in range(options.rounds)]
    results = [
        Result(
            assignment=contest.assignment,
            runs=runs,
            memory=contest.finish(),
            need=needs.get(contest.assignment.contender),
        )
        for contest, runs in zip(contests, zip(*rounds, strict=True), strict=True)
    ]
    record = report(facts, results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(record, indent=2) + "\n")
    _say(f"wrote {options.output}")
    print(markdown(record))


def _alone(function: Callable[..., Answer], *arguments: object) -> Answer:
    """The function's answer from a process that ends with it, so that its memory and threads disturb nobody."""
    with ProcessPoolExecutor(max_workers=1, mp_context=_PROCESSES) as pool:
        return pool.submit(function, *arguments).result()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--photos", type=Path, default=task.default_photos(), help="a folder, or a CSV with a file column"
    )
    parser.add_argument("--count", type=int, default=32, help="photos to take from its beginning (32)")
    parser.add_argument("--rounds", type=int, default=3, help="timed runs of every contender (3)")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS), help="all by default")
    parser.add_argument(
        "--batch-sizes", nargs="+", type=int, default=[4, 8, 32], help="each peer gets its best of these"
    )
    parser.add_argument(
        "--draws",
        type=int,
        default=8,
        help="the targets: the least unlikely of so many classes (8, as the scheme does; 1 is the paper)",
    )
    parser.add_argument("--max-steps", type=int, default=task.MAX_ITERATIONS, help="to search for a peer's need (100)")
    parser.add_argument("--threads", type=int, help="of torch, for every contender; its own choice by default")
    parser.add_argument(
        "--lend-network",
        action="store_true",
        help="give the peers our folded network: shows what our loop alone brings",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "results" / "crs_vs_peers.json")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
