import ctypes

import pytest
import torch

from unseen.memory import give_back


def test_what_is_in_use_stays() -> None:
    kept = torch.arange(1_000_000)
    torch.zeros(10_000_000).sum()
    give_back()
    assert torch.equal(kept, torch.arange(1_000_000))


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back()
