from typing import Any

import pytest
import torch

import unseen
from unseen.grid import quantise
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.types import Images

from .classifiers import Linear, calm, random_linear
from .photos import judged

CLASSES, SHAPE, PIXELS = 12, (3, 16, 16), 3 * 16 * 16


def test_a_real_network_loses_the_reference(photos: Images, lite0: Network, plain: Network) -> None:
    references = judged(plain, photos).argmax(1)
    protected = unseen.Away()(photos, lite0)
    assert protected.achieved.all()
    assert (judged(plain, protected.images)[range(4), references] <= 0.001 + 1e-5).all()
    assert (protected.images - photos).mul(255).round().abs().max() <= 2
    assert torch.equal(protected.images, quantise(protected.images))
    assert protected.targets is None


def test_the_given_reference_is_lowered_and_the_answer_may_stay() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    first, second = classifier(images).topk(2).indices.unbind(1)
    protected = unseen.Away(allowed_score=1e-6)(images, classifier, references=second)
    assert protected.achieved.all()
    assert (classifier(protected.images).softmax(1)[range(4), second] <= 1.01e-6).all()
    assert (classifier(protected.images).argmax(1) == first).any()


def test_each_network_has_its_own_reference() -> None:
    images = calm(4, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), Linear(random_linear(13, PIXELS).weight[:CLASSES], torch.zeros(CLASSES))]
    own = torch.stack([member(images).argmax(1) for member in members], 1)
    assert (own[:, 0] != own[:, 1]).any()
    expected = unseen.Away()(images, Ensemble(members), references=own)
    found = unseen.Away()(images, Ensemble(members))
    assert torch.equal(found.images, expected.images)
    for member, labels in zip(members, own.unbind(1), strict=True):
        assert (member(found.images).softmax(1)[range(4), labels] <= 0.00101)[found.achieved].all()
    assert found.achieved.any()


def test_a_photo_that_keeps_its_reference_is_said_to() -> None:
    images = calm(3, *SHAPE)
    stubborn = Linear(torch.randn(2, PIXELS, generator=torch.Generator().manual_seed(0)), torch.tensor([50.0, 0.0]))
    protected = unseen.Away(max_iterations=9)(images, stubborn)
    assert not protected.achieved.any()
    assert protected.iterations.tolist() == [9] * 3


def test_the_seed_changes_nothing() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, PIXELS)
    assert torch.equal(unseen.Away()(images, classifier, seed=7).images, unseen.Away()(images, classifier).images)


def test_grey_photos_between_levels() -> None:
    images, classifier = calm(2, 1, 28, 28), random_linear(CLASSES, 28 * 28)
    protected, expected = unseen.Away()(images - 0.2 / 255, classifier), unseen.Away()(images, classifier)
    assert protected.images.shape == images.shape
    assert torch.equal(protected.images, expected.images)


def test_wrong_references_are_refused() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, PIXELS)
    with pytest.raises(ValueError, match=r"references have shape \(3,\): give one class a photo, \(2,\)"):
        unseen.Away()(images, classifier, references=torch.tensor([0, 1, 2]))
    with pytest.raises(ValueError, match="from 0 to 11"):
        unseen.Away()(images, classifier, references=torch.tensor([0, 12]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0, -1 / 255, 2.55, float("nan"))],
        *[("step", value) for value in (0, -0.1, float("nan"))],
        *[("allowed_score", value) for value in (0, -1, 1.01, float("nan"))],
        *[(name, value) for name in ("max_iterations", "lanes") for value in (0, -1)],
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.Away(**{name: value})


def test_a_group_is_pushed_down_as_a_whole() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    group = torch.zeros(CLASSES, dtype=torch.bool)
    group[classifier(images).topk(3).indices.flatten()] = True
    assert not group.all()
    protected = unseen.Away().hiding(images, classifier, group)
    assert protected.achieved.all()
    after = classifier(protected.images).softmax(1)
    assert (after[:, group].sum(1) <= 0.00101).all()
    assert (protected.images - images).mul(255).round().abs().max() <= 2
    assert torch.equal(protected.images, quantise(protected.images))


def test_each_network_has_a_group_of_its_own() -> None:
    images = calm(4, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), random_linear(7, PIXELS)]
    groups = torch.zeros(2, CLASSES, dtype=torch.bool)
    groups[0, members[0](images).argmax(1)] = True
    groups[1, members[1](images).argmax(1)[0]] = True
    protected = unseen.Away(epsilon=4 / 255).hiding(images, Ensemble(members, mixed=True), groups)
    assert protected.achieved.all()
    for member, group in zip(members, groups, strict=True):
        own = group[: len(member.class_names)]
        assert (member(protected.images).softmax(1)[:, own].sum(1) <= 0.00101).all()


def test_what_is_not_seen_costs_nothing() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, PIXELS)
    group = torch.zeros(CLASSES, dtype=torch.bool)
    group[classifier(images).softmax(1).amax(0).argmin()] = True
    protected = unseen.Away(allowed_score=0.2).hiding(images, classifier, group)
    assert protected.iterations.tolist() == [0, 0]
    assert torch.equal(protected.images, images)
