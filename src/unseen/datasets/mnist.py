"""MNIST: handwritten digits, from a folder of IDX files or from public mirrors."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from unseen.datasets.idx import read_idx
from unseen.errors import ModelError, UnseenError
from unseen.models.digits.network import SIDE
from unseen.models.download import cached, fetch
from unseen.types import Images, Labels

CLASSES = 10
VALIDATION = 5_000
"""How many of the last training images validate (Liu et al. 2019, section 5.1)."""
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
"""Where the four files are downloaded from; each is asked when those before it fail."""
SHA256 = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
"""The four files, and what each must have as the mirrors keep it: gzip."""


@dataclass(frozen=True, kw_only=True)
class Digits:
    """Images (N, 1, 28, 28) in [0, 1], white on black, and their labels (N,) from 0 to 9."""

    images: Images
    labels: Labels


@dataclass(frozen=True, kw_only=True)
class Mnist:
    """The split of Liu et al. 2019: 55,000 images to train, 5,000 to validate and 10,000 to test."""

    train: Digits
    validation: Digits
    test: Digits


def load_mnist(folder: Path | None = None) -> Mnist:
    """MNIST from a folder, or, with None, from the cache folder, downloaded into it first where it is not there.

    Args:
        folder: holds the four files under their usual names, such as train-images-idx3-ubyte, each with .gz or
            without; the last 5,000 of the training images validate.

    Raises:
        UnseenError: a file is missing, damaged or not what it should be, or no mirror can be reached.
    """
    paths = [_mirrored(name) if folder is None else _found(folder, name) for name in SHA256]
    known, test = _digits(*paths[:2]), _digits(*paths[2:])
    if len(known.labels) <= VALIDATION:
        told = f"{len(known.labels)} training images, of which the last {VALIDATION} validate"
        raise UnseenError(f"{paths[0]}: holds {told}; give a file of more")
    return Mnist(
        train=Digits(images=known.images[:-VALIDATION], labels=known.labels[:-VALIDATION]),
        validation=Digits(images=known.images[-VALIDATION:], labels=known.labels[-VALIDATION:]),
        test=test,
    )


def _mirrored(name: str) -> Path:
    """A file from the cache folder, or from the first mirror that has it as it should be."""
    sha256, urls = SHA256[name], [f"{mirror}/{name}.gz" for mirror in MIRRORS]
    for url in urls:
        path = cached(url, sha256)
        if path is not None:
            return path
    problem: ModelError | None = None
    for url in urls:
        try:
            return fetch(url, sha256)
        except ModelError as error:
            problem = error
    raise UnseenError(f"{problem}, or give a folder that holds MNIST with --data") from problem


def _found(folder: Path, name: str) -> Path:
    """A file of the folder under the names that are in use."""
    names = [f"{stem}{suffix}" for stem in (name, name.replace("-idx", ".idx")) for suffix in ("", ".gz")]
    for candidate in names:
        if (folder / candidate).is_file():
            return folder / candidate
    problem = f"has no file {name}, with .gz or without" if folder.is_dir() else "is no folder"
    raise UnseenError(f"{folder}: {problem}; give a folder that holds MNIST's four files")


def _digits(images_path: Path, labels_path: Path) -> Digits:
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise UnseenError(f"{images_path}: holds {_shape(images)} values; give images of {SIDE}x{SIDE} pixels")
    if labels.ndim != 1:
        raise UnseenError(f"{labels_path}: holds {_shape(labels)} values; give a file of labels, one an image")
    if len(images) != len(labels):
        counts = f"{len(labels)} labels for the {len(images)} images of {images_path.name}"
        raise UnseenError(f"{labels_path}: holds {counts}; give files that belong together")
    if not len(images):
        raise UnseenError(f"{images_path}: holds no images; give a file that does")
    if labels.max() >= CLASSES:
        raise UnseenError(f"{labels_path}: holds the label {labels.max()}; give labels from 0 to {CLASSES - 1}")
    pixels = torch.from_numpy(images.astype(np.float32)).div_(255)
    return Digits(images=pixels[:, None], labels=torch.from_numpy(labels.astype(np.int64)))


def _shape(array: np.ndarray) -> str:
    return "x".join(map(str, array.shape)) or "single"
