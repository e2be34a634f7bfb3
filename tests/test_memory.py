import ctypes
import platform
import subprocess
import sys

import pytest
import torch

from unseen.memory import give_back

HELD = """
import os, torch
from unseen.memory import give_back

def resident() -> int:
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * os.sysconf("SC_PAGESIZE")

pieces = [torch.ones(25_000) for _ in range(2_000)]  # 100 kB each: from the heap, not from pages of their own
kept = pieces[-1]  # the heap's end stays in use, so that the C library cannot shrink it by itself
before = resident()
del pieces
freed = resident()
give_back()
print(before - freed, freed - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc", reason="needs glibc")
def test_gaps_below_what_is_in_use_go_back() -> None:
    told = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True).stdout
    without, given_back = map(int, told.split())
    assert without < 20_000_000
    assert given_back > 150_000_000


def test_what_is_in_use_stays() -> None:
    kept = torch.arange(1_000_000)
    torch.zeros(10_000_000).sum()
    give_back()
    assert torch.equal(kept, torch.arange(1_000_000))


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back()
