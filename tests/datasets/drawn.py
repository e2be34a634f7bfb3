"""Digits that a test draws itself, and IDX files written without the code under test."""

import gzip
import struct
from pathlib import Path

import numpy as np
import torch

from unseen.datasets.mnist import Digits

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    """An array as the format's description has it."""
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (count, 28, 28) of a bright square on grain, and the number of the place where the square is."""
    random = np.random.default_rng(seed)
    images, labels = random.integers(0, 60, (count, 28, 28)), random.integers(0, 10, count)
    for image, label in zip(images, labels, strict=True):
        row, column = divmod(label, 5)
        image[5 + 12 * row : 10 + 12 * row, 2 + 5 * column : 6 + 5 * column] += 150
    return images.astype(np.uint8), labels.astype(np.uint8)


def drawn_digits(count: int, seed: int) -> Digits:
    """The same as the library holds them."""
    images, labels = drawn(count, seed)
    return Digits(images=torch.tensor(images)[:, None] / 255, labels=torch.tensor(labels).long())


def contents(known: int = 5_300, test: int = 100) -> dict[str, bytes]:
    """What is in MNIST's four files, with fewer images."""
    arrays = (*drawn(known, 0), *drawn(test, 1))
    return {name: idx(array) for name, array in zip(FILES, arrays, strict=True)}


def written(folder: Path, files: dict[str, bytes], *, zipped: bool = False) -> Path:
    """The files in a folder."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.gz" if zipped else name)
        path.write_bytes(gzip.compress(content, 1) if zipped else content)
    return folder
