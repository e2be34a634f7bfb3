"""No noise: for a photo whose picture alone, such as a crop, is the protection."""

from dataclasses import dataclass

import torch

from unseen.ascent import default_lanes
from unseen.grid import on_grid
from unseen.schemes.settings import lanes_setting, require_lanes
from unseen.schemes.targets import hidden, original_logits, reference_labels
from unseen.types import Classifier, Images, Labels, Protected


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """Leave the picture as it is; the goal holds where the reference is not the answer to it."""

    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        require_lanes(self.lanes)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Images (B, C, H, W) on the k/255 grid; without references no goal can hold."""
        images = on_grid(images)
        logits = original_logits(images, classifier, self.lanes or default_lanes(images))
        achieved = hidden(logits, reference_labels(logits, references))
        return Protected(images=images, achieved=achieved, iterations=torch.zeros_like(achieved, dtype=torch.long))
