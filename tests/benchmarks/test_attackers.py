"""Tuned networks: the cut loses nothing, tuning learns what a shift undoes and leaves alone what needs no tuning."""

import importlib
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from unseen.models import load_classifier


@pytest.fixture
def attackers(beside: None) -> ModuleType:
    return importlib.import_module("attackers")


@pytest.mark.parametrize("part", ["classifier", "last block"])
def test_both_parts_of_a_network_together_are_the_network(attackers: ModuleType, part: str) -> None:
    network = load_classifier("lite0")
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    fixed, layers = attackers.cut(network, part)
    maps = attackers.seen(network, fixed, [picture, picture[::-1].copy()])
    whole = attackers.seen(network, network.body, [picture, picture[::-1].copy()])
    assert torch.allclose(layers(maps), whole, atol=1e-4)
    assert all(parameter.requires_grad for parameter in layers.parameters())
    assert not any(parameter.requires_grad for parameter in network.body.parameters())


def test_only_the_part_that_is_tuned_differs_in_size(attackers: ModuleType) -> None:
    network = load_classifier("lite0")
    probe, last = (attackers.cut(network, part)[1] for part in ("classifier", "last block"))
    assert sum(parameter.numel() for parameter in probe.parameters()) == 1280 * 1000 + 1000
    names = {name.rpartition(".")[0] for name, _ in last.named_parameters()}
    assert len(names) == 5  # three convolutions of the block, the one after it, and the classifier


def lesson(attackers: ModuleType, shift: float, *, seed: int = 0) -> object:
    """Two classes of points in eight dimensions, and copies that are moved the same way, all of them."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(60) % 2
    clean = torch.randn(60, 8, generator=random)
    clean[:, 0] = (2 * labels - 1) * (1 + clean[:, 0].abs())
    clean[:, 1] = 0.0
    moved = clean.clone()
    moved[:, 0] -= shift * (2 * labels - 1)  # the way that the network looks is turned round
    moved[:, 1] = shift * (2 * labels - 1)  # and another one tells as much
    answers = (network().requires_grad_(False)(clean)).softmax(1)
    return attackers.Lesson(clean=clean, protected=moved, answers=answers, labels=labels)


def unseen(_layers: nn.Module) -> tuple[float, float]:
    return 0.0, 0.0


def network() -> nn.Linear:
    layer = nn.Linear(8, 2)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
        layer.weight[:, 0] = torch.tensor([-3.0, 3.0])
    return layer


def test_tuning_undoes_a_protection_and_what_it_learnt_holds_for_others(attackers: ModuleType) -> None:
    known, new = lesson(attackers, 4.0), lesson(attackers, 4.0, seed=1)
    before = network()
    assert np.mean(attackers.right(before, new.protected, new.labels)) < 0.2
    watched = []

    def watch(layers: nn.Module) -> tuple[float, float]:
        watched.append(layers.weight.clone())
        return np.mean(attackers.right(layers, new.protected, new.labels)), 0.0

    tuned = attackers.tune(before, known, watch, seed=0, rates=(0.1, 1e-7))
    assert len(tuned.watched) == len(watched) == attackers.MOST_PASSES
    assert torch.equal(watched[tuned.passes - 1], tuned.layers.weight)
    assert tuned.watched[tuned.passes - 1][0] == np.mean(attackers.right(tuned.layers, new.protected, new.labels))
    assert tuned.rate == 0.1
    assert tuned.passes > 0
    assert np.mean(attackers.right(tuned.layers, new.protected, new.labels)) > 0.85
    assert np.mean(attackers.right(tuned.layers, new.clean, new.labels)) > 0.85
    assert torch.equal(before.weight, network().weight)  # the layers that were given stay as they are


def test_the_same_seed_tunes_alike(attackers: ModuleType) -> None:
    one, other = (attackers.tune(network(), lesson(attackers, 4.0), unseen, seed=3, rates=(0.1,)) for _ in range(2))
    assert torch.equal(one.layers.weight, other.layers.weight)


def test_where_nothing_does_better_on_photos_held_out_the_network_stays(attackers: ModuleType) -> None:
    tuned = attackers.tune(network(), lesson(attackers, 4.0), unseen, seed=0, rates=(1e6,))
    assert tuned.passes == 0
    assert torch.equal(tuned.layers.weight, network().weight)


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_the_loss_is_a_mean_of_cross_entropies(attackers: ModuleType, weight: float) -> None:
    known = lesson(attackers, 4.0).take(torch.arange(5))
    expected = 0.0
    for maps in (known.clean, known.protected):
        logs = network()(maps).log_softmax(1)
        expected -= (logs * known.answers).sum(1).mean().item() / 2
        expected -= weight * logs[torch.arange(5), known.labels].mean().item() / 2
    found = attackers.loss(network(), known, weight=weight).item()
    assert found == pytest.approx(expected / (1 + weight), rel=1e-5)


def test_a_network_of_another_build_is_no_surprise(attackers: ModuleType, tiny: str) -> None:
    with pytest.raises(SystemExit, match=r"tiny.*cannot be cut"):
        attackers.cut(load_classifier(tiny), "classifier")
