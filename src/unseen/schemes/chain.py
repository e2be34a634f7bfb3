"""Schemes one after the other, such as `enhance+uniform`: itself a scheme."""

from dataclasses import dataclass, replace
from typing import Any

import torch

from unseen.ascent import default_lanes
from unseen.grid import on_grid
from unseen.laying import InTurn, layings
from unseen.schemes.settings import lanes_setting, require_lanes
from unseen.schemes.targets import original_logits, reference_labels
from unseen.types import Classifier, Images, Labels, Protected, Scheme
from unseen.watch import carried_over


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Each scheme protects what the one before released, always against the reference of the original.

    A limit counts from the picture that its scheme was given. The goal is the last scheme's, and so are the targets;
    iterations add up.

    Attributes:
        schemes: at least one, in order.
        lanes: for every scheme that does not say its own.
    """

    schemes: tuple[Scheme, ...]
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        require_lanes(self.lanes)
        if not self.schemes:
            raise ValueError("a chain holds no scheme: give at least one")

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W)."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        labels = reference_labels(original_logits(images, classifier, lanes), references)
        iterations = torch.zeros(len(images), dtype=torch.long, device=images.device)
        stages = []
        originals = images
        for scheme in self.schemes:
            with carried_over(originals, images):
                protected = _settled(scheme, lanes)(images, classifier, seed=seed, references=labels)
            stages.append(layings(protected, images))
            images = protected.images
            iterations += protected.iterations
        together = tuple(InTurn(parts=parts) for parts in zip(*stages, strict=True))
        return replace(protected, iterations=iterations, layings=together)


def _settled(scheme: Any, lanes: int) -> Scheme:
    """The scheme with its batch shape fixed, where it has one and leaves it open."""
    return replace(scheme, lanes=lanes) if getattr(scheme, "lanes", lanes) is None else scheme
