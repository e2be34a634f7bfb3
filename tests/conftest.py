"""Fixtures every test may use."""

import ctypes
import io
import os
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.protect import Protection, load_networks
from unseen.schemes import ClassReplacement

Draw = Callable[..., Path]
Shard = Callable[..., Path]

_OVERRIDING = 0b110
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, as bits."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with development data and weights: $UNSEEN_SHARED, or `shared` beside the checkout."""
    named = os.environ.get("UNSEEN_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no development data: {folder} is not a folder; set UNSEEN_SHARED to one")
    return folder


@pytest.fixture(scope="session")
def tiny() -> str:
    """The name of a quick network; more of them in that file."""
    return f"{Path(__file__).with_name('tiny.py')}:network"


@pytest.fixture
def protection(tiny: str) -> Protection:
    """Against a quick network, with another that only judges."""
    return Protection(
        scheme=ClassReplacement(epsilon=8 / 255),
        surrogates=load_networks([tiny]),
        held_out=load_networks([f"{tiny}?seed=1"]),
    )


@pytest.fixture
def same_threads() -> Iterator[None]:
    """Whatever a test does to them, this process computes with as many threads after it as before."""
    number = torch.get_num_threads()
    yield
    torch.set_num_threads(number)


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Write a soft random picture with some grain: draw(name, seed=, size=(width, height), mode=, **saving)."""

    def drawn(
        name: str | Path, *, seed: int = 0, size: tuple[int, int] = (64, 48), mode: str = "RGB", **saving: object
    ) -> Path:
        random = np.random.default_rng(seed)
        shapes = Image.fromarray(random.integers(90, 166, (4, 5, 3), dtype=np.uint8))
        large = np.asarray(shapes.resize(size, Image.Resampling.BICUBIC), dtype=np.int16)
        grain = random.integers(-6, 7, large.shape, dtype=np.int16)
        picture = Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8)).convert(mode)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, **saving)
        return path

    return drawn


@pytest.fixture
def shard(tmp_path: Path, draw: Draw) -> Shard:
    """Write a tar: shard(name, {member: its bytes, the seed of a small photo, or a TarInfo of what is no file})."""

    def written(name: str | Path, members: Mapping[str, bytes | int | tarfile.TarInfo], **options: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, "w", **options) as tar:
            for member, content in members.items():
                info, data = tarfile.TarInfo(member), content
                if isinstance(content, int):
                    suffix = Path(member).suffix or ".png"
                    data = draw(f".drawn/{content}{suffix}", seed=content, size=(24, 20)).read_bytes()
                if isinstance(content, tarfile.TarInfo):
                    tar.addfile(content)
                    continue
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return path

    return written


@pytest.fixture
def bound_by_modes() -> Iterator[None]:
    """Have this thread, and those that it starts, mind the modes of files and folders, even if it is root's."""
    if not hasattr(os, "geteuid"):
        pytest.skip("modes forbid nothing on this system")
    if os.geteuid():
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root minds no modes, and only Linux lets it")
    libc = ctypes.CDLL(None)
    header, rights = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, rights) == 0
    before = rights[0]
    rights[0] = before & ~_OVERRIDING
    assert libc.capset(header, rights) == 0
    yield
    rights[0] = before
    assert libc.capset(header, rights) == 0
