"""Classifiers whose right answer is known without a network."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from unseen.types import Classifier, Images, Logits


@dataclass(frozen=True)
class Linear:
    """logits = weight (K, D) · (image - 1/2) + bias (K,): the gradient is the same everywhere."""

    weight: Tensor
    bias: Tensor

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"class {number}" for number in range(len(self.bias)))

    def __call__(self, images: Images) -> Logits:
        return (images.flatten(1) - 0.5) @ self.weight.T + self.bias


@dataclass(frozen=True)
class Named(Linear):
    """A linear classifier whose classes mean something."""

    names: tuple[str, ...]

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.names


@dataclass(frozen=True)
class Counting:
    """Another classifier, and the shape of every batch that it was asked about."""

    classifier: Classifier
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(self.classifier.class_names)

    def __call__(self, images: Images) -> Logits:
        self.shapes.append(tuple(images.shape))
        return self.classifier(images)


def random_linear(classes: int, pixels: int, *, scale: float = 4.0) -> Linear:
    """Every class is reached within two levels from `calm` pictures of at least 500 values."""
    weight = torch.randn(classes, pixels, generator=torch.Generator().manual_seed(classes)) * scale
    return Linear(weight, torch.zeros(classes))


def calm(count: int, *shape: int) -> Images:
    """Pictures (count, *shape) of little contrast, on the k/255 grid."""
    generator = torch.Generator().manual_seed(count)
    return torch.randint(118, 138, (count, *shape), generator=generator) / 255
