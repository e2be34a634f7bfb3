"""The nouns of the project: tensor aliases, the protocols that parts agree on, and what a scheme returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Generator, Tensor

Images = Float[Tensor, "batch channels height width"]
"""Pixels in [0, 1]; channels is 3 (sRGB) or 1 (grey)."""
Logits = Float[Tensor, "batch *members classes"]
"""Unnormalised scores; an ensemble puts its networks in the middle dimension."""
Labels = Int[Tensor, "batch *members"]
"""Class indices from 0; with a members dimension where each network has its own."""
PerPhoto = Float[Tensor, " batch"]
Flags = Bool[Tensor, " batch"]


@runtime_checkable
class Classifier(Protocol):
    """A differentiable function of images of any size; resizing, cropping and normalising live inside it."""

    @property
    def class_names(self) -> Sequence[str]:
        """One name a class, in the order of the logits."""
        ...

    def __call__(self, images: Images, /) -> Logits:
        """Images (B, C, H, W) in [0, 1], any H and W -> logits (B, K), or (B, M, K) from M networks."""
        ...


class Objective(Protocol):
    """What to ask of a classifier's answer; frozen, one entry a photo."""

    def gain(self, logits: Logits) -> PerPhoto:
        """The quantity to ascend, summed over members; (B,)."""
        ...

    def achieved(self, logits: Logits) -> Flags:
        """Whether every member's answer satisfies the goal; (B,)."""
        ...

    def take(self, index: Int[Tensor, " lanes"]) -> Self:
        """The objective of the photos at `index`, for a batch whose photos change."""
        ...


class Budget(Protocol):
    """How much a photo may change."""

    def within(self, delta: Images) -> Images:
        """The nearest delta of an allowed size, whatever it is added to."""
        ...

    def project(self, delta: Images, images: Images) -> Images:
        """The nearest allowed delta with images + delta in [0, 1]."""
        ...

    def project_on_grid(self, delta: Images, images: Images) -> Images:
        """The same for what is saved: images + delta is rounded to k/255 and still within the limit."""
        ...

    def size(self, delta: Images) -> PerPhoto:
        """The norm that the limit is compared with."""
        ...


class View(Protocol):
    """A differentiable change of the picture, such as a crop or a recompression."""

    def __call__(self, images: Images, generator: Generator, /) -> Images: ...


class Laying(Protocol):
    """How one photo's change is made on pixels of any size."""

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        """Pixels (H, W, C) uint8 -> the changed ones."""
        ...


@dataclass(frozen=True, kw_only=True)
class Protected:
    """What a scheme returns, in the order of the photos it was given.

    Attributes:
        images: (B, C, H, W) in [0, 1], every value k/255.
        achieved: (B,) whether the scheme's goal holds on `images`, on every network it was given.
        iterations: (B,) gradient steps spent, retries included.
        targets: (B, n) the classes pushed up, or None where a scheme has none.
        layings: one a photo, how its change is made at full size; None where it is noise, to be laid on the photo.
    """

    images: Images
    achieved: Flags
    iterations: Int[Tensor, " batch"]
    targets: Int[Tensor, "batch n"] | None = None
    layings: tuple[Laying, ...] | None = None


class Scheme(Protocol):
    """A way to protect: frozen settings and one call."""

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect a batch of photos.

        Args:
            images: (B, C, H, W) in [0, 1]; rounded to k/255 first.
            classifier: what the protection is made against, one network or an ensemble.
            seed: with a photo's content it decides every random choice, so neighbours and order do not matter.
            references: the classes to protect, (B,) or one a network (B, M); by default each network's own answer.
        """
        ...


@runtime_checkable
class HidingScheme(Scheme, Protocol):
    """A scheme that can also push down a whole set of classes, whatever the reference is."""

    def hiding(
        self, images: Images, classifier: Classifier, classes: Bool[Tensor, "*members classes"], *, seed: int = 0
    ) -> Protected:
        """Protect a batch of photos from being read as any of `classes`: (K,), or (M, K) one row a network."""
        ...
