"""Training of the digit networks: in seconds, and to the same weights for the same seed and number of threads."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Generator, nn
from torch.nn.functional import cross_entropy
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR

from unseen.datasets.mnist import Digits, Mnist
from unseen.models.digits import DigitNetwork
from unseen.models.digits.network import channels_last, untrained_digits
from unseen.photo import write_new
from unseen.progress import Progress, silent
from unseen.types import Classifier

EPOCHS = 1
"""Teaches `conv` about 98 %, near the 96 % of Liu et al. 2019; with more it reads better, and noise fools it less."""
BATCH = 128
RATE = 1e-3
"""Of Adam's first step; it falls to nothing along half a cosine."""
_SCORED = 500
"""Images scored at a time."""


def train_digits(
    data: Mnist,
    *,
    architecture: str = "conv",
    seed: int = 0,
    epochs: int = EPOCHS,
    progress: Progress = silent,
) -> DigitNetwork:
    """A network trained on the training images with Adam and cross-entropy; the rest of `data` is not looked at.

    Args:
        architecture: a key of `unseen.models.digits.DIGIT_NETWORKS`.
        seed: decides the first weights and the order of the images; torch's own random numbers stay as they are.
        epochs: how often every image is seen, at least 1.
        progress: the steps pass through it.

    Raises:
        ModelError: an unknown architecture.
        ValueError: no epochs.
    """
    if epochs < 1:
        raise ValueError(f"epochs is {epochs}: give at least 1")
    generator = Generator().manual_seed(seed)
    network = _initialised(untrained_digits(architecture), generator).train()
    images, labels = data.train.images, data.train.labels
    steps = epochs * math.ceil(len(labels) / BATCH)
    optimiser = Adam(network.parameters(), lr=RATE)
    schedule = CosineAnnealingLR(optimiser, steps)
    orders = (torch.randperm(len(labels), generator=generator) for _ in range(epochs))
    for batch in progress((batch for order in orders for batch in order.split(BATCH)), steps, "Training"):
        optimiser.zero_grad()
        cross_entropy(network(images[batch]), labels[batch]).backward()
        optimiser.step()
        schedule.step()
    return network.eval().requires_grad_(False)


def accuracy(classifier: Classifier, digits: Digits) -> float:
    """The share of images whose label is the classifier's first answer."""
    with torch.no_grad():
        answers = torch.cat([classifier(images).argmax(1) for images in digits.images.split(_SCORED)])
    return (answers == digits.labels).float().mean().item()


def save_digits(network: DigitNetwork, path: Path, training: Mapping[str, str | int | float]) -> None:
    """Write weights that `load_digits` reads to a new file, whole or not at all.

    Args:
        training: how they came to be; kept beside them as the JSON of one entry, for several have no fixed order.

    Raises:
        PhotoError: the name is taken, or the folder is missing, full or may not be written to.
    """
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    write_new(path, save(tensors, {"training": json.dumps(training)}))


def _initialised(network: DigitNetwork, generator: Generator) -> DigitNetwork:
    """Weights drawn as He et al. 2015 do for ReLU, biases 0."""
    network = channels_last(network.to_empty(device="cpu"))
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter, nonlinearity="relu", generator=generator)
        else:
            nn.init.zeros_(parameter)
    return network
