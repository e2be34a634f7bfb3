"""The processes of a cluster that this one has started: none of them is to outlive it.

Ray lets its raylet one second to end by itself. Where a worker is just starting, or the machine has other work to do,
that is not enough, and what the raylet has started stays for a minute after it.
"""

from collections.abc import Sequence

import psutil

_GRACE = 1
"""Seconds in which they may end by themselves."""

_GONE = 5
"""Seconds in which what was killed has to be gone; who waits for a disk takes longer, and is left to the system."""


def started_with(word: str) -> list[psutil.Process]:
    """Children of this process that have a word in their command line, and all that they have started."""
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        try:
            if any(word in argument for argument in child.cmdline()):
                found += [child, *child.children(recursive=True)]
        except psutil.Error:  # it ended meanwhile
            continue
    return found


def end(processes: Sequence[psutil.Process]) -> None:
    """Kill those that still run; another process that has got the number of one of them is left alone."""
    _, left = psutil.wait_procs(processes, timeout=_GRACE)
    for process in left:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(left, timeout=_GONE)
