from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from unseen.models.fold import fold_batch_norm
from unseen.models.libraries import prepare_imports

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def norms(body: nn.Module) -> int:
    return sum(isinstance(module, NORMS) for module in body.modules())


def random_images(count: int = 2, side: int = 64) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(count))


def with_random_statistics(body: nn.Module) -> nn.Module:
    """Nothing is left as it was made: means, variances, scales and shifts are random."""
    generator = torch.Generator().manual_seed(0)
    for module in body.modules():
        if isinstance(module, NORMS):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.3, 2, generator=generator)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
                nn.init.normal_(module.bias, 0, 0.2, generator=generator)
    return body.eval()


def same_function(folded: nn.Module, body: nn.Module, images: Tensor) -> bool:
    """Whether the logits differ by no more than 1e-4 of how much they vary."""
    with torch.no_grad():
        expected = body(images)
        return bool((folded(images) - expected).abs().max() <= 1e-4 * expected.std())


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("resnet18", 20, 0),
        ("tf_efficientnet_lite0", 49, 0),
        ("mobilenetv3_small_050", 34, 0),
        ("regnety_002", 44, 0),
        ("convnext_atto", 0, 0),
        ("densenet121", 121, 62),  # half of its norms come before their convolution
        ("resnetv2_18", 17, 9),
        ("mixnet_s", 49, 34),  # some norms read several convolutions side by side
        ("coatnet_nano_rw_224", None, None),  # a convolution that a norm and a shortcut read
        ("convmixer_768_32", 65, 65),  # an activation between convolution and norm
    ],
)
def test_a_network_of_the_zoo_stays_the_same_function(name: str, before: int | None, after: int | None) -> None:
    prepare_imports()
    import timm

    torch.manual_seed(0)
    body = with_random_statistics(timm.create_model(name, pretrained=False, num_classes=10))
    side = 224 if "224" in name else 64
    folded = fold_batch_norm(body, random_images(1, side))
    assert same_function(folded, body, random_images(2, side))
    if before is not None:
        assert (norms(body), norms(folded)) == (before, after)
    else:
        assert 0 < norms(folded) < norms(body)


class Body(nn.Module):
    """Two convolutions, a norm and a linear layer, used as a test likes."""

    def __init__(self, use: Callable[["Body", Tensor], Tensor], **norm: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8, **norm)
        self.relu = nn.ReLU(inplace=True)
        self.hidden = nn.Linear(8, 6)
        self.flat_norm = nn.BatchNorm1d(6)
        self.use = use

    def forward(self, images: Tensor) -> Tensor:
        return self.flat_norm(self.hidden(self.use(self, images).mean((2, 3))))


def body_that(use: Callable[[Body, Tensor], Tensor], **norm: bool) -> nn.Module:
    torch.manual_seed(0)
    return with_random_statistics(Body(use, **norm))


FOLDS: dict[str, Callable[[Body, Tensor], Tensor]] = {
    "a bias": lambda body, images: body.norm(body.first(images)),
    "no bias": lambda body, images: body.relu(body.norm(body.second(body.first(images)))),
    "changed in place afterwards": lambda body, images: F.relu_(body.norm(body.first(images))),
}
STAYS: dict[str, Callable[[Body, Tensor], Tensor]] = {
    "before the convolution": lambda body, images: body.second(body.norm(body.first(images).tanh())),
    "in place between": lambda body, images: body.norm(body.relu(body.first(images))),
    "a function in place between": lambda body, images: body.norm(F.relu_(body.first(images))),
    "a shortcut beside": lambda body, images: body.norm(made := body.first(images)) + made,
    "a shortcut read first": lambda body, images: (made := body.first(images)).sigmoid() * body.norm(made),
    "a convolution used twice": lambda body, images: body.norm(body.second(body.second(body.first(images)))),
    "a norm used twice": lambda body, images: body.norm(body.second(body.norm(body.first(images)))),
    "a sum of two": lambda body, images: body.norm(body.first(images) + body.first.weight.sum()),
}


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("name", FOLDS)
def test_a_norm_right_behind_its_layer_goes_into_it(name: str, affine: bool) -> None:
    body = body_that(FOLDS[name], affine=affine)
    folded = fold_batch_norm(body, random_images(1))
    assert norms(folded) == 0
    assert same_function(folded, body, random_images(2))


@pytest.mark.parametrize("name", STAYS)
def test_a_norm_that_does_not_belong_to_one_layer_stays(name: str) -> None:
    body = body_that(STAYS[name])
    folded = fold_batch_norm(body, random_images(1))
    assert norms(folded) == 1  # the one behind the linear layer is gone in any case
    assert same_function(folded, body, random_images(2))


def test_a_body_that_reads_its_weights_itself_is_left_alone() -> None:
    body = body_that(
        lambda body, images: body.norm(body.first(images)) + F.conv2d(images, body.first.weight, padding=1)
    )
    assert fold_batch_norm(body, random_images(1)) is body


def test_a_body_that_relies_on_changes_in_place_is_the_same_function() -> None:
    def act_and_forget(body: Body, images: Tensor) -> Tensor:
        made = body.norm(body.first(images))
        body.relu(made)
        return made

    body = body_that(act_and_forget)
    assert same_function(fold_batch_norm(body, random_images(1)), body, random_images(2))


def test_the_body_given_is_not_changed() -> None:
    body = body_that(FOLDS["a bias"])
    before = {name: tensor.clone() for name, tensor in body.state_dict().items()}
    folded = fold_batch_norm(body, random_images(1))
    assert folded is not body
    assert all(torch.equal(tensor, before[name]) for name, tensor in body.state_dict().items())
    assert norms(body) == 2
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in folded.modules())


def test_folding_works_where_no_gradient_is_recorded() -> None:
    body = body_that(FOLDS["no bias"])
    with torch.inference_mode():
        folded = fold_batch_norm(body, random_images(1))
    assert norms(folded) == 0
    assert same_function(folded, body, random_images(2))
