"""Two networks for handwritten digits, and how their weights are found."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.weights import misfit, unfitting
from unseen.naming import nearest
from unseen.types import Images, Logits

SIDE = 28
"""Pixels of a digit's side."""


class DigitNetwork(nn.Module):
    """Layers as a classifier of images (B, 1, 28, 28) in [0, 1]: logits (B, 10).

    Attributes:
        layers: images -> logits.
    """

    class_names = tuple("0123456789")

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, images: Images) -> Logits:
        if images.shape[1:] != (1, SIDE, SIDE):
            raise ValueError(f"images have shape {tuple(images.shape)}: digit networks read (B, 1, {SIDE}, {SIDE})")
        return self.layers(images)


def convolutional() -> DigitNetwork:
    """The network of Liu et al. 2019, section 5.1: two convolutional layers, a fully connected one, and the answer.

    Pooling comes before ReLU: the result and its gradient are the same, at a quarter of the work.
    """
    return DigitNetwork(
        nn.Sequential(
            *(nn.Conv2d(1, 16, 5, padding=2), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Conv2d(16, 36, 5, padding=2), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(36 * 7 * 7, 128), nn.ReLU()),
            nn.Linear(128, 10),
        )
    )


def dense() -> DigitNetwork:
    """A perceptron that knows nothing of neighbouring pixels: another kind of reader, to try noise on."""
    return DigitNetwork(
        nn.Sequential(
            *(nn.Flatten(), nn.Linear(SIDE * SIDE, 256), nn.ReLU()),
            *(nn.Linear(256, 128), nn.ReLU()),
            nn.Linear(128, 10),
        )
    )


DIGIT_NETWORKS: Mapping[str, Callable[[], DigitNetwork]] = {"conv": convolutional, "dense": dense}


def untrained_digits(architecture: str) -> DigitNetwork:
    """The network without values (on torch's meta device), so that making it draws no random number.

    Raises:
        ModelError: an unknown architecture.
    """
    if architecture not in DIGIT_NETWORKS:
        raise ModelError(f"unknown digit network {architecture!r}; {nearest(architecture, DIGIT_NETWORKS)}")
    with torch.device("meta"):
        return DIGIT_NETWORKS[architecture]()


def load_digits(architecture: str = "conv", weights: Path | None = None) -> DigitNetwork:
    """A trained network, for answers and for gradients to its input.

    Args:
        architecture: a key of `DIGIT_NETWORKS`.
        weights: a file that `unseen train mnist` wrote; None takes the one that comes with unseen.

    Raises:
        ModelError: an unknown architecture, or weights that are missing, damaged or of another architecture.
    """
    network = untrained_digits(architecture)
    path = weights or Path(__file__).with_name(f"mnist-{architecture}.safetensors")
    tensors = _read(path)
    difference = misfit(tensors, network.state_dict())
    if difference:
        raise unfitting(path, f"the digit network {architecture!r}", difference)
    network.load_state_dict(tensors, assign=True)
    return channels_last(network.float()).eval().requires_grad_(False)


def channels_last(network: DigitNetwork) -> DigitNetwork:
    """The network laid out as a CPU convolves and pools quickest: in two thirds of the time."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        problem = "cannot be read as weights" if path.is_file() else "there is no such weights file"
        raise ModelError(f"{path}: {problem}; give a file that 'unseen train mnist' wrote") from error
