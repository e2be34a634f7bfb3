"""Fixtures every test may use."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.protect import Protection, load_networks
from unseen.schemes import ClassReplacement

Draw = Callable[..., Path]


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
