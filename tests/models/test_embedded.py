import dataclasses
from pathlib import Path

import pytest
import torch

from unseen.errors import ModelError
from unseen.models import load_classifier
from unseen.models.download import sha256_of
from unseen.models.embedded import EMBEDDED, load_embedded
from unseen.types import Classifier

from .photos import accuracy, labelled_photos

NAMES = sorted(EMBEDDED)


@pytest.mark.parametrize("name", NAMES)
def test_the_spec_is_true(name: str) -> None:
    network = load_classifier(name, fold=False)
    path = EMBEDDED[name].path()
    assert path is not None
    assert network.spec.sha256 == sha256_of(path)
    assert network.spec.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert network.spec.licence == "apache-2.0"
    assert network.name == name
    assert network.class_names[285] == "Egyptian cat"
    assert isinstance(network, Classifier)


@pytest.mark.parametrize(("name", "floor"), [("lite0", 0.85), ("lite1", 0.88), ("lite2", 0.88)])
def test_most_photos_are_recognised(name: str, floor: float, shared: Path) -> None:
    photos, labels = labelled_photos(shared, 60)
    assert accuracy(load_classifier(name), photos, labels) >= floor


@pytest.mark.proof
@pytest.mark.parametrize(("name", "floor"), [("lite0", 0.88), ("lite1", 0.90), ("lite2", 0.91)])
def test_accuracy_on_all_photos(name: str, floor: float, shared: Path) -> None:
    photos, labels = labelled_photos(shared, 300)
    network = load_classifier(name)
    assert accuracy(network, photos, labels) >= floor
    assert accuracy(network.whole(), photos, labels) >= floor


def test_folding_keeps_the_answer() -> None:
    images = torch.rand(2, 3, 250, 300, generator=torch.Generator().manual_seed(0))
    folded, plain = load_classifier("lite0"), load_classifier("lite0", fold=False)
    torch.testing.assert_close(folded(images), plain(images), atol=1e-4, rtol=1e-4)
    assert len(list(folded.parameters())) < len(list(plain.parameters()))


def test_images_of_any_size_get_a_gradient_and_weights_get_none() -> None:
    network = load_classifier("lite0")
    images = torch.rand(2, 3, 90, 130, requires_grad=True)
    network(images)[:, 285].sum().backward()
    assert images.grad is not None
    assert images.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert not network.training


def test_bytes_and_fractions_agree(shared: Path) -> None:
    photos, _ = labelled_photos(shared, 4)
    network = load_classifier("lite0")
    from_bytes, from_fractions = network(photos).softmax(1), network(photos / 255.0).softmax(1)
    assert (from_bytes - from_fractions).abs().max() < 0.1
    assert torch.equal(from_bytes.argmax(1), from_fractions.argmax(1))


def test_the_whole_photo_shares_the_weights() -> None:
    network = load_classifier("lite0")
    whole = network.whole()
    assert whole.body is network.body
    wide = torch.rand(1, 3, 100, 300)
    squashed = whole.preprocessing(wide) * 128 / 255 + 127 / 255
    torch.testing.assert_close(whole(wide), network(squashed), atol=1e-4, rtol=1e-4)


def test_only_the_preprocessing_has_options() -> None:
    assert load_classifier("lite0?crop_pct=0.875&crop_mode=squash").preprocessing.crop_mode == "squash"  # type: ignore[union-attr]
    for option in ("pad_type=same", "weights=file.pth"):
        with pytest.raises(ModelError, match="timm:tf_efficientnet_lite0"):
            load_classifier(f"lite0?{option}")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = dataclasses.replace(EMBEDDED["lite0"], package="efficientnet_lite9_pytorch_model")
    monkeypatch.setitem(EMBEDDED, "lite0", gone)
    with pytest.raises(ModelError, match="pip install efficientnet-lite9-pytorch-model"):
        load_embedded("lite0", "lite0", {})
