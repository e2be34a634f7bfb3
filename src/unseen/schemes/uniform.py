"""All classes equally likely: problem P2 of Liu et al. 2019, solved directly."""

from dataclasses import dataclass

from unseen.ascent import ascend, default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid
from unseen.objective import Uniform as UniformAnswer
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
from unseen.types import Classifier, Images, Labels, Protected


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Raise the entropy of the answer until nothing stands out among all classes, least of all the reference."""

    epsilon: float = epsilon_setting()
    step: float = step_setting()
    required_share: float = setting(0.997, "share of the largest possible entropy at which a photo is released")
    max_iterations: int = setting(60, "steps at most")
    shaping: str = shaping_setting("sign")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        require_ascent(
            epsilon=self.epsilon,
            step=self.step,
            max_iterations=self.max_iterations,
            shaping=self.shaping,
            lanes=self.lanes,
        )
        require_share("required_share", self.required_share)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); nothing here is random, so the seed changes nothing."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        labels = reference_labels(original_logits(images, classifier, lanes), references)
        ascent = ascend(
            images,
            classifier,
            UniformAnswer(label=labels, required_share=self.required_share),
            budget=Linf(self.epsilon),
            step=self.step,
            max_iterations=self.max_iterations,
            shaping=shaping_named(self.shaping),
            lanes=lanes,
        )
        return Protected(images=ascent.images, achieved=ascent.achieved, iterations=ascent.iterations)
