"""The one loop: projected gradient ascent with continuous batching.

Photos wait in a queue and are computed in a fixed number of lanes. A photo that has reached its goal, spent its
iterations, or is no longer wanted by who watches it, leaves its lane and the next one takes it, so easy photos do not
pay for hard ones. The number of lanes
is a setting: arithmetic on a CPU depends in the last bit on the batch shape, but not on what the other lanes hold.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from unseen.grid import quantise
from unseen.shaping import Shaping, sign
from unseen.types import Budget, Classifier, Flags, Images, Logits, Objective
from unseen.watch import wanted

LANES = 4
"""Photos computed at a time; on CPUs more lanes fall out of the cache."""

SIGN = sign()


@dataclass(frozen=True, kw_only=True)
class Ascent:
    """Where the loop ended: images (B, C, H, W) on the k/255 grid, achieved (B,), iterations (B,)."""

    images: Images
    achieved: Flags
    iterations: Tensor


def default_lanes(images: Images) -> int:
    """One lane for a photo alone, which then costs no more than it must; LANES for several."""
    return 1 if len(images) == 1 else LANES


@torch.enable_grad()
def ascend(
    images: Images,
    classifier: Classifier,
    objective: Objective,
    *,
    budget: Budget,
    step: float,
    max_iterations: int,
    shaping: Shaping = SIGN,
    lanes: int | None = None,
    asked: Callable[[Images, Tensor, Tensor], Logits] | None = None,
    start: Images | None = None,
    photos: Images | None = None,
) -> Ascent:
    """Ascend the objective's gain within the budget until its goal holds on the rounded picture.

    Prediction and gradient come from one forward pass on the picture as it would be saved; the gradient moves the
    picture before rounding (a straight-through estimate), so that steps below one level add up.

    Args:
        images: (B, C, H, W) on the k/255 grid.
        objective: one entry a photo.
        step: length of a step in [0, 1]; it multiplies the direction that `shaping` makes of the gradients.
        max_iterations: steps a photo may take before it is released without its goal.
        lanes: batch shape of the arithmetic; None is 1 for a photo alone and LANES for several.
        asked: the answer to the pictures in the lanes, given them, which of `images` they come from, and how many steps
            each has taken; by default the classifier's.
        start: (B, C, H, W) changes within the budget to begin with; by default none.
        photos: (B, ...) the photos that `images` stand for, where they are none themselves; for who watches them.
    """
    lanes = lanes or default_lanes(images)
    released = images.clone()
    achieved, iterations = torch.zeros(len(images), dtype=torch.bool), torch.zeros(len(images), dtype=torch.long)
    occupant = torch.arange(lanes) % len(images)  # which photo a lane holds; a lane without one repeats its last
    busy = torch.arange(lanes) < len(images)
    waiting = int(busy.sum())
    originals = images[occupant].to(memory_format=torch.channels_last)
    delta = torch.zeros_like(originals) if start is None else start[occupant].to(memory_format=torch.channels_last)
    state = shaping.initial(originals)
    still_wanted = wanted(images if photos is None else photos, max_iterations)
    while busy.any():
        # Rounded once more because original + (k/255 - original) may miss k/255 by the last bit.
        candidate = quantise(originals + budget.project_on_grid(delta, originals)).requires_grad_()
        index = occupant.to(images.device)
        logits = classifier(candidate) if asked is None else asked(candidate, index, iterations[occupant])
        current = objective.take(index)
        reached = current.achieved(logits.detach()).cpu()
        is_wanted = still_wanted(occupant.tolist(), iterations[occupant].tolist())
        leaving = busy & (reached | (iterations[occupant] >= max_iterations) | ~is_wanted)
        for lane in leaving.nonzero().flatten().tolist():
            released[occupant[lane]], achieved[occupant[lane]] = candidate.detach()[lane], reached[lane]
        staying = busy & ~leaving
        iterations[occupant[staying]] += 1
        if staying.any():
            (gradient,) = torch.autograd.grad(current.gain(logits).sum(), candidate)
            direction, state = shaping.update(gradient, state)
            delta = budget.project(delta + step * direction, originals)
        for lane in leaving.nonzero().flatten().tolist():
            busy[lane] = waiting < len(images)
            if busy[lane]:
                occupant[lane], waiting = waiting, waiting + 1
                originals[lane] = images[occupant[lane]]
            delta[lane] = 0 if start is None else start[occupant[lane]]
            for tensor in state:
                tensor[lane] = 0
        del logits, candidate  # or the graph behind them would outlive the next forward pass
    return Ascent(images=released, achieved=achieved.to(images.device), iterations=iterations.to(images.device))
