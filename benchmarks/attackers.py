"""An attacker who knows unseen: a network whose last layers are tuned on photos that unseen has protected.

The layers before them stay as they are, so what they give for a photo is computed once. The training photos may have
one of each class, which is too little to learn classes from. So the answers that the network itself gave to the clean
photos are what it is to give to the protected ones (distillation), with or without the labels beside them.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from unseen.models import Network
from unseen.photo.photo import Pixels

TUNED = {"linear probe": "classifier", "last block": "last block"}
"""Which part each attacker tunes: the classifying layer, or also the last stage of blocks and the layers after it."""

RATES = (3e-4, 1e-3)
"""Learning rates of Adam."""
WEIGHTS = (0.0, 1.0)
"""How much the labels count beside the network's own answers. Rate and weight are those that do best on the training
photos held out: on the answers to them, for their labels are classes that are not learnt from meanwhile."""
BATCH = 32
MOST_PASSES = 20
PATIENCE = 3
"""Passes over the photos without a gain on those held out before it ends."""


Watch = Callable[[nn.Module], tuple[float, float]]
"""Layers -> how often they are right on protected and on clean photos."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What there is to learn from.

    Attributes:
        clean, protected: (N, ...), what the layers that stay give for each photo and for its protected copy.
        answers: (N, K), the untouched network's probabilities for the clean photos.
        labels: (N,).
    """

    clean: Tensor
    protected: Tensor
    answers: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor) -> "Lesson":
        """Some of the photos."""
        return Lesson(
            clean=self.clean[index],
            protected=self.protected[index],
            answers=self.answers[index],
            labels=self.labels[index],
        )


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """Tuned layers and how they came about.

    Attributes:
        layers: what the layers that stay give -> logits (B, K).
        rate: of learning.
        weight: of the labels.
        passes: over the photos; 0 leaves the network as it was, because nothing did better on those held out.
        watched: what was seen after each of `MOST_PASSES` passes, whether the attacker would have gone on or not.
    """

    layers: nn.Module
    rate: float
    weight: float
    passes: int
    watched: tuple[tuple[float, float], ...] = ()


def cut(network: Network, part: str) -> tuple[nn.Module, nn.Module]:
    """A network of timm's EfficientNet family in two: the layers that stay, and a copy of those that are tuned.

    Args:
        part: "classifier" or "last block".

    Raises:
        SystemExit: a network of another family.
    """
    try:
        before, stages, after = (
            [network.body.get_submodule(name) for name in names]
            for names in (("conv_stem", "bn1"), ("blocks",), ("conv_head", "bn2", "global_pool", "classifier"))
        )
    except AttributeError as error:
        problem = f"{network.name}: cannot be cut, for it has other layers ({error})"
        raise SystemExit(f"{problem}; name a network such as lite0 or timm:mobilenetv1_100") from error
    layers = [*before, *stages[0].children(), *after]
    at = len(layers) - 1 - (0 if part == "classifier" else len(after))
    tuned = copy.deepcopy(nn.Sequential(*layers[at:])).requires_grad_(True)
    return nn.Sequential(*layers[:at]).eval(), tuned.eval()  # what little it has of batch norms keeps its statistics


@torch.no_grad()
def seen(network: Network, layers: nn.Module, pictures: Iterable[Pixels]) -> Tensor:
    """What layers of the network give for pictures (H, W, C) uint8, each read as a crawler reads it; (N, ...)."""
    outputs = []
    for pixels in pictures:
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        prepared = network.preprocessing(image).contiguous(memory_format=torch.channels_last)
        outputs.append(layers(prepared)[0].contiguous())
    return torch.stack(outputs)


def tune(layers: nn.Module, lesson: Lesson, watch: Watch, *, seed: int, rates: Sequence[float] = RATES) -> Attacker:
    """Layers that know protected photos.

    A fifth of the photos is held out; the rate, weight and number of passes that do best on it are taken, and the
    layers are tuned anew with them on all photos.

    Args:
        watch: called with the layers after every pass over all photos.
    """
    order = torch.randperm(len(lesson), generator=Generator().manual_seed(seed))
    held, kept = lesson.take(order[: len(order) // 5]), lesson.take(order[len(order) // 5 :])
    ways = [
        (*_best_passes(layers, kept, held, rate=rate, weight=weight, seed=seed), rate, weight)
        for rate, weight in product(rates, WEIGHTS)
    ]
    passes, reached, rate, weight = min(ways, key=lambda way: way[1])
    if reached >= loss(layers, held, weight=0.0).item():
        passes = 0
    tuned, chosen, watched = copy.deepcopy(layers), layers, []
    for number, now in enumerate(_passes(tuned, lesson, rate=rate, weight=weight, passes=MOST_PASSES, seed=seed), 1):
        watched.append(watch(now))
        if number == passes:
            chosen = copy.deepcopy(now)
    return Attacker(layers=chosen, rate=rate, weight=weight, passes=passes, watched=tuple(watched))


def loss(layers: nn.Module, lesson: Lesson, *, weight: float) -> Tensor:
    """How far the answers are from those to the clean photos, and by the weight from the labels.

    Cross-entropies, their weighted mean over both versions of the photos.
    """
    total = torch.zeros(())
    for maps in (lesson.clean, lesson.protected):
        logits = layers(maps.float())
        total = total + F.cross_entropy(logits, lesson.answers) + weight * F.cross_entropy(logits, lesson.labels)
    return total / (2 + 2 * weight)


@torch.no_grad()
def right(layers: nn.Module, maps: Tensor, labels: Tensor) -> list[bool]:
    """Whether the first answer is the label, for each photo."""
    first = torch.cat([layers(batch.float()).argmax(1) for batch in maps.split(BATCH)])
    hits: list[bool] = (first == labels).tolist()
    return hits


def _best_passes(
    layers: nn.Module, kept: Lesson, held: Lesson, *, rate: float, weight: float, seed: int
) -> tuple[int, float]:
    """After how many passes the answers to the photos held out are best, and the loss there."""
    best, least = 0, float("inf")
    all_passes = _passes(copy.deepcopy(layers), kept, rate=rate, weight=weight, passes=MOST_PASSES, seed=seed)
    for number, tuned in enumerate(all_passes, 1):
        with torch.no_grad():
            reached = loss(tuned, held, weight=0.0).item()
        if reached < least:
            best, least = number, reached
        elif number - best >= PATIENCE:
            break
    return best, least


def _passes(
    layers: nn.Module, lesson: Lesson, *, rate: float, weight: float, passes: int, seed: int
) -> Iterable[nn.Module]:
    """Tune the layers in place by Adam, and give them after every pass over the photos in a new order."""
    optimiser = torch.optim.Adam(layers.parameters(), lr=rate)
    random = Generator().manual_seed(seed)
    for _ in range(passes):
        for index in torch.randperm(len(lesson), generator=random).split(BATCH):
            optimiser.zero_grad()
            loss(layers, lesson.take(index), weight=weight).backward()
            optimiser.step()
        yield layers
