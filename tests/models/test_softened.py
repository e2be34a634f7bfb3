import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from unseen.models import load_classifier
from unseen.models.softened import Softened


class Called:
    """A function as a classifier."""

    class_names = ("only",)

    def __init__(self, function: object) -> None:
        self.function = function

    def __call__(self, images: Tensor) -> Tensor:
        answer: Tensor = self.function(images)  # type: ignore[operator]
        return answer


def slopes(function: object, points: list[float], *, branches: float = 1.0) -> list[float]:
    """The gradient at each point, read through `Softened`."""
    inputs = torch.tensor(points).reshape(1, 1, 1, -1).requires_grad_()
    Softened(Called(function), branches=branches)(inputs).sum().backward()
    assert inputs.grad is not None
    return [round(value, 6) for value in inputs.grad.flatten().tolist()]


@pytest.mark.parametrize("rectifier", [functional.relu, torch.relu, nn.ReLU(), Tensor.relu])
def test_a_rectifier_passes_back_a_ramp(rectifier: object) -> None:
    assert slopes(rectifier, [-1.5, -0.5, 0, 0.5, 1, 9]) == [0, 0.25, 0.5, 0.75, 1, 1]


def test_a_capped_rectifier_passes_back_a_ramp_at_both_ends() -> None:
    for rectifier in (nn.ReLU6(), functional.relu6, lambda images: functional.hardtanh(images, min_val=0, max_val=6)):
        assert slopes(rectifier, [-1, -0.5, 0, 3, 5.5, 6, 6.5, 8]) == [0, 0.25, 0.5, 1, 0.75, 0.5, 0.25, 0]
    assert slopes(nn.Hardtanh(), [-2, -1, 0, 1.5]) == [0, 0.5, 1, 0.25]


def test_the_branch_of_a_residual_block_passes_back_its_share() -> None:
    def block(images: Tensor) -> Tensor:
        path = images * 1
        return path + 10 * path

    def turned(images: Tensor) -> Tensor:
        path = images * 1
        return 10 * path + path

    assert slopes(block, [1.0], branches=0.25) == slopes(turned, [1.0], branches=0.25) == [3.5]
    assert slopes(block, [1.0]) == [11]


def test_sums_that_end_no_block_are_left_alone() -> None:
    assert slopes(lambda images: images * 1 + 2, [1.0], branches=0.5) == [1]
    assert slopes(lambda images: images * 1 + torch.ones(1), [1.0], branches=0.5) == [1]


def test_a_real_network_answers_as_before_and_its_gradient_is_another() -> None:
    network = load_classifier("lite0")
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    plain, soft = network(images), Softened(network)(images)
    assert torch.equal(plain, soft)
    (before,), (after,) = (torch.autograd.grad(logits[:, 0].sum(), images) for logits in (plain, soft))
    agreement = torch.cosine_similarity(before.flatten(1), after.flatten(1))
    assert after.isfinite().all()
    assert (agreement < 0.9).all()
    assert torch.equal(torch.autograd.grad(network(images)[:, 0].sum(), images)[0], before)


def test_a_share_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="branches is 0: give a number above 0"):
        Softened(Called(functional.relu), branches=0)
