"""DeepFool: Moosavi-Dezfooli, Fawzi and Frossard 2016, for the Euclidean and for the largest change.

It is no objective for `ascent.ascend`: its step is as long as the way to the nearest of several boundaries, and for
that it needs one gradient a class from the same forward pass, where the ascent has one gradient and a given step. These
backward passes are most of its cost. So the photos are asked once more after every step, without a gradient: those that
are read as something else leave before the next one, and the others fill the lanes anew.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from unseen.grid import LEVELS, on_grid, quantise
from unseen.schemes.boundaries import ReadPhotos, asked, gaps, leads, likeliest
from unseen.schemes.settings import require_at_least, setting
from unseen.schemes.targets import hidden
from unseen.types import Classifier, Flags, Images, Labels, PerPhoto, Protected
from unseen.watch import wanted

NORMS = ("l2", "linf")

_LEAST_STEP = 2.5e-7
"""Of a step's values, in root mean square; floats would swallow a smaller one and hold a photo on the boundary."""
_STEEPER = 1.5
"""How many times as steep as the steepest boundary measured the others may be."""
_MARGIN = 1e-3
"""Share of the reference's lead by which a cut change goes beyond the boundary, or the last bits would decide there."""
_DOUBLINGS = 8
"""How often a change is doubled at most until the picture with it is read as something else."""


@dataclass(frozen=True, kw_only=True)
class Perturbation:
    """Where DeepFool ended, before any rounding.

    Attributes:
        delta: (B, C, H, W), with images + delta in [0, 1].
        fooled: (B,) whether no network reads images + delta as the reference.
        iterations: (B,) steps taken.
    """

    delta: Images
    fooled: Flags
    iterations: Tensor


