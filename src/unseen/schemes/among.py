"""A guess among n classes: what class indistinguishability is for, asked of the network in one ascent."""

from dataclasses import dataclass

from unseen.ascent import ascend, default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid
from unseen.objective import Among as AmongTargets
from unseen.schemes.settings import (
    epsilon_setting,
    lanes_setting,
    require_ascent,
    require_at_least,
    require_share,
    setting,
    shaping_setting,
    step_setting,
)
from unseen.schemes.targets import candidate_targets, original_logits, reference_labels
from unseen.shaping import shaping_named
from unseen.types import Classifier, Images, Labels, Protected


@dataclass(frozen=True, kw_only=True)
class Among:
    """Make several random classes equally likely and the reference none of them.

    Where class indistinguishability adds up noises made one by one and hopes that the classes come out even, this
    asks for the even answer itself, within one limit and at the price of one noise.
    """

    epsilon: float = epsilon_setting()
    step: float = step_setting()
    targets: int = setting(2, "classes made equally likely")
    required_ratio: float = setting(2.0, "how many times as likely as the least the most likely target may be")
    allowed_score: float = setting(0.001, "probability of the reference at which a photo is released")
    max_iterations: int = setting(150, "steps at most")
    top_k: int = setting(5, "classes that are never a target: each network's best on the original")
    draws: int = setting(8, "random classes of which the least unlikely becomes the target")
    shaping: str = shaping_setting("adam")
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
        for name, least in (("targets", 1), ("required_ratio", 1), ("top_k", 1), ("draws", 1)):
            require_at_least(name, getattr(self, name), least)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W)."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        logits = original_logits(images, classifier, lanes)
        labels = reference_labels(logits, references)
        targets = candidate_targets(
            images,
            logits,
            labels,
            top_k=self.top_k,
            draws=self.draws,
            count=self.targets,
            seed=seed,
            together=self.targets,
        )
        return self.toward_targets(images, classifier, targets, labels)

    def toward_targets(self, images: Images, classifier: Classifier, targets: Labels, labels: Labels) -> Protected:
        """The same for targets (B, n) that are given, and the references that must vanish, (B,) or (B, M)."""
        ascent = ascend(
            images,
            classifier,
            AmongTargets(
                targets=targets,
                label=labels,
                required_ratio=self.required_ratio,
                allowed_score=self.allowed_score,
            ),
            budget=Linf(self.epsilon),
            step=self.step,
            max_iterations=self.max_iterations,
            shaping=shaping_named(self.shaping),
            lanes=self.lanes or default_lanes(images),
        )
        return Protected(images=ascent.images, achieved=ascent.achieved, iterations=ascent.iterations, targets=targets)
