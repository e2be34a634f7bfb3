import math
from typing import Any

import pytest
import torch
from scipy.stats import entropy

import unseen
from unseen.grid import quantise
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.types import Images

from .classifiers import calm, random_linear
from .photos import judged

SHAPE, PIXELS = (3, 16, 16), 3 * 16 * 16


@pytest.mark.parametrize("count", [1, 3])
def test_a_real_network_guesses_among_the_targets(photos: Images, lite0: Network, plain: Network, count: int) -> None:
    two = photos[:2]
    protected = unseen.Among(targets=count, lanes=2, epsilon=4 / 255)(two, lite0)
    assert protected.achieved.all()
    assert protected.targets is not None
    assert protected.targets.shape == (2, count)
    before, after = torch.as_tensor(judged(plain, two)), torch.as_tensor(judged(plain, protected.images))
    chosen = after.gather(1, protected.targets)
    assert (chosen.amax(1) / chosen.amin(1) <= 2.1).all()
    assert (after.gather(1, before.argmax(1, keepdim=True)) <= 0.0015).all()
    assert (entropy(after.numpy(), axis=1) >= math.log(count) - 0.02).all()
    assert not torch.isin(before.topk(5).indices, protected.targets).any()
    assert (protected.images - two).mul(255).round().abs().max() <= 4
    assert torch.equal(protected.images, quantise(protected.images))


def test_the_goal_holds_on_every_network_of_an_ensemble() -> None:
    images, one = calm(3, *SHAPE), random_linear(9, PIXELS, scale=1)
    two = random_linear(11, PIXELS, scale=1)
    two = type(two)(two.weight[:9], torch.zeros(9))
    scheme = unseen.Among(targets=3, top_k=2, step=0.1 / 255, epsilon=8 / 255, allowed_score=0.05)
    protected = scheme(images, Ensemble([one, two]))
    assert protected.achieved.all()
    assert protected.targets is not None
    for classifier in (one, two):
        answer = classifier(protected.images).softmax(1)
        chosen = answer.gather(1, protected.targets)
        assert (chosen.amax(1) / chosen.amin(1) <= 2 + 1e-4).all()
        assert (answer.gather(1, classifier(images).argmax(1, keepdim=True)) <= 0.05 + 1e-5).all()


def test_the_targets_are_given_to_the_ascent_as_they_are() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(6, PIXELS)
    targets, labels = torch.tensor([[1, 2], [4, 0]]), torch.tensor([5, 3])
    protected = unseen.Among(epsilon=8 / 255).toward_targets(images, classifier, targets, labels)
    assert protected.targets is targets
    assert torch.equal(classifier(protected.images).topk(2).indices.sort().values, targets.sort().values)


def test_the_seed_decides_the_targets() -> None:
    images, classifier = calm(6, *SHAPE), random_linear(40, PIXELS)
    scheme = unseen.Among(draws=1, max_iterations=2)
    first, again, other = (scheme(images, classifier, seed=seed).targets for seed in (0, 0, 1))
    assert first is not None
    assert again is not None
    assert other is not None
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_too_many_targets_for_the_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="only 4 of the 10 classes can be targets"):
        unseen.Among(targets=5, top_k=6)(calm(1, *SHAPE), random_linear(10, PIXELS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0, -1 / 255, 2.55, float("nan"))],
        *[("step", value) for value in (0, -0.1, float("nan"))],
        *[("allowed_score", value) for value in (0, -1, 1.01, float("nan"))],
        *[("required_ratio", value) for value in (0.9, float("nan"))],
        *[(name, value) for name in ("targets", "max_iterations", "top_k", "draws", "lanes") for value in (0, -1)],
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.Among(**{name: value})
