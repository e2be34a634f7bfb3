from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.ensemble import Ensemble, balanced
from unseen.types import Classifier


@dataclass
class Member:
    """One random layer, and whether it was asked within autocast."""

    seed: int
    class_names: tuple[str, ...] = ("cat", "dog", "car")
    within_autocast: list[bool] = field(default_factory=list)

    def __call__(self, images: Tensor) -> Tensor:
        self.within_autocast.append(torch.is_autocast_enabled(images.device.type))
        weight = torch.randn(len(self.class_names), 12, generator=torch.Generator().manual_seed(self.seed))
        return nn.functional.linear(images.flatten(1), weight)


IMAGES = torch.rand(5, 3, 2, 2, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_answers_lie_side_by_side(count: int) -> None:
    members = [Member(seed) for seed in range(count)]
    ensemble = Ensemble(members)
    logits = ensemble(IMAGES)
    assert logits.shape == (5, count, 3)
    for number, member in enumerate(members):
        assert torch.equal(logits[:, number], member(IMAGES))
    assert ensemble.class_names == ("cat", "dog", "car")
    assert isinstance(ensemble, Classifier)


def test_the_gradient_is_that_of_all_members() -> None:
    members = [Member(seed) for seed in range(3)]
    images, alone = IMAGES.clone().requires_grad_(), IMAGES.clone().requires_grad_()
    Ensemble(members)(images).square().sum().backward()
    for member in members:
        member(alone).square().sum().backward()
    assert images.grad is not None
    assert alone.grad is not None
    torch.testing.assert_close(images.grad, alone.grad)


def test_without_a_precision_everything_stays_in_float32() -> None:
    member = Member(0)
    with torch.autocast("cpu", torch.bfloat16):  # a caller's own does not reach the members
        logits = Ensemble([member])(IMAGES)
    assert member.within_autocast == [False]
    assert logits.dtype == torch.float32
    assert torch.equal(logits[:, 0], Member(0)(IMAGES))


def test_a_precision_is_used_inside_and_answers_are_float32() -> None:
    member = Member(0)
    logits = Ensemble([member], precision=torch.bfloat16)(IMAGES)
    assert member.within_autocast == [True]
    assert logits.dtype == torch.float32
    exact = Member(0)(IMAGES)
    assert not torch.equal(logits[:, 0], exact)
    torch.testing.assert_close(logits[:, 0], exact, atol=0.05, rtol=0.02)


def test_no_network_is_refused() -> None:
    with pytest.raises(ModelError, match="at least one network"):
        Ensemble([])


@pytest.mark.parametrize("names", [("cat", "dog"), ("cat", "car", "dog"), ("cat", "dog", "tram")])
def test_networks_with_other_classes_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match=rf"different classes \(3 of one, {len(names)} of another\)"):
        Ensemble([Member(0), Member(1, names)])


def test_networks_of_different_classes_may_be_mixed_where_it_is_asked_for() -> None:
    short, long = Member(0), Member(1, class_names=("bar", "beach", "canyon", "desert", "farm"))
    logits = Ensemble([short, long], mixed=True)(IMAGES)
    assert logits.shape == (5, 2, 5)
    assert torch.equal(logits[:, 0, :3], short(IMAGES))
    assert torch.equal(logits[:, 1], long(IMAGES))
    torch.testing.assert_close(logits[:, 0].softmax(1)[:, :3], short(IMAGES).softmax(1))
    with pytest.raises(ModelError, match=r"different classes \(3 of one, 5 of another\)"):
        Ensemble([short, long])


def test_balanced_pictures_are_the_same_and_give_every_network_the_same_say() -> None:
    weights = torch.tensor([[1.0, -3.0, 0.0, 2.0], [0.5, 0.5, -0.5, 0.0]]).reshape(2, 1, 2, 2)
    images = torch.rand(2, 1, 2, 2).requires_grad_()
    assert torch.equal(balanced(images), images)
    loud, quiet = (1e6 * weights * balanced(images)).sum(), (1e-6 * weights.flip(3) * balanced(images)).sum()
    (gradient,) = torch.autograd.grad(loud + quiet, images)
    mean = weights.abs().mean((1, 2, 3), keepdim=True)
    assert torch.allclose(gradient, weights / mean + weights.flip(3) / mean)


def test_no_gradient_stays_none() -> None:
    images = torch.rand(1, 1, 2, 2).requires_grad_()
    (gradient,) = torch.autograd.grad((0 * balanced(images)).sum(), images)
    assert torch.equal(gradient, torch.zeros_like(images))
