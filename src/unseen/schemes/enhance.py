"""Enhancement that hides: a colour grade of the whole photo that the network cannot read it through.

After Zhao, Liu and Larson, Adversarial Color Enhancement (2020), who bend one piecewise-linear curve a channel and
pull its slopes towards the identity. Here a grade is a smooth function of the whole colour (`unseen.schemes.grade`), so
that greens may move while skies stay; hard limits take the place of the penalty, and a photo that gives in is left
where it is, which keeps most grades well inside the limits.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from unseen.ascent import ascend, default_lanes
from unseen.grid import on_grid, quantise
from unseen.objective import Overtaken
from unseen.schemes.grade import Grade, GradeLimits, graded, vivid
from unseen.schemes.settings import (
    lanes_setting,
    require_at_least,
    require_lanes,
    require_positive,
    setting,
)
from unseen.schemes.targets import original_logits, reference_labels
from unseen.shaping import shaping_named
from unseen.types import Classifier, Images, Labels, Logits, Protected


@dataclass(frozen=True, kw_only=True)
class Enhance:
    """Grade the photo's colours, as a photographer does, until the network no longer sees the reference.

    The same grade is put on the photo at its full size: nothing is laid on it, and no detail is lost. What moves in the
    ascent is the grade, a small picture; the network is asked about the photo through it.
    """

    tone: float = setting(64 / 255, "how much lighter or darker a colour may become", levels=True)
    colour: float = setting(56 / 255, "how far a colour may move in hue and saturation", levels=True)
    slope: float = setting(0.75, "how much steeper or flatter a gradient may become")
    vividness: float = setting(0.2, "contrast and saturation that the photo begins with: 0 adds none, 1 much")
    knots: int = setting(7, "colours a side of the cube that the grade is told by; more follow the photo more closely")
    grade_step: float = setting(2.5 / 255, "length of a step of the grade", levels=True)
    margin: float = setting(2.0, "how many times as likely as the reference another class must be")
    max_iterations: int = setting(60, "steps at most")
    shaping: str = setting("ramp", "how a gradient becomes a step: ramp, sign or momentum")
    lanes: int | None = lanes_setting()

    def __post_init__(self) -> None:
        self._limits()
        shaping_named(self.shaping)
        require_positive("grade_step", self.grade_step)
        require_at_least("margin", self.margin, 1)
        require_at_least("knots", self.knots, 2)
        require_at_least("max_iterations", self.max_iterations, 1)
        require_lanes(self.lanes)
        if not 0 <= self.vividness <= 1:
            raise ValueError(f"vividness is {self.vividness}: give a number from 0 to 1")
        steepest = 1 - self.vividness / 2
        if self.slope >= steepest:
            remedy = f"give less than {steepest:g}, or gradients could turn over"
            raise ValueError(f"slope is {self.slope}: with vividness {self.vividness:g} {remedy}")

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); nothing here is random, so the seed changes nothing."""
        images = on_grid(images)
        lanes = self.lanes or default_lanes(images)
        labels = reference_labels(original_logits(images, classifier, lanes), references)
        start = quantise(vivid(self.knots, self.vividness)).to(images.device)

        def asked(grades: Images, index: Tensor, steps: Tensor) -> Logits:
            picture = graded(grades, images[index])
            return classifier(picture + (quantise(picture) - picture).detach())

        ascent = ascend(
            start.repeat(len(images), 1, 1, 1),
            classifier,
            Overtaken(label=labels, required_ratio=self.margin),
            budget=self._limits(),
            step=self.grade_step,
            max_iterations=self.max_iterations,
            shaping=shaping_named(self.shaping),
            lanes=lanes,
            asked=asked,
            photos=images,
        )
        released = [
            quantise(graded(grade[None], image[None])) for grade, image in zip(ascent.images, images, strict=True)
        ]
        return Protected(
            images=torch.cat(released),
            achieved=ascent.achieved,
            iterations=ascent.iterations,
            layings=tuple(Grade(knots=grade) for grade in ascent.images.cpu()),
        )

    def _limits(self) -> GradeLimits:
        return GradeLimits(tone=self.tone, colour=self.colour, slope=self.slope)
