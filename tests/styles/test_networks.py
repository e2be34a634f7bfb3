"""The published layers, counted and computed again from the papers' tables and from nothing of the networks' code."""

from collections.abc import Mapping

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from unseen.styles.instance_norm import InstanceNorm, with_statistics_of
from unseen.styles.networks import CartoonDiscriminator, CartoonGenerator, CycleDiscriminator, CycleGenerator

from .pictures import small_cartoon, small_cycle

PUBLISHED_CARTOON_BYTES = 44_518_668
"""Of float32 tensors in the published Hayao generator."""

CARTOON_DISCRIMINATOR = ((3, 32), (32, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 1))
"""Channels in and out of each 3 x 3 convolution of figure 2."""
CARTOON_DISCRIMINATOR_NORMS = (128, 256, 256)


def parameters_of(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def on_meta(make: type[nn.Module]) -> nn.Module:
    with torch.device("meta"):
        return make()


def test_parameter_counts_are_the_published_ones() -> None:
    cycle = {make: f"{parameters_of(on_meta(make)) / 1e6:.3f} M" for make in (CycleGenerator, CycleDiscriminator)}
    assert cycle == {CycleGenerator: "11.378 M", CycleDiscriminator: "2.765 M"}  # what its training prints
    assert 4 * parameters_of(on_meta(CartoonGenerator)) == PUBLISHED_CARTOON_BYTES
    convolutions = sum(9 * before * after + after for before, after in CARTOON_DISCRIMINATOR)
    assert parameters_of(on_meta(CartoonDiscriminator)) == convolutions + 2 * sum(CARTOON_DISCRIMINATOR_NORMS)


def test_the_names_are_those_of_the_official_release() -> None:
    generator = {f"model.{number}.{kind}" for number in (1, 4, 7, 19, 22, 26) for kind in ("weight", "bias")}
    blocks = {
        f"model.{number}.conv_block.{layer}.{kind}"
        for number in range(10, 19)
        for layer in (1, 5)
        for kind in ("weight", "bias")
    }
    assert set(on_meta(CycleGenerator).state_dict()) == generator | blocks
    discriminator = {f"model.{number}.{kind}" for number in (0, 2, 5, 8, 11) for kind in ("weight", "bias")}
    assert set(on_meta(CycleDiscriminator).state_dict()) == discriminator


def cartoon_by_hand(weights: Mapping[str, Tensor], pictures: Tensor) -> Tensor:
    """CartoonGAN's generator as its layout is told in words, blue first."""

    def conv(name: str, features: Tensor, *, pad: int = 0, **how: int) -> Tensor:
        features = F.pad(features, (pad,) * 4, mode="reflect") if pad else features
        return F.conv2d(features, weights[f"{name}.weight"], weights[f"{name}.bias"], **how)

    def up(name: str, features: Tensor) -> Tensor:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return F.conv_transpose2d(features, weight, bias, stride=2, padding=1, output_padding=1)

    def norm(name: str, features: Tensor) -> Tensor:
        mean = features.mean((2, 3), keepdim=True)
        variance = (features - mean).square().mean((2, 3), keepdim=True)
        normal = (features - mean) / (variance + 1e-5).sqrt()
        return normal * weights[f"{name}.scale"].reshape(1, -1, 1, 1) + weights[f"{name}.shift"].reshape(1, -1, 1, 1)

    features = norm("in01_1", conv("conv01_1", pictures, pad=3)).relu()
    for stage in ("02", "03"):
        features = conv(f"conv{stage}_1", features, stride=2, padding=1)
        features = norm(f"in{stage}_1", conv(f"conv{stage}_2", features, padding=1)).relu()
    for block in ("04", "05", "06", "07", "08", "09", "10", "11"):
        between = norm(f"in{block}_1", conv(f"conv{block}_1", features, pad=1)).relu()
        features = features + norm(f"in{block}_2", conv(f"conv{block}_2", between, pad=1))
    for stage, normed in (("01", "in12_1"), ("02", "in13_1")):
        features = norm(normed, conv(f"deconv{stage}_2", up(f"deconv{stage}_1", features), padding=1)).relu()
    return conv("deconv03_1", features, pad=3).tanh()


def test_cartoongan_computes_what_its_layout_says() -> None:
    generator = small_cartoon().double()
    pictures = torch.rand(2, 3, 40, 56, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    by_hand = cartoon_by_hand(dict(generator.state_dict()), pictures.flip(1)).flip(1)
    torch.testing.assert_close(generator(pictures), by_hand)


def cycle_by_hand(weights: Mapping[str, Tensor], pictures: Tensor) -> Tensor:
    """c7s1-64, d128, d256, 9 x R256, u128, u64, c7s1-3 of CycleGAN's appendix, at the numbers of the release."""

    def layer(name: str, features: Tensor, *, pad: int = 0, **how: int) -> Tensor:
        features = F.pad(features, (pad,) * 4, mode="reflect") if pad else features
        return F.conv2d(features, weights[f"model.{name}.weight"], weights[f"model.{name}.bias"], **how)

    def up(name: str, features: Tensor) -> Tensor:
        weight, bias = weights[f"model.{name}.weight"], weights[f"model.{name}.bias"]
        return F.conv_transpose2d(features, weight, bias, stride=2, padding=1, output_padding=1)

    normal = F.instance_norm
    features = normal(layer("1", pictures, pad=3)).relu()
    features = normal(layer("4", features, stride=2, padding=1)).relu()
    features = normal(layer("7", features, stride=2, padding=1)).relu()
    for block in range(10, 19):
        between = normal(layer(f"{block}.conv_block.1", features, pad=1)).relu()
        features = features + normal(layer(f"{block}.conv_block.5", between, pad=1))
    features = normal(up("22", normal(up("19", features)).relu())).relu()
    return layer("26", features, pad=3).tanh()


def test_cyclegan_computes_what_its_appendix_says() -> None:
    generator = small_cycle().double()
    pictures = torch.rand(2, 3, 40, 56, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    torch.testing.assert_close(generator(pictures), cycle_by_hand(dict(generator.state_dict()), pictures))


def all_passing(network: nn.Module) -> nn.Module:
    """The network made to let a gradient through from whatever any of its layers reads: all positive, and small."""
    for parameter in network.parameters():
        nn.init.uniform_(parameter, 0.01, 0.02)
        if parameter.ndim == 4:
            parameter.data /= parameter[0].numel()
    for name, module in list(network.named_modules()):
        if isinstance(module, InstanceNorm | nn.Tanh):
            network.set_submodule(name, nn.Identity())
    return network.double()


def read_by(network: nn.Module, side: int, row: int, column: int) -> tuple[int, int, int, int]:
    """How far up, down, left and right of (0, 0) the input reaches that one output value reads."""
    pictures = torch.rand(1, 3, side, side, dtype=torch.float64).requires_grad_()
    network(pictures)[0, 0, row, column].backward()
    assert pictures.grad is not None
    used = pictures.grad[0].abs().sum(0) > 0
    rows, columns = used.any(1).nonzero().flatten(), used.any(0).nonzero().flatten()
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def test_a_patch_of_cyclegans_discriminator_has_70_pixels() -> None:
    top, bottom, left, right = read_by(all_passing(CycleDiscriminator()), 144, 8, 8)
    assert (bottom - top + 1, right - left + 1) == (70, 70)


def test_scores_of_cartoongans_discriminator_lie_on_a_grid_of_4_pixels() -> None:
    assert CartoonDiscriminator()(torch.zeros(1, 3, 64, 96)).shape == (1, 1, 16, 24)


@pytest.mark.parametrize("blocks", [0, 6, 9])  # 0 stands for CartoonGAN
def test_reach_is_how_far_a_generator_reads(blocks: int) -> None:
    generator = small_cycle(blocks=blocks) if blocks else small_cartoon()
    side, reach = 224, generator.reach
    generator.requires_grad_(requires_grad=True)
    network = all_passing(generator)
    farthest = 0
    for phase in range(4):
        row, column = 110 + phase, 111 - phase
        top, bottom, left, right = read_by(network, side, row, column)
        farthest = max(farthest, row - top, bottom - row, column - left, right - column)
    assert reach - 4 <= farthest <= reach


def test_fixed_statistics_are_those_of_the_picture() -> None:
    for generator in (small_cartoon(), small_cycle()):
        one, other = torch.rand(2, 1, 3, 48, 64, generator=torch.Generator().manual_seed(2)) * 2 - 1
        fixed = with_statistics_of(generator, one)
        expected = generator(one)
        torch.testing.assert_close(fixed(one), expected, rtol=0, atol=1e-4)
        assert (fixed(other) - generator(other)).abs().max() > 1e-3  # the other picture has statistics of its own
        torch.testing.assert_close(generator(one), expected)  # and the generator is what it was
        assert next(fixed.parameters()) is next(generator.parameters())


def test_training_can_go_through_the_networks() -> None:
    for generator, discriminator in (
        (CartoonGenerator(width=4), CartoonDiscriminator()),
        (CycleGenerator(width=4), CycleDiscriminator()),
    ):
        discriminator(generator(torch.rand(2, 3, 32, 32) * 2 - 1)).square().mean().backward()
        for network in (generator, discriminator):
            assert all(parameter.grad is not None for parameter in network.parameters())
