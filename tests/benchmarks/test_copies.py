"""Perceptual hashes against a dHash by hand, and distances put together."""

import importlib
from types import ModuleType

import numpy as np
import pytest

pytest.importorskip("imagehash", reason="benchmarks/requirements.txt has it")


@pytest.fixture
def copies(beside: None) -> ModuleType:
    return importlib.import_module("copies")


def test_a_photo_with_noise_is_its_copy_and_another_photo_is_not(copies: ModuleType) -> None:
    random = np.random.default_rng(0)
    photos = [np.kron(random.integers(40, 215, (6, 7, 3)), np.ones((20, 20, 1), int)) for _ in range(3)]
    noisy = (photos[0] + random.choice([-8, 8], photos[0].shape)).astype(np.uint8)
    hashes = [copies.hashes(photo.astype(np.uint8)) for photo in photos]
    for name in copies.HASHES:
        assert hashes[0][name] - copies.hashes(noisy)[name] <= copies.ALIKE
        assert copies.between(hashes, name).pairs == 3
        assert copies.between(hashes, name).matched == 0.0


def test_the_difference_hash_tells_where_it_grows_lighter(copies: ModuleType) -> None:
    rising = np.repeat(np.linspace(0, 255, 9)[None, :], 8, 0).astype(np.uint8)[..., None]  # its size: no resizing
    assert copies.hashes(rising)["dHash"].hash.all()
    assert copies.hashes(rising)["dHash"] - copies.hashes(rising[:, ::-1].copy())["dHash"] == 64


def test_distances_are_put_together(copies: ModuleType) -> None:
    put = copies.matching([0, 10, 11, 31])
    assert (put.mean, put.matched, put.pairs) == (13.0, 0.5, 4)
