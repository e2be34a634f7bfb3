"""Class replacement (CRS): Liu et al. 2019, Algorithm 1."""

from dataclasses import dataclass

import torch

from unseen.ascent import ascend, default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid
from unseen.objective import Toward
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
class ClassReplacement:
    """Make a random class outside the network's top k its answer.

    The paper gives the limit (1 % of 255), the required score and the iterations; the rest is ours. `top_k` is 5,
    because a class among the five best is what a reader of the answer would still call a near miss. `draws` is 8: the
    target stays one of a hundred that nobody can guess, at half the iterations of a plain draw (1). `step` is half a
    level: below it rounding swallows single steps, above it the noise grows faster than the score. `shaping` "ramp"
    moves the values that matter most first and all of them only where that does not suffice; "sign" is the paper's.
    """

    epsilon: float = epsilon_setting()
    step: float = step_setting()
    required_score: float = setting(0.99, "probability of the target at which a photo is released")
    max_iterations: int = setting(100, "steps before another target is drawn")
    top_k: int = setting(5, "classes that are never a target: each network's best on the original")
    draws: int = setting(8, "random classes of which the least unlikely becomes the target")
    attempts: int = setting(3, "targets to try at most")
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
        require_share("required_score", self.required_score)
        require_at_least("top_k", self.top_k, 1)
        require_at_least("draws", self.draws, 1)
        require_at_least("attempts", self.attempts, 1)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); a photo whose targets all fail keeps the last try and is not achieved."""
        images = on_grid(images)
        logits = original_logits(images, classifier, self.lanes)
        labels = reference_labels(logits, references)
        candidates = candidate_targets(
            images, logits, labels, top_k=self.top_k, draws=self.draws, count=self.attempts, seed=seed
        )
        return self.toward_candidates(images, classifier, candidates)

    def toward_candidates(self, images: Images, classifier: Classifier, candidates: Labels) -> Protected:
        """Try each photo's `candidates` (B, attempts) in turn, every one from the original, until one is reached."""
        released, targets = images.clone(), candidates[:, :1].clone()
        achieved = torch.zeros(len(images), dtype=torch.bool, device=images.device)
        iterations = torch.zeros(len(images), dtype=torch.long, device=images.device)
        for target in candidates.unbind(1):
            left = (~achieved).nonzero().flatten()
            if len(left) == 0:
                break
            targets[left, 0] = target[left]
            ascent = ascend(
                images[left],
                classifier,
                Toward(target=target[left], required_score=self.required_score),
                budget=Linf(self.epsilon),
                step=self.step,
                max_iterations=self.max_iterations,
                shaping=shaping_named(self.shaping),
                lanes=self.lanes or default_lanes(images),
            )
            released[left], achieved[left] = ascent.images, ascent.achieved
            iterations[left] += ascent.iterations
        return Protected(images=released, achieved=achieved, iterations=iterations, targets=targets)
