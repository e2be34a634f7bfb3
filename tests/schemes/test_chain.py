from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor

from unseen.grid import LEVELS, quantise
from unseen.laying import Noise
from unseen.models import Network
from unseen.schemes import Away, ClassReplacement, Uniform
from unseen.schemes.chain import Chain
from unseen.schemes.enhance import Enhance
from unseen.types import Classifier, Images, Labels, Protected

from .classifiers import calm, random_linear
from .photos import judged

CLASSES, SHAPE = 12, (3, 16, 16)


@dataclass(frozen=True, kw_only=True)
class Lighter:
    """Adds a level to every value, and notes what it was asked."""

    lanes: int | None = None
    asked: list[tuple[int | None, int, Tensor | None]] = field(default_factory=list)

    def __call__(
        self, images: Images, classifier: Classifier, *, seed: int = 0, references: Labels | None = None
    ) -> Protected:
        self.asked.append((self.lanes, seed, references))
        count = len(images)
        return Protected(
            images=quantise(images + 1 / LEVELS),
            achieved=torch.ones(count, dtype=torch.bool),
            iterations=torch.full((count,), 3),
        )


def test_every_scheme_gets_the_reference_of_the_original_the_seed_and_the_lanes() -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, 768)
    first, second, own = Lighter(), Lighter(), Lighter(lanes=7)
    protected = Chain(schemes=(first, Away(epsilon=8 / 255), second, own), lanes=2)(images, classifier, seed=5)
    answers = classifier(images).argmax(1)
    assert [scheme.asked[0][:2] for scheme in (first, second, own)] == [(2, 5), (2, 5), (7, 5)]
    assert all(torch.equal(scheme.asked[0][2], answers) for scheme in (first, second, own))
    assert (classifier(second_input(protected)).argmax(1) != answers).all()


def second_input(protected: Protected) -> Images:
    """What the last two schemes were given: two levels darker than what they released."""
    return protected.images - 2 / LEVELS


def test_given_references_outrank_the_networks_own() -> None:
    images, scheme = calm(2, *SHAPE), Lighter()
    references = torch.tensor([3, 4])
    Chain(schemes=(scheme,))(images, random_linear(CLASSES, 768), references=references)
    assert torch.equal(scheme.asked[0][2], references)


def test_limits_count_from_the_picture_before_and_iterations_add_up() -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, 768)
    away = Away(epsilon=4 / 255)
    protected = Chain(schemes=(Lighter(), Lighter(), away))(images, classifier)
    alone = away(quantise(images + 2 / LEVELS), classifier, references=classifier(images).argmax(1))
    assert torch.equal(protected.images, alone.images)
    assert torch.equal(protected.achieved, alone.achieved)
    assert protected.iterations.tolist() == [6 + int(spent) for spent in alone.iterations]
    change = (protected.images - images).mul(LEVELS).round()
    assert change.max() <= 6
    assert change.min() >= -2


def test_targets_are_the_last_schemes() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, 768)
    protected = Chain(schemes=(Lighter(), ClassReplacement(epsilon=8 / 255)))(images, classifier)
    assert protected.targets is not None
    assert protected.targets.shape == (2, 1)


def test_changes_are_made_one_after_the_other_at_any_size() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, 768)
    protected = Chain(schemes=(Enhance(max_iterations=3), Away(epsilon=4 / 255)))(images, classifier)
    assert protected.layings is not None
    first = Enhance(max_iterations=3)(images, classifier, references=classifier(images).argmax(1))
    large = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    for index in range(2):
        noise = Noise(noise=protected.images[index] - first.images[index])
        assert np.array_equal(protected.layings[index](large), noise(first.layings[index](large)))
        small, released = (
            batch[index].mul(LEVELS).round().to(torch.uint8).permute(1, 2, 0).numpy()
            for batch in (images, protected.images)
        )
        assert np.array_equal(protected.layings[index](small), released)


def test_enhanced_and_then_uniform_a_real_network_knows_nothing(photos: Images, lite0: Network, plain: Network) -> None:
    two = photos[:2]
    references = judged(plain, two).argmax(1)
    chain = Chain(schemes=(Enhance(max_iterations=5), Uniform(epsilon=4 / 255)), lanes=2)
    protected = chain(two, lite0)
    after = judged(plain, protected.images)
    assert protected.achieved.all()
    assert (after.argmax(1) != references).all()
    assert (after[range(2), references] < 0.01).all()


@pytest.mark.parametrize(("wrong", "said"), [({"schemes": ()}, "holds no scheme"), ({"lanes": 0}, "^lanes is 0")])
def test_what_makes_no_chain_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Chain(**{"schemes": (Away(),)} | wrong)
