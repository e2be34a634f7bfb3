"""An audit of drawn photos by quick networks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.audit import Audit, Pair, Readers, account, audit_pairs, load_readers
from unseen.photo import read_photo
from unseen.threats import presets_named

MakePair = Callable[..., Pair]


@pytest.fixture
def pair(draw, tmp_path: Path) -> MakePair:
    """A drawn photo and its copies, changed by some levels: pair(seed, copies=, label=)."""

    def made(seed: int = 0, *, copies: int = 1, label: str | None = None) -> Pair:
        original = draw(f"album/{seed}.png", seed=seed)
        pixels = read_photo(original).srgb.astype(int)
        random = np.random.default_rng(seed)
        targets = [tmp_path / f"shared{number}" / f"{seed}.png" for number in range(copies)]
        for target in targets:
            target.parent.mkdir(exist_ok=True)
            coarse = Image.fromarray(random.integers(0, 2, (6, 8, 3), dtype=np.uint8) * 255)
            change = np.asarray(coarse.resize((64, 48), Image.Resampling.NEAREST)).astype(int) // 255 * 40 - 20
            Image.fromarray((pixels + change).clip(0, 255).astype(np.uint8)).save(target)
        return Pair(original=original, copies=tuple(targets), label=label)

    return made


@pytest.fixture
def readers(tiny: str) -> Readers:
    return load_readers([tiny], [f"{tiny}?seed=1", f"{tiny}?seed=2"])


@pytest.fixture
def audited(pair: MakePair, readers: Readers) -> Audit:
    """Of twelve photos with labels of their own, in three ways."""
    pairs = [pair(seed) for seed in range(12)]
    presets = presets_named(["file", "jpeg-50", "blur"])
    settings = {"original": "album", "labelled": 0, "surrogates": ["a"], "seed": 0}
    return account(list(audit_pairs(pairs, readers, presets)), readers, presets, settings)
