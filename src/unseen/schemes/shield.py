"""Away from the reference on networks that nobody asked: the gradients of a few are made to hold for many.

What each part brings is measured by `benchmarks/ablation.py` and told in `docs/results.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from unseen.ascent import Ascent, ascend, default_lanes
from unseen.budget import Linf, Masked
from unseen.grid import on_grid
from unseen.models.ensemble import Ensemble, balanced, padded
from unseen.models.softened import Softened
from unseen.objective import Away, AwayFromAll, Blend, NoneOf, Overtaken
from unseen.randomness import generator_for
from unseen.schemes.settings import (
    lanes_setting,
    require_at_least,
    require_lanes,
    require_positive,
    require_share,
    setting,
    shaping_setting,
)
from unseen.schemes.targets import original_logits, reference_labels, same_meaning
from unseen.shaping import shaping_named
from unseen.types import Budget, Classifier, Images, Labels, Logits, Objective, Protected, View
from unseen.views import Diverse, Sharing, compose
from unseen.views.ranges import require_probability

_REACH = 1.6
"""All steps together, as a multiple of the limit: enough for most values to get there and for some to turn back."""
_CALM, _SPARED = 2 / 255, 8 / 255
"""Smooth places may change by max(_CALM, epsilon - _SPARED): by little, unless so much is allowed that protection is
wanted more than looks."""
_OVERTAKEN = 2.0
"""How much likelier another class must be than the reference, on networks that were asked."""
_HIDDEN = 0.01
"""What all classes of a set that is to be hidden may keep together there."""
_NEVER = -1.0
"""A probability that no answer falls to, so that no photo is released before its last step."""


@dataclass(frozen=True, kw_only=True)
class Shield:
    """Mislead networks that nobody asked, too: away from what is seen, and from all that means the same to people.

    Each of `steps` sees the photo in fresh views, one set a network; every network has the same say; and gradients come
    back the soft way (`Softened`). None is left out, for a photo that its own surrogates no longer recognise is not yet
    hidden from others. One that they still recognise in the end gets more steps, without views, until they do not.
    """

    epsilon: float = setting(8 / 255, "limit of every value's change", levels=True)
    steps: int = setting(20, "steps in views of the photo, all of which are taken")
    extra_steps: int = setting(20, "steps at most, without views, for a photo that is still recognised after them")
    step: float | None = setting(None, "length of a step; by default all together are 1.6 times the limit", levels=True)
    views: int = setting(1, "random views of the photo that each network is shown a step")
    smallest: float = setting(0.6, "share of its height and width that a view leaves of the photo, at least")
    sharing: float = setting(
        0.0, "share of the views that are handled as platforms handle photos: cropped, reduced, blurred, recompressed"
    )
    meaning: float = setting(0.5, "weight of all that means the same to people, beside the reference itself; 0 is none")
    branches: float = setting(0.5, "share of the gradient that residual branches pass back; 1 is all")
    knee: float = setting(1.0, "how far beyond its bend a rectifier still passes gradients back; 0 is not at all")
    calm: float | None = setting(
        None,
        "the limit where the photo is smooth, as skies and skin; by default 2, or the limit less 8 if that is more",
        levels=True,
    )
    texture: float = setting(2.0, "how much the limit grows where texture hides a change")
    shaping: str = shaping_setting("clipped")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        Linf(self.epsilon)
        if self.calm is not None:
            require_positive("calm", self.calm)
        require_at_least("texture", self.texture, 0)
        require_at_least("meaning", self.meaning, 0)
        shaping_named(self.shaping)
        require_lanes(self.lanes)
        require_at_least("steps", self.steps, 1)
        require_at_least("extra_steps", self.extra_steps, 0)
        require_at_least("views", self.views, 1)
        require_share("smallest", self.smallest)
        require_probability("sharing", self.sharing)
        require_share("branches", self.branches)
        require_at_least("knee", self.knee, 0)
        if self.step is not None:
            require_positive("step", self.step)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); the seed decides the views."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        labels = reference_labels(original_logits(images, classifier, lanes), references)
        goal = Overtaken(label=labels, required_ratio=_OVERTAKEN)
        return self._protected(images, classifier, self._objective(labels, classifier), goal, seed)

    def hiding(self, images: Images, classifier: Classifier, classes: Tensor, *, seed: int = 0) -> Protected:
        """The same away from a set of classes, of which all together may keep 1 %."""
        images = on_grid(images)
        classes = classes.to(images.device)
        every = classes.expand(len(_members(classifier)), -1).repeat(self.views, 1)
        objective = AwayFromAll(classes=every.expand(len(images), -1, -1), allowed_score=_NEVER)
        return self._protected(images, classifier, objective, NoneOf(classes=classes, allowed_score=_HIDDEN), seed)

    def _protected(
        self, images: Images, classifier: Classifier, objective: Objective, goal: Objective, seed: int
    ) -> Protected:
        """All steps towards `objective` in views; then, where `goal` does not hold without them, plain ones."""
        lanes = self.lanes or default_lanes(images)
        asked = self._asked(images, classifier, seed)
        ascent = self._ascended(images, classifier, objective, self.steps, lanes=lanes, asked=asked)
        released, iterations = ascent.images, ascent.iterations
        achieved = goal.achieved(original_logits(released, classifier, lanes)).to(images.device)
        again = (~achieved).nonzero().flatten()
        if len(again) and self.extra_steps:
            start = released[again] - images[again]
            goal = goal.take(again)
            more = self._ascended(images[again], classifier, goal, self.extra_steps, lanes=lanes, start=start)
            released[again], achieved[again] = more.images, more.achieved
            iterations[again] += more.iterations
        return Protected(images=released, achieved=achieved, iterations=iterations)

    def _objective(self, labels: Labels, classifier: Classifier) -> Objective:
        """Away from the reference, (B,) or (B, M), and from what means the same; for (B, V * M) answers."""
        members = _members(classifier)
        labels = labels if labels.ndim == 2 else labels[:, None].expand(-1, len(members))
        away = Away(label=labels.repeat(1, self.views), allowed_score=_NEVER)
        if not self.meaning:
            return away
        count = len(classifier.class_names)
        alike = [same_meaning(own, member, count) for own, member in zip(labels.unbind(1), members, strict=True)]
        group = AwayFromAll(classes=torch.stack(alike, 1).repeat(1, self.views, 1), allowed_score=_NEVER)
        return Blend(((1.0, away), (self.meaning, group)))

    def _ascended(
        self, images: Images, classifier: Classifier, objective: Objective, steps: int, **given: Any
    ) -> Ascent:
        return ascend(
            images,
            classifier,
            objective,
            budget=self._budget(),
            step=self.step or _REACH * self.epsilon / self.steps,
            max_iterations=steps,
            shaping=shaping_named(self.shaping),
            **given,
        )

    def _budget(self) -> Budget:
        calm = max(_CALM, self.epsilon - _SPARED) if self.calm is None else self.calm
        if calm >= self.epsilon:
            return Linf(self.epsilon)
        return Masked(epsilon=self.epsilon, calm=calm, texture=self.texture)

    def _asked(self, images: Images, classifier: Classifier, seed: int) -> Callable[[Images, Tensor, Tensor], Logits]:
        """Every network's answer to views of its own, (B, V * M, K); they follow from photo, seed and step."""
        members = [Softened(member, branches=self.branches, knee=self.knee) for member in _members(classifier)]
        drawn = [torch.randint(2**62, (self.steps + 1,), generator=generator_for(image, seed)) for image in images]
        shared = [Sharing(share=self.sharing)] if self.sharing else []
        view = compose(*shared, Diverse(smallest=self.smallest))
        count = len(classifier.class_names)

        def asked(candidates: Images, index: Tensor, steps: Tensor) -> Logits:
            places = zip(index.tolist(), steps.tolist(), strict=True)
            generators = [Generator().manual_seed(int(drawn[photo][step])) for photo, step in places]
            answers = [
                member(_viewed(balanced(candidates), view, generators)) for _ in range(self.views) for member in members
            ]
            return torch.cat(
                [padded(logits.reshape(len(logits), -1, logits.shape[-1]), count) for logits in answers], 1
            )

        return asked


def _members(classifier: Classifier) -> tuple[Classifier, ...]:
    """The networks of an ensemble, each in the ensemble's precision; any other classifier alone."""
    if not isinstance(classifier, Ensemble):
        return (classifier,)
    return tuple(Ensemble([member], precision=classifier.precision) for member in classifier.members)


def _viewed(images: Images, view: View, generators: list[Generator]) -> Images:
    """Each photo in a view of its own."""
    return torch.cat([view(image[None], generator) for image, generator in zip(images, generators, strict=True)])
