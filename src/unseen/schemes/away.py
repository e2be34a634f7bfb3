"""Away from the reference: problem P1 of Liu et al. 2019, solved directly."""

from dataclasses import dataclass

from torch import Tensor

from unseen.ascent import ascend, default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid
from unseen.objective import Away as AwayFrom
from unseen.objective import NoneOf
from unseen.schemes.settings import (
    epsilon_setting,
    lanes_setting,
    require_ascent,
    require_share,
    setting,
    shaping_setting,
    step_setting,
)
from unseen.schemes.targets import original_logits, reference_labels
from unseen.shaping import shaping_named
from unseen.types import Classifier, Images, Labels, Objective, Protected


@dataclass(frozen=True, kw_only=True)
class Away:
    """Lower the probability of the reference, whatever the network then answers."""

    epsilon: float = epsilon_setting()
    step: float = step_setting()
    allowed_score: float = setting(0.001, "probability of the reference at which a photo is released")
    max_iterations: int = setting(100, "steps at most")
    shaping: str = shaping_setting("ramp")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        require_ascent(
            epsilon=self.epsilon,
            step=self.step,
            max_iterations=self.max_iterations,
            shaping=self.shaping,
            lanes=self.lanes,
        )
        require_share("allowed_score", self.allowed_score)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); nothing here is random, so the seed changes nothing."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        labels = reference_labels(original_logits(images, classifier, lanes), references)
        return self._ascended(images, classifier, AwayFrom(label=labels, allowed_score=self.allowed_score))

    def hiding(self, images: Images, classifier: Classifier, classes: Tensor, *, seed: int = 0) -> Protected:
        """The same away from a set of classes, of which all together may keep `allowed_score`."""
        objective = NoneOf(classes=classes.to(images.device), allowed_score=self.allowed_score)
        return self._ascended(on_grid(images), classifier, objective)

    def _ascended(self, images: Images, classifier: Classifier, objective: Objective) -> Protected:
        ascent = ascend(
            images,
            classifier,
            objective,
            budget=Linf(self.epsilon),
            step=self.step,
            max_iterations=self.max_iterations,
            shaping=shaping_named(self.shaping),
            lanes=self.lanes,
        )
        return Protected(images=ascent.images, achieved=ascent.achieved, iterations=ascent.iterations)
