import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F

import unseen
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.types import Images

from .classifiers import Linear, calm, random_linear
from .photos import judged

CLASSES, SHAPE, PIXELS = 12, (3, 16, 16), 3 * 16 * 16


def one_step(network: Network, images: Images, labels: torch.Tensor, epsilon: float) -> tuple[Images, torch.Tensor]:
    """x + epsilon * sign(gradient of the cross-entropy), and the gradient; one photo at a time."""
    stepped, gradients = [], []
    for photo, label in zip(images, labels, strict=True):
        picture = photo[None].clone().requires_grad_()
        F.cross_entropy(network(picture), label[None]).backward()
        assert picture.grad is not None
        stepped.append((photo + epsilon * picture.grad[0].sign()).clamp(0, 1))
        gradients.append(picture.grad[0])
    return torch.stack(stepped), torch.stack(gradients)


def same_but_where_flat(found: Images, expected: Images, gradient: torch.Tensor) -> bool:
    """Equal pictures, except where the gradient is so small that a folded network may see its other side."""
    differ = (found - expected).abs() > 0.5 / 255
    flat = gradient.abs() < 1e-3 * gradient.abs().mean((1, 2, 3), keepdim=True)
    return bool((differ & ~flat).double().mean() < 1e-4) and bool(differ.double().mean() < 0.01)


def test_away_is_the_paper_s_equation(photos: Images, lite0: Network, plain: Network) -> None:
    references = torch.from_numpy(judged(plain, photos).argmax(1))
    protected = unseen.GradientSign(epsilon=2 / 255)(photos, lite0)
    expected, gradient = one_step(plain, photos, references, 2 / 255)
    assert same_but_where_flat(protected.images, expected, gradient)
    assert protected.iterations.tolist() == [1] * 4
    assert protected.targets is None
    after = judged(plain, protected.images)
    assert protected.achieved.tolist() == (after.argmax(1) != references.numpy()).tolist()
    assert (after[range(4), references] < judged(plain, photos)[range(4), references]).all()


def test_toward_turns_the_sign(photos: Images, lite0: Network, plain: Network) -> None:
    target = 130
    protected = unseen.GradientSign(epsilon=2 / 255, toward=target)(photos, lite0)
    expected, gradient = one_step(plain, photos, torch.full((4,), target), -2 / 255)
    assert same_but_where_flat(protected.images, expected, gradient)
    assert protected.targets is not None
    assert protected.targets.tolist() == [[target]] * 4
    after = judged(plain, protected.images)
    assert (after[:, target] > judged(plain, photos)[:, target]).all()
    assert protected.achieved.tolist() == (after.argmax(1) == target).tolist()


@pytest.mark.parametrize("levels", [1, 2, 2.55, 8])
@pytest.mark.parametrize("toward", [None, 1])
def test_two_classes_follow_the_closed_form(levels: float, toward: int | None) -> None:
    classifier = random_linear(2, PIXELS, scale=1)
    images = torch.randint(0, 256, (7, *SHAPE), generator=torch.Generator().manual_seed(0)) / 255
    answers = classifier(images).argmax(1)
    assert 0 < answers.sum() < 7
    assert (classifier(images).softmax(1).amax(1) == 1).any()  # certainty does not stop a step
    protected = unseen.GradientSign(epsilon=levels / 255, toward=toward)(images, classifier)
    upward = (classifier.weight[1] - classifier.weight[0]).sign().reshape(SHAPE)
    signs = torch.ones(7) if toward else 1 - 2.0 * answers
    wanted = images * 255 + math.floor(levels) * signs[:, None, None, None] * upward
    assert torch.equal(protected.images, wanted.clamp(0, 255).round() / 255)


def test_a_photo_that_is_there_already_still_takes_its_step() -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, PIXELS, scale=0.5)
    answer = int(classifier(images).argmax(1)[0])
    protected = unseen.GradientSign(toward=answer)(images, classifier)
    assert (protected.images != images).flatten(1).any(1).all()
    assert protected.achieved[0]


def test_an_ensemble_steps_along_the_sum_of_its_costs() -> None:
    images = calm(4, *SHAPE)
    members = [
        random_linear(CLASSES, PIXELS, scale=1),
        Linear(random_linear(13, PIXELS, scale=1).weight[:12], torch.zeros(12)),
    ]
    picture = images.clone().requires_grad_()
    labels = [member(images).argmax(1) for member in members]
    sum(
        F.cross_entropy(member(picture), own, reduction="sum") for member, own in zip(members, labels, strict=True)
    ).backward()  # type: ignore[union-attr]
    assert picture.grad is not None
    expected = (images * 255 + 2 * picture.grad.sign()).round() / 255
    protected = unseen.GradientSign()(images, Ensemble(members))
    assert torch.equal(protected.images, expected)
    gone = [member(expected).argmax(1) != own for member, own in zip(members, labels, strict=True)]
    assert torch.equal(protected.achieved, gone[0] & gone[1])


def test_grey_photos_between_levels() -> None:
    images, classifier = calm(2, 1, 28, 28), random_linear(CLASSES, 28 * 28)
    protected, expected = (
        unseen.GradientSign()(images + 0.2 / 255, classifier),
        unseen.GradientSign()(images, classifier),
    )
    assert protected.images.shape == images.shape
    assert torch.equal(protected.images, expected.images)


def test_a_class_that_the_network_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="toward is 12: the network knows 12 classes"):
        unseen.GradientSign(toward=12)(calm(1, *SHAPE), random_linear(CLASSES, PIXELS))


@pytest.mark.parametrize(
    ("name", "value"),
    [("epsilon", 0), ("epsilon", -1 / 255), ("epsilon", 2.55), ("toward", -1), ("lanes", 0), ("lanes", -2)],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.GradientSign(**{name: value})
