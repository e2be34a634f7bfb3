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

from .classifiers import Linear, calm, random_linear
from .photos import judged

SHAPE, PIXELS = (3, 16, 16), 3 * 16 * 16


def test_a_real_network_knows_nothing_any_more(photos: Images, lite0: Network, plain: Network) -> None:
    two = photos[:2]
    protected = unseen.Uniform(lanes=2)(two, lite0)
    before, after = entropy(judged(plain, two), axis=1), entropy(judged(plain, protected.images), axis=1)
    assert (before < 5).all()
    assert (after > 6.8).all()  # ln 1000 is 6.908
    hidden = judged(plain, two).argmax(1) != judged(plain, protected.images).argmax(1)
    share = 0.997 * math.log(1000)
    assert all(
        reached == pytest.approx(share, abs=0.002) or (reached > share and other) == flag
        for reached, other, flag in zip(after, hidden.tolist(), protected.achieved.tolist(), strict=True)
    )
    change = (protected.images - two).mul(255).round()
    assert change.abs().max() == 2
    assert torch.equal(protected.images, quantise(protected.images))


def test_the_entropy_rises_to_nearly_all_there_is() -> None:
    images = torch.randint(20, 236, (5, *SHAPE), generator=torch.Generator().manual_seed(0)) / 255
    classifier = random_linear(6, PIXELS, scale=0.3)
    before = entropy(classifier(images).softmax(1).numpy(), axis=1)
    protected = unseen.Uniform(step=0.3 / 255, required_share=0.98, epsilon=16 / 255)(images, classifier)
    after = entropy(classifier(protected.images).softmax(1).numpy(), axis=1)
    assert protected.achieved.all()
    assert protected.targets is None
    assert (before < 0.9 * math.log(6)).all()
    assert (after >= 0.98 * math.log(6) - 1e-5).all()


def test_an_answer_that_is_even_already_is_left_alone() -> None:
    images = calm(3, *SHAPE)
    protected = unseen.Uniform()(images, Linear(torch.zeros(4, PIXELS), torch.zeros(4)))
    assert torch.equal(protected.images, images)
    assert protected.achieved.all()
    assert protected.iterations.tolist() == [0, 0, 0]


def test_every_network_of_an_ensemble_is_undecided() -> None:
    images, one = calm(4, *SHAPE), random_linear(4, PIXELS, scale=1)
    two = Linear(random_linear(5, PIXELS, scale=1).weight[:4], torch.zeros(4))
    scheme = unseen.Uniform(step=0.1 / 255, required_share=0.95, epsilon=8 / 255)
    protected = scheme(images, Ensemble([one, two]))
    assert protected.achieved.all()
    for classifier in (one, two):
        after = entropy(classifier(protected.images).softmax(1).numpy(), axis=1)
        assert (after >= 0.95 * math.log(4) - 1e-5).all()


def test_the_seed_changes_nothing() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(6, PIXELS)
    expected = unseen.Uniform()(images, classifier).images
    assert torch.equal(unseen.Uniform()(images, classifier, seed=7).images, expected)


def test_the_reference_is_not_the_answer_any_more() -> None:
    images, classifier = calm(8, *SHAPE), random_linear(6, PIXELS, scale=0.3)
    lax = unseen.Uniform(step=0.05 / 255, required_share=0.5, epsilon=16 / 255, max_iterations=300)
    own = classifier(images).argmax(1)
    protected = lax(images, classifier)
    assert protected.achieved.all()
    assert (classifier(protected.images).argmax(1) != own).all()
    least = classifier(images).argmin(1)
    assert lax(images, classifier, references=least).iterations.sum() < protected.iterations.sum()


def test_grey_photos_between_levels() -> None:
    images, classifier = calm(2, 1, 28, 28), random_linear(6, 28 * 28)
    protected, expected = unseen.Uniform()(images + 0.2 / 255, classifier), unseen.Uniform()(images, classifier)
    assert protected.images.shape == images.shape
    assert torch.equal(protected.images, expected.images)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0, -1 / 255, 2.55, float("nan"))],
        *[("step", value) for value in (0, -0.1, float("nan"))],
        *[("required_share", value) for value in (0, -1, 1.01, float("nan"))],
        *[(name, value) for name in ("max_iterations", "lanes") for value in (0, -1)],
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.Uniform(**{name: value})
