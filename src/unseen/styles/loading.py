"""Generators from files: published weights and our own, `.pth` or `.safetensors`, of any width and depth."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from unseen.models.weights import misfit, read_weights, unfitting
from unseen.styles.networks import CartoonGenerator, CycleGenerator, Generator

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
"""What instance norms of early PyTorch wrote beside the weights: averages of training, never used."""

_BLOCK = re.compile(r"model\.\d+\.conv_block\.1\.weight")
"""The first convolution of each of CycleGAN's residual blocks."""


def load_generator(path: Path, architecture: str) -> Generator:
    """A generator with the weights of a file, in eval mode, without parameter gradients; its size is the file's.

    Args:
        path: weights in half or full precision, under the published names; no code in the file is run.
        architecture: a key of `ARCHITECTURES`.

    Raises:
        ModelError: a damaged file, or weights of another architecture, naming their keys.
    """
    weights = {
        name: tensor.float()
        for name, tensor in read_weights(path).items()
        if name.rpartition(".")[2] not in _STATISTICS
    }
    with torch.device("meta"):  # nothing is drawn that the weights would replace
        generator = ARCHITECTURES[architecture](weights)
    difference = misfit(weights, generator.state_dict())
    if difference:
        raise unfitting(path, f"a {architecture} generator", difference)
    generator.load_state_dict(weights, assign=True)
    return generator.eval().requires_grad_(False)


def _cartoon_generator(weights: Mapping[str, Tensor]) -> Generator:
    return CartoonGenerator(width=_width(weights, "conv01_1.weight"))


def _cycle_generator(weights: Mapping[str, Tensor]) -> Generator:
    blocks = sum(_BLOCK.fullmatch(name) is not None for name in weights)
    return CycleGenerator(width=_width(weights, "model.1.weight"), blocks=blocks or 9)


ARCHITECTURES: Mapping[str, Callable[[Mapping[str, Tensor]], Generator]] = {
    "cartoongan": _cartoon_generator,
    "cyclegan": _cycle_generator,
}
"""Generators by name, each of the size that its weights ask for."""


def _width(weights: Mapping[str, Tensor], first: str) -> int:
    """The channels that the first convolution makes; the published number where there is no such layer."""
    tensor = weights.get(first)
    return len(tensor) if tensor is not None and tensor.ndim == 4 else 64
