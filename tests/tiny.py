"""Networks small enough for tests that run hundreds of photos; named as `tests/tiny.py:FUNCTION?option=value`."""

import time

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE = 8


class Linear(nn.Module):
    """A linear answer to the coarse shape of a picture, whatever its brightness: noise on it survives compression."""

    def __init__(self, seed: int, classes: int, gain: float, pause: float) -> None:
        super().__init__()
        weights = torch.randn(3 * SIDE * SIDE, classes, generator=torch.Generator().manual_seed(seed))
        self.register_buffer("weights", weights * gain)
        self.class_names = [f"thing {index}" for index in range(classes)]
        self.pause = pause

    def forward(self, images: Tensor) -> Tensor:
        time.sleep(self.pause)
        coarse = functional.adaptive_avg_pool2d(images, SIDE).flatten(1)
        return (coarse - coarse.mean(1, keepdim=True)) @ self.weights


class Grain(nn.Module):
    """Reads only the finest pattern there is, of light or of colour, which coarse compression removes."""

    class_names = tuple(f"grain {index}" for index in range(8))

    def __init__(self, *, colour: bool) -> None:
        super().__init__()
        self.register_buffer("mix", torch.tensor([1.0, 0.0, -1.0] if colour else [1 / 3] * 3))

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        rows, columns = torch.arange(height)[:, None], torch.arange(width)
        pattern = ((rows + columns) % 2 * 2 - 1).float()
        strength = (images * pattern * self.mix[:, None, None]).sum(1).mean((1, 2)) * 100
        return -15 * (strength[:, None] - torch.arange(8.0)) ** 2


class Failing(nn.Module):
    """Answers, but gives way as soon as a gradient is asked for, as a GPU without memory does."""

    class_names = tuple(f"thing {index}" for index in range(12))

    def forward(self, images: Tensor) -> Tensor:
        if images.requires_grad and images.shape[-1] > images.shape[-2]:
            raise RuntimeError("out of memory")
        return Linear(0, 12, 6.0, 0.0)(images)


def network(seed: int = 0, classes: int = 12, gain: float = 6.0, pause: float = 0.0) -> nn.Module:
    """A random linear network; `pause` makes every call last that many seconds."""
    return Linear(seed, classes, gain, pause)


def grain(*, colour: bool = False) -> nn.Module:
    """A network whose protection does not survive coarse compression, or, of colour, any but the finest."""
    return Grain(colour=colour)


def failing() -> nn.Module:
    """A network that fails on wide pictures."""
    return Failing()
