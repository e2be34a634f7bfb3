"""Class indistinguishability (CIS): Liu et al. 2019, Algorithm 2."""

from dataclasses import dataclass

import torch

from unseen.ascent import default_lanes
from unseen.budget import Linf
from unseen.grid import on_grid, quantise
from unseen.schemes.replace import ClassReplacement
from unseen.schemes.settings import (
    epsilon_setting,
    lanes_setting,
    require_at_least,
    setting,
    shaping_setting,
    step_setting,
)
from unseen.schemes.targets import candidate_targets, hidden, original_logits, reference_labels
from unseen.types import Classifier, Images, Labels, Protected

CLIPS = ("limit", "range")


@dataclass(frozen=True, kw_only=True)
class ClassIndistinguishability:
    """Add up the class-replacement noises of several random classes, so that none stands out.

    The goal holds when every noise alone reached its class and the sum keeps the reference from being the answer.
    The paper clips each noise and leaves the sum to the range of the pixels (`clip` "range", up to n times the limit);
    "limit" clips the sum to the limit as well.
    """

    epsilon: float = epsilon_setting()
    step: float = step_setting()
    targets: int = setting(2, "classes whose noises are added")
    clip: str = setting("limit", "what bounds the sum: 'limit' (ours) or 'range' of the pixels (the paper's)")
    required_score: float = setting(0.99, "probability that each noise alone must give its class")
    max_iterations: int = setting(100, "steps before the whole list of classes is drawn again")
    top_k: int = setting(5, "classes that are never a target: each network's best on the original")
    draws: int = setting(8, "random classes of which the least unlikely becomes the target")
    attempts: int = setting(3, "lists of classes to try at most")
    shaping: str = shaping_setting("ramp")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        self._replacement(lanes=self.lanes)
        require_at_least("targets", self.targets, 1)
        if self.clip not in CLIPS:
            raise ValueError(f"clip is {self.clip!r}: choose {' or '.join(CLIPS)}")

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); a photo whose lists all fail keeps the last sum and is not achieved."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        logits = original_logits(images, classifier, lanes)
        labels = reference_labels(logits, references)
        candidates = candidate_targets(
            images,
            logits,
            labels,
            top_k=self.top_k,
            draws=self.draws,
            count=self.attempts * self.targets,
            seed=seed,
            together=self.targets,
        )
        released, targets = images.clone(), candidates[:, : self.targets].clone()
        achieved = torch.zeros(len(images), dtype=torch.bool, device=images.device)
        iterations = torch.zeros(len(images), dtype=torch.long, device=images.device)
        for drawn in candidates.split(self.targets, 1):
            left = (~achieved).nonzero().flatten()
            if len(left) == 0:
                break
            targets[left] = drawn[left]
            total, reached, spent = self._sum_of_noises(images[left], classifier, drawn[left], lanes)
            released[left] = total
            achieved[left] = reached & hidden(original_logits(total, classifier, lanes), labels[left])
            iterations[left] += spent
        return Protected(images=released, achieved=achieved, iterations=iterations, targets=targets)

    def _sum_of_noises(
        self, images: Images, classifier: Classifier, drawn: Labels, lanes: int
    ) -> tuple[Images, torch.Tensor, torch.Tensor]:
        """The released images, whether every noise reached its class, and the iterations of all of them."""
        count = drawn.shape[1]
        single = self._replacement(lanes=lanes).toward_candidates(
            images.repeat_interleave(count, 0), classifier, drawn.reshape(-1, 1)
        )
        noises = single.images.unflatten(0, (-1, count)) - images[:, None]
        noise = noises.sum(1)
        if self.clip == "limit":
            noise = Linf(self.epsilon).project_on_grid(noise, images)
        reached = single.achieved.unflatten(0, (-1, count)).all(1)
        return quantise(images + noise), reached, single.iterations.unflatten(0, (-1, count)).sum(1)

    def _replacement(self, *, lanes: int | None) -> ClassReplacement:
        return ClassReplacement(
            epsilon=self.epsilon,
            step=self.step,
            required_score=self.required_score,
            max_iterations=self.max_iterations,
            top_k=self.top_k,
            draws=self.draws,
            attempts=self.attempts,
            shaping=self.shaping,
            lanes=lanes,
        )
