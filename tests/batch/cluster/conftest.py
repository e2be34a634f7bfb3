"""Orders that a worker gets in this process, without a cluster."""

from pathlib import Path

import pytest
import torch

from unseen.batch import DiskPlace
from unseen.batch.cluster.errand import Errand, Probe, packed
from unseen.batch.cluster.foreman import Foreman
from unseen.protect import Protection

pytest.importorskip("ray")


class Near:
    """A foreman in the same process."""

    def __init__(self, parcel: bytes) -> None:
        self.foreman = Foreman()
        self._parcel = parcel

    def errand(self) -> bytes:
        return self._parcel

    def begin(self, shard: int) -> int:
        return self.foreman.begin(shard)

    def tried(self, shard: int) -> int:
        return self.foreman.tried(shard)

    def is_stopped(self) -> bool:
        return self.foreman.is_stopped()


@pytest.fixture
def errand(protection: Protection) -> Errand:
    return Errand(
        protection=protection,
        presets=(),
        place=DiskPlace(),
        device="cpu",
        threads=torch.get_num_threads(),
        folder=Path.cwd(),
        probe=Probe(photo=None, staged=None),
    )


@pytest.fixture
def near() -> type[Near]:
    return Near


@pytest.fixture
def orders(errand: Errand) -> Near:
    return Near(packed(errand))


@pytest.fixture(autouse=True)
def unchanged(same_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker does to its process is undone."""
    monkeypatch.chdir(Path.cwd())
