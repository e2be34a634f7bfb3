"""The fast gradient sign method (FGSM): Goodfellow et al. 2015; Liu et al. 2019, section 3.3."""

from dataclasses import dataclass

import torch

from unseen.ascent import ascend, default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid
from unseen.objective import Away, Toward
from unseen.schemes.settings import epsilon_setting, lanes_setting, require_lanes, setting
from unseen.schemes.targets import hidden, original_logits, reference_labels
from unseen.types import Classifier, Images, Labels, Protected


@dataclass(frozen=True, kw_only=True)
class GradientSign:
    """x' = x + epsilon * sign(gradient of the cost): one step away from the reference, or toward a class.

    The goal holds when the reference is not the answer, or the class toward which the step goes is it. The loop always
    takes its step: a goal above any probability keeps it from releasing the original.
    """

    epsilon: float = epsilon_setting()
    toward: int | None = setting(None, "index of a class to step toward; by default away from the reference")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        Linf(self.epsilon)
        require_lanes(self.lanes)
        if self.toward is not None and self.toward < 0:
            raise ValueError(f"toward is {self.toward}: give the index of a class, from 0")

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); nothing here is random, so the seed changes nothing."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        logits = original_logits(images, classifier, lanes)
        labels = reference_labels(logits, references)
        targets = None
        objective: Away | Toward = Away(label=labels, allowed_score=-1)
        if self.toward is not None:
            if self.toward >= logits.shape[-1]:
                raise ValueError(
                    f"toward is {self.toward}: the network knows {logits.shape[-1]} classes, counted from 0"
                )
            targets = torch.full((len(images), 1), self.toward, device=images.device)
            objective = Toward(target=targets[:, 0], required_score=2)
        ascent = ascend(
            images,
            classifier,
            objective,
            budget=Linf(self.epsilon),
            step=self.epsilon,
            max_iterations=1,
            lanes=lanes,
        )
        after = original_logits(ascent.images, classifier, lanes)
        answers = after.argmax(-1).reshape(len(images), -1)
        achieved = hidden(after, labels) if targets is None else (answers == targets).all(1)
        return Protected(images=ascent.images, achieved=achieved, iterations=ascent.iterations, targets=targets)
