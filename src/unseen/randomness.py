"""Random choices that depend on the seed and on the photo, and on nothing else."""

import hashlib

import torch
from torch import Generator, Tensor

from unseen.grid import LEVELS


def generator_for(image: Tensor, seed: int) -> Generator:
    """A CPU generator for one photo (C, H, W) on the k/255 grid, made from `seed` and the photo's content."""
    digest = _digest(image)
    digest.update(repr((int(seed), tuple(image.shape))).encode())
    return Generator().manual_seed(int.from_bytes(digest.digest(), "little") >> 1)


def fingerprint(image: Tensor) -> bytes:
    """What tells one photo (C, H, W) on the k/255 grid from others: eight bytes made from its content."""
    return _digest(image).digest()


def _digest(image: Tensor) -> "hashlib.blake2b":
    content = image.mul(LEVELS).round().to("cpu", torch.uint8).contiguous()
    return hashlib.blake2b(content.numpy().tobytes(), digest_size=8, person=b"unseen")
