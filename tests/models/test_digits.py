import json
import math
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from unseen.datasets import load_mnist
from unseen.errors import ModelError
from unseen.models import digits
from unseen.models.digits import DIGIT_NETWORKS, load_digits
from unseen.train.mnist import accuracy
from unseen.types import Classifier

ARCHITECTURES = list(DIGIT_NETWORKS)
SHIPPED = {name: Path(digits.__file__).with_name(f"mnist-{name}.safetensors") for name in ARCHITECTURES}


def grain(count: int) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_shipped_weights_read_real_digits(architecture: str, shared: Path) -> None:
    test = load_mnist(shared / "data/mnist").test
    found = accuracy(load_digits(architecture), test)
    assert found >= 0.97
    with safe_open(SHIPPED[architecture], "pt") as file:
        assert json.loads(file.metadata()["training"])["test_accuracy"] == pytest.approx(found, abs=2e-4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_classifier_for_gradients_to_its_input(architecture: str) -> None:
    network = load_digits(architecture)
    assert isinstance(network, Classifier)
    assert network.class_names == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    images = grain(3).requires_grad_()
    logits = network(images)
    assert logits.shape == (3, 10)
    assert logits.dtype == torch.float32
    logits[:, 3].sum().backward()
    assert images.grad is not None
    assert images.grad.flatten(1).norm(dim=1).min() > 0


def test_the_papers_layers() -> None:
    counts = [parameter.numel() for parameter in load_digits("conv").parameters()]
    assert counts == [16 * 25, 16, 36 * 16 * 25, 36, 36 * 49 * 128, 128, 128 * 10, 10]


def test_pooling_first_changes_neither_answer_nor_gradient() -> None:
    """As the paper has it: each convolution, then ReLU, then pooling."""
    network = load_digits("conv")
    papers = nn.Sequential(
        *(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 36, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(36 * 7 * 7, 128), nn.ReLU()),
        nn.Linear(128, 10),
    )
    papers.load_state_dict(dict(zip(papers.state_dict(), network.state_dict().values(), strict=True)))
    ours, theirs = grain(5).requires_grad_(), grain(5).requires_grad_()
    answers = network(ours), papers(theirs)
    torch.testing.assert_close(*answers)
    for logits in answers:
        logits[:, 7].sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_users_own_weights(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    tensors = load_file(SHIPPED["dense"])
    save_file({name: tensor / 2 for name, tensor in tensors.items()}, path)
    images = grain(2)
    assert not torch.allclose(load_digits("dense", path)(images), load_digits("dense")(images))
    save_file({name: tensor.half() for name, tensor in tensors.items()}, path)
    torch.testing.assert_close(load_digits("dense", path)(images), load_digits("dense")(images), atol=0.05, rtol=0.01)


def test_loading_draws_no_random_number() -> None:
    state = torch.get_rng_state()
    load_digits("conv")
    assert torch.equal(torch.get_rng_state(), state)


def test_unfitting_weights_are_refused_in_one_line(tmp_path: Path) -> None:
    dense = load_file(SHIPPED["dense"])
    last = max(dense, key=lambda name: (int(name.split(".")[1]), name.endswith("bias")))
    files = {
        "other": (load_file(SHIPPED["conv"]), "not weights of the digit network 'dense': "),
        "eleven": (dense | {last: torch.zeros(11)}, f"1 of another shape ({last} is 11 instead of 10); name the arch"),
        "lacking": ({name: dense[name] for name in dense if name != last}, f"1 missing ({last}); name the arch"),
    }
    for name, (tensors, said) in files.items():
        path = tmp_path / f"{name}.safetensors"
        save_file(tensors, path)
        with pytest.raises(ModelError) as told:
            load_digits("dense", path)
        assert str(told.value).startswith(f"{path}: ")
        assert said in str(told.value)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"\x89PNG", math.pi.hex().encode() * 9])
def test_what_is_no_weights_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    with pytest.raises(ModelError, match="there is no such weights file; give a file that 'unseen train mnist' wrote"):
        load_digits(weights=path)
    path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read as weights; give a file that 'unseen train mnist' wrote"):
        load_digits(weights=path)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(ModelError, match=r"unknown digit network 'cnov'; did you mean 'conv'\?"):
        load_digits("cnov")


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"images have shape \(2, 3, 28, 28\): digit networks read"):
        load_digits()(torch.zeros(2, 3, 28, 28))
