"""Pictures and small networks for the tests of styles."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from unseen.styles.networks import CartoonGenerator, CycleGenerator, Generator

WIDTH = 4
"""Channels of the first layer where the published networks have 64."""

Pixels = NDArray[np.uint8]


def scene(height: int, width: int, *, seed: int = 0, low: int = 40, high: int = 216, channels: int = 3) -> Pixels:
    """Soft shapes with some grain, between `low` and `high`."""
    random = np.random.default_rng(seed)
    shapes = random.integers(low + 8, high - 8, (max(2, height // 40), max(2, width // 40), 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(shapes).resize((width, height), Image.Resampling.BILINEAR), dtype=np.int16)
    pixels = np.clip(soft + random.integers(-8, 9, soft.shape), low, high).astype(np.uint8)
    return pixels if channels == 3 else pixels[..., :channels]


def tensor_of(pixels: Pixels) -> Tensor:
    """(1, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def pixels_of(picture: Tensor) -> Pixels:
    """The reverse, rounded."""
    return ((picture[0].permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()


def randomised(generator: Generator, seed: int = 0) -> Generator:
    """The generator with weights that leave none of its layers idle, in eval mode."""
    torch.manual_seed(seed)
    for name, parameter in generator.named_parameters():
        if name.endswith("scale"):
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
        elif name.endswith("shift"):
            torch.nn.init.uniform_(parameter, -0.5, 0.5)
        elif parameter.ndim == 4:
            torch.nn.init.kaiming_normal_(parameter)
    return generator.eval().requires_grad_(False)


def small_cartoon(seed: int = 0) -> Generator:
    return randomised(CartoonGenerator(width=WIDTH), seed)


def small_cycle(seed: int = 0, blocks: int = 9) -> Generator:
    return randomised(CycleGenerator(width=WIDTH, blocks=blocks), seed)
