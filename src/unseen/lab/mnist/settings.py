"""What the lab works with, and what its results depend on."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from torch import Tensor

from unseen.datasets.mnist import Digits, Mnist
from unseen.models.digits import DigitNetwork

CLASSES = 10


@dataclass(frozen=True, kw_only=True)
class MnistSettings:
    """How much is computed, and with which limit.

    Attributes:
        limit: of every value of a noise, in [0, 1]; the paper gives none, 0.35 is our reading.
        l2_weight: the price of noise in the paper's method; our reading as well.
        step: of Adam.
        iterations: of every universal noise.
        batch: images a step.
        test_images: the first ones of the test set, on which noises are scored.
        sum_images: the first ones, on which all 1,023 sums are scored.
        distance_images: the first ones, on which the distances of the classes are measured.
        scheme_images: the first ones, on which noises for each image are made; all test images for `uniform`.
        seed: of the order in which a noise sees the training images, and of random targets.
    """

    limit: float = 0.35
    l2_weight: float = 0.02
    step: float = 0.02
    iterations: int = 150
    batch: int = 64
    test_images: int = 10_000
    sum_images: int = 1_000
    distance_images: int = 2_000
    scheme_images: int = 2_000
    seed: int = 0

    @property
    def quick(self) -> bool:
        """Whether less is computed than by default."""
        return self.iterations < MnistSettings.iterations or self.test_images < MnistSettings.test_images


QUICK = MnistSettings(iterations=25, test_images=500, sum_images=40, distance_images=200, scheme_images=125)
"""The whole lab in less than a minute, with coarser numbers."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What lies on the lab's bench.

    Attributes:
        classifier: what the noises are made against.
        other: another architecture, trained from another seed, that only reads.
    """

    data: Mnist
    classifier: DigitNetwork
    other: DigitNetwork
    settings: MnistSettings

    @property
    def test(self) -> Digits:
        """The test images that noises are scored on."""
        return first(self.data.test, self.settings.test_images)

    @property
    def identity(self) -> dict[str, Any]:
        """All that results depend on, as JSON can hold it."""
        sets = (self.data.train, self.data.test)
        return {
            "lab": "mnist",
            **asdict(self.settings),
            "networks": [_digest(network.state_dict().values()) for network in (self.classifier, self.other)],
            "data": [_digest((digits.images, digits.labels)) for digits in sets],
        }


def first(digits: Digits, count: int) -> Digits:
    """The first images of a set."""
    return Digits(images=digits.images[:count], labels=digits.labels[:count])


def _digest(tensors: Iterable[Tensor]) -> str:
    digest = sha256()
    for tensor in tensors:
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
