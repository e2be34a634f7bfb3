"""How many steps a peer needs for a wanted success, and at which batch size it is fastest; outside the timed runs."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from peers import PEERS, Attack
from task import success, target_scores, to_8_bit
from worker import Assignment, load

_FIRST_SEARCH = 48  # steps; doubled while they do not suffice
_TRIAL_STEPS = 2  # enough to tell which batch size is faster


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a peer needs for a wanted success.

    Attributes:
        steps: the fewest for the success on its own images; None: not reached within those tried.
        steps_after_rounding: the same for its images rounded to 8 bit.
        batch_size: the fastest of those offered.
        trial_seconds: of the few steps that told which it is.
        success_by_step: after 0, 1, 2, … steps, before rounding.
        success_after_rounding_by_step: the same for the rounded images.
    """

    steps: int | None
    steps_after_rounding: int | None
    batch_size: int
    trial_seconds: dict[int, float]
    success_by_step: tuple[float, ...]
    success_after_rounding_by_step: tuple[float, ...]


def find_need(assignment: Assignment, wanted: float, batch_sizes: tuple[int, ...], max_steps: int) -> Need:
    """The fewest steps with which a peer has the `wanted` success, at the batch size that suits it best.

    A peer asks the network once a step, so one long run shows the success after every number of steps. The run is
    made twice as long until the success is there or `max_steps` are spent.
    """
    images, network = load(assignment)
    targets, attack = torch.tensor(assignment.targets), PEERS[assignment.contender]
    seconds = {size: _trial_seconds(attack, network, images, targets, size) for size in batch_sizes}
    batch_size, steps = min(batch_sizes, key=seconds.__getitem__), min(_FIRST_SEARCH, max_steps)
    while True:
        before, after = _success_by_step(attack, network, images, targets, steps=steps, batch_size=batch_size)
        needed = _first(before, wanted)
        if needed is not None or steps == max_steps:
            break
        steps = min(2 * steps, max_steps)
    return Need(
        steps=needed,
        steps_after_rounding=_first(after, wanted),
        batch_size=batch_size,
        trial_seconds=seconds,
        success_by_step=tuple(before),
        success_after_rounding_by_step=tuple(after),
    )


def _trial_seconds(attack: Attack, network: nn.Module, images: Tensor, targets: Tensor, batch_size: int) -> float:
    """The faster of two short runs."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        attack(network, images, targets, steps=_TRIAL_STEPS, batch_size=batch_size)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _success_by_step(
    attack: Attack, network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int
) -> tuple[list[float], list[float]]:
    """The success after 0, 1, …, `steps` steps, before and after rounding, as the attack shows it to the network."""
    shown = steps + 1  # the last step's images are seen at the beginning of one more
    targets_of_batch = targets.split(batch_size)
    before: list[Tensor] = []
    after: list[Tensor] = []  # batch by batch, and within a batch step by step

    def watch(_module: nn.Module, inputs: tuple[Tensor, ...], logits: Tensor) -> None:
        if logits.requires_grad:  # without a gradient it is no step: a library's own check, or this function's question
            wanted = targets_of_batch[len(before) // shown]
            after.append(target_scores(network, to_8_bit(inputs[0].detach()), wanted))
            before.append(logits.detach().softmax(dim=1).gather(1, wanted[:, None]).squeeze(1))

    handle = network.register_forward_hook(watch)
    try:
        attack(network, images, targets, steps=shown, batch_size=batch_size)
    finally:
        handle.remove()
    return _by_step(before, shown), _by_step(after, shown)


def _by_step(scores: list[Tensor], shown: int) -> list[float]:
    """Success over all batches, from scores that come batch by batch, `shown` of each."""
    return [success(torch.cat(scores[step::shown])) for step in range(shown)]


def _first(successes: list[float], wanted: float) -> int | None:
    return next((step for step, reached in enumerate(successes) if reached >= wanted), None)