@dataclass(frozen=True, kw_only=True)
class DeepFool:
    """Change a photo as little as it takes until the reference is not the answer.

    The steps of a walk to a curved boundary do not all point the same way: in the end the change is turned to where
    that boundary is nearest, and cut where it fools, if that makes it shorter (after SuperDeepFool, Abdolahpourrostam
    and others 2024). Rounding swallows most of so small a change, so its smallest multiple is released that survives
    rounding: of all changes in whole levels that do as much to a linear network, round(multiple * gradient) is the
    shortest. It does not survive compression either; a larger `overshoot` goes further beyond the boundary.
    """

    norm: str = setting("l2", "what is kept small: 'l2', or 'linf' for the largest change of a value")
    candidates: int = setting(9, "classes to whose boundaries the way is measured: the likeliest beside the reference")
    overshoot: float = setting(0.02, "share of the change that is added to go beyond the boundary")
    max_iterations: int = setting(50, "steps at most")
    turns: int = setting(1, "how often the change is turned and cut in the end; 0 is the paper's")
    narrowings: int = setting(3, "how often the smallest multiple of the change that fools is bracketed more closely")
    lanes: int = setting(1, "photos computed at a time; on a CPU one is fastest, for they differ in what they need")

    def __post_init__(self) -> None:
        if self.norm not in NORMS:
            raise ValueError(f"norm is {self.norm!r}: choose {' or '.join(NORMS)}")
        require_at_least("candidates", self.candidates, 1)
        require_at_least("overshoot", self.overshoot, 0)
        require_at_least("max_iterations", self.max_iterations, 1)
        require_at_least("turns", self.turns, 0)
        require_at_least("narrowings", self.narrowings, 0)
        require_at_least("lanes", self.lanes, 1)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        """Protect images (B, C, H, W); nothing here is random, so the seed changes nothing."""
        photos = asked(on_grid(images), classifier, references, self.lanes)
        found = self._search(photos)
        multiple, fooled = self._least_multiple(photos, found.delta, rounded=True)
        least, further = (
            _changed(photos.images, found.delta, scale, rounded=True)
            for scale in (multiple, multiple * (1 + self.overshoot))
        )
        still = fooled & photos.read(further)[1]
        released = further.where(_per_photo(still), least)
        return Protected(images=released, achieved=fooled, iterations=found.iterations)

    def perturbation(self, images: Images, classifier: Classifier, *, references: Labels | None = None) -> Perturbation:
        """The change of images (B, C, H, W) in [0, 1], on the grid or not, without rounding."""
        return self._search(asked(images, classifier, references, self.lanes))

    def _search(self, photos: ReadPhotos) -> Perturbation:
        found = self._walk(photos)
        delta, fooled = found.delta, found.fooled
        for _ in range(self.turns):
            turned = photos.in_lanes(self._turned, photos.images + delta, photos.images, photos.labels)
            multiple, reaches = self._least_multiple(photos, turned, rounded=False)
            turned = _inside(photos.images, turned * _per_photo(multiple))
            better = reaches & (~fooled | (self._size(turned) < self._size(delta)))
            delta, fooled = turned.where(_per_photo(better), delta), fooled | reaches
        return Perturbation(delta=delta, fooled=fooled, iterations=found.iterations)

    def _walk(self, photos: ReadPhotos) -> Perturbation:
        """Algorithm 2: steps until the sum of them, times 1 + overshoot, crosses a boundary."""
        delta = torch.zeros_like(photos.images)
        fooled = hidden(photos.logits, photos.labels)
        iterations = torch.zeros_like(fooled, dtype=torch.long)
        classes = likeliest(photos.logits, photos.labels, self.candidates)
        still_wanted = wanted(photos.images, self.max_iterations)
        given_up = torch.zeros_like(fooled)
        for _ in range(self.max_iterations):
            left = (~fooled & ~given_up).nonzero().flatten()
            given_up[left] = ~still_wanted(left.tolist(), iterations[left].tolist()).to(left.device)
            left = left[~given_up[left]]
            if len(left) == 0:
                break
            others = photos.take(left)
            pictures = _changed(others.images, delta[left], 1 + self.overshoot, rounded=False)
            steps = others.in_lanes(self._step, pictures, others.labels, classes[left])
            delta[left] = _inside(others.images, delta[left] + steps)
            iterations[left] += 1
            pictures = _changed(others.images, delta[left], 1 + self.overshoot, rounded=False)
            fooled[left] = others.read(pictures)[1]
        delta = _inside(photos.images, delta * (1 + self.overshoot))
        return Perturbation(delta=delta, fooled=fooled, iterations=iterations)

    @torch.enable_grad()
    def _step(self, classifier: Classifier, pictures: Images, labels: Labels, classes: Labels) -> Images:
        """The shortest step onto a boundary, each taken for flat (for other norms than the Euclidean, section 3.3).

        Classes are taken in the order of their leads, and none is measured that lies too far behind to be the nearest:
        near a boundary only one or two of them are. One backward pass after the other is faster on a CPU than all at
        once (vmap).
        """
        pictures = pictures.to(memory_format=torch.channels_last).requires_grad_()
        ways = gaps(classifier(pictures), labels, classes).sort(1).values
        values, step = pictures.detach(), torch.zeros_like(pictures)
        shortest = torch.full((len(pictures),), math.inf, device=pictures.device)
        steepest = torch.full_like(shortest, 1e-20)
        least = _LEAST_STEP * (math.sqrt(values[0].numel()) if self.norm == "l2" else 1)
        for gap in ways.unbind(1):
            hopeful = gap.detach() <= _STEEPER * steepest * shortest
            if not hopeful.any():
                break
            (gradient,) = torch.autograd.grad(gap.sum(), pictures, retain_graph=True)
            direction, slope = self._downhill(gradient, values)
            distance = (gap.detach() / slope).clamp_min(least)
            nearer = hopeful & (slope > 0) & (distance < shortest)
            step = torch.where(_per_photo(nearer), _per_photo(distance) * direction, step)
            shortest = torch.where(nearer, distance, shortest)
            steepest = torch.where(hopeful, slope.maximum(steepest), steepest)
        return step

    @torch.enable_grad()
    def _turned(self, classifier: Classifier, pictures: Images, images: Images, labels: Labels) -> Images:
        """The shortest change onto the boundary next to the pictures, taken for flat; as they are where it has none."""
        pictures = pictures.to(memory_format=torch.channels_last).requires_grad_()
        (gradient,) = torch.autograd.grad(leads(classifier(pictures), labels).sum(), pictures)
        direction, slope = self._downhill(gradient, images)
        change = pictures.detach() - images
        length = -(gradient * change).flatten(1).sum(1) / slope
        return torch.where(_per_photo((slope > 0) & (length > 0)), _per_photo(length) * direction, change)

    def _downhill(self, gradient: Images, values: Images) -> tuple[Images, PerPhoto]:
        """The change of norm 1 that lowers most what has this gradient, and by how much it does.

        Values at the end of their range that it would push beyond take no part in it.
        """
        stuck = ((values <= 0) & (gradient > 0)) | ((values >= 1) & (gradient < 0))
        downhill = -gradient.masked_fill(stuck, 0)
        if self.norm == "linf":
            return downhill.sign(), downhill.flatten(1).norm(p=1, dim=1)
        slope = downhill.flatten(1).norm(dim=1)
        return downhill / _per_photo(slope), slope

    def _size(self, delta: Images) -> PerPhoto:
        return delta.flatten(1).norm(p=2 if self.norm == "l2" else math.inf, dim=1)

    def _least_multiple(self, photos: ReadPhotos, delta: Images, *, rounded: bool) -> tuple[PerPhoto, Flags]:
        """The smallest multiple (B,) of delta found that fools, and whether one was; else 1.

        Where a line between the bracket's ends crosses zero is where the next look is taken; the end that stays counts
        half from then on, so that it does not stay for ever (the Illinois method).
        """
        lead = leads(photos.logits, photos.labels).amax(1)
        margin = _MARGIN * lead.clamp_min(0)
        low, lead_low = torch.zeros_like(lead), lead + margin
        high, lead_high = torch.ones_like(low), torch.zeros_like(low)
        if rounded:  # from where the largest value is one level, for a photo that was on the boundary already
            high = high.maximum(0.501 / LEVELS / delta.abs().amax((1, 2, 3)).clamp_min(1e-9))
        fooled = torch.zeros_like(low, dtype=torch.bool)

        def read(index: Tensor, multiple: PerPhoto) -> tuple[PerPhoto, Flags]:
            some = photos.take(index)
            lead, fooled = some.read(_changed(some.images, delta[index], multiple, rounded=rounded))
            return lead + margin[index], fooled & (lead <= -margin[index])

        for _ in range(1 + _DOUBLINGS):
            left = (~fooled).nonzero().flatten()
            lead_high[left], fooled[left] = read(left, high[left])
            low, lead_low = torch.where(fooled, low, high), torch.where(fooled, lead_low, lead_high)
            high = torch.where(fooled, high, 2 * high)
        found = fooled.nonzero().flatten()
        for _ in range(self.narrowings):
            share = (lead_low / (lead_low - lead_high)).nan_to_num(0.5).clamp(0.02, 0.98)
            middle, lead, enough = low.lerp(high, share), lead_low.clone(), torch.zeros_like(fooled)
            lead[found], enough[found] = read(found, middle[found])
            low, high = torch.where(enough, low, middle), torch.where(enough, middle, high)
            lead_low, lead_high = torch.where(enough, lead_low / 2, lead), torch.where(enough, lead, lead_high / 2)
        return torch.where(fooled, high, 1), fooled


def _inside(images: Images, delta: Images) -> Images:
    """The nearest delta with images + delta in [0, 1]; what is smaller than a float of an image is not rounded away."""
    return torch.maximum(torch.minimum(delta, 1 - images), -images)


def _changed(images: Images, delta: Images, multiple: PerPhoto | float, *, rounded: bool) -> Images:
    """The pictures with so much of each delta on them, in [0, 1] or on the k/255 grid."""
    scale = _per_photo(multiple) if isinstance(multiple, Tensor) else multiple
    pictures = images + scale * delta
    return quantise(pictures) if rounded else pictures.clamp(0, 1)


def _per_photo(values: Tensor) -> Tensor:
    """(B,) -> (B, 1, 1, 1)."""
    return values[:, None, None, None]
