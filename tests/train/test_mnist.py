from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from unseen.datasets import Digits, Mnist, load_mnist
from unseen.errors import ModelError, PhotoError
from unseen.models.digits import DIGIT_NETWORKS, load_digits
from unseen.train.mnist import BATCH, accuracy, save_digits, train_digits

from ..datasets.drawn import drawn_digits

DRAWN = Mnist(train=drawn_digits(600, 0), validation=drawn_digits(100, 1), test=drawn_digits(100, 2))


def values(network: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.flatten() for parameter in network.parameters()])


@pytest.mark.parametrize("architecture", DIGIT_NETWORKS)
def test_what_can_be_learnt_is_learnt(architecture: str) -> None:
    network = train_digits(DRAWN, architecture=architecture, epochs=4)
    assert accuracy(network, DRAWN.test) >= 0.95
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_some_real_digits_teach_most_of_the_others(shared: Path) -> None:
    data = load_mnist(shared / "data/mnist")
    few = Digits(images=data.train.images[:4_000], labels=data.train.labels[:4_000])
    network = train_digits(Mnist(train=few, validation=data.validation, test=data.test), architecture="dense", epochs=3)
    assert accuracy(network, data.test) >= 0.85


def test_the_seed_decides_and_nothing_else_is_touched() -> None:
    state = torch.get_rng_state()
    first, again, other = (train_digits(DRAWN, architecture="dense", seed=seed, epochs=1) for seed in (1, 1, 2))
    assert torch.equal(values(first), values(again))
    assert not torch.allclose(values(first), values(other))
    assert torch.equal(torch.get_rng_state(), state)


def test_every_image_is_seen_once_an_epoch_in_another_order() -> None:
    seen: list[torch.Tensor] = []

    def watch(batches: Iterable[Any], total: int, doing: str, /) -> Iterator[Any]:
        assert (total, doing) == (10, "Training")
        for batch in batches:
            seen.append(batch)
            yield batch

    train_digits(DRAWN, architecture="dense", epochs=2, progress=watch)
    assert [len(batch) for batch in seen] == [BATCH] * 4 + [600 - 4 * BATCH] + [BATCH] * 4 + [600 - 4 * BATCH]
    first, second = torch.cat(seen[:5]), torch.cat(seen[5:])
    assert first.sort().values.tolist() == second.sort().values.tolist() == list(range(600))
    assert first.tolist() != second.tolist()


def test_accuracy_counts_first_answers() -> None:
    network = load_digits("dense")
    answers = network(DRAWN.test.images).argmax(1)
    half = torch.where(torch.arange(100) < 50, answers, (answers + 1) % 10)
    assert accuracy(network, Digits(images=DRAWN.test.images, labels=half)) == 0.5


def test_what_is_saved_is_loaded_and_never_overwritten(tmp_path: Path) -> None:
    network = train_digits(DRAWN, architecture="dense", epochs=1)
    path = tmp_path / "own.safetensors"
    save_digits(network, path, {"seed": 0})
    assert torch.equal(values(load_digits("dense", path)), values(network))
    with pytest.raises(PhotoError, match="exists already and is not overwritten"):
        save_digits(network, path, {"seed": 1})


def test_the_same_training_writes_the_same_bytes(tmp_path: Path) -> None:
    about = {"architecture": "dense", "seed": 0, "epochs": 1, "test_accuracy": 0.5, "unseen": "0"}
    for name in "abcd":
        save_digits(train_digits(DRAWN, architecture="dense", epochs=1), tmp_path / name, about)
    assert len({(tmp_path / name).read_bytes() for name in "abcd"}) == 1


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="epochs is 0: give at least 1"):
        train_digits(DRAWN, epochs=0)
    with pytest.raises(ModelError, match=r"unknown digit network 'dens'; did you mean 'dense'\?"):
        train_digits(DRAWN, architecture="dens")
