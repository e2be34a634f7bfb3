from pathlib import Path

import pytest
import torch

from unseen.errors import ModelError
from unseen.models import list_models, load_classifier
from unseen.models.download import sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.torchvision_zoo import torchvision_weights

from .photos import accuracy, labelled_photos


def test_a_file_of_squeezenet(shared: Path) -> None:
    path = shared / "weights/squeezenet1_1.safetensors"
    network = load_classifier(f"torchvision:squeezenet1_1?weights={path}")
    photos, labels = labelled_photos(shared, 60)
    assert accuracy(network, photos, labels) >= 0.55
    assert network.spec.sha256 == sha256_of(path)
    assert network.class_names[285] == "Egyptian cat"
    assert network.preprocessing.interpolation == "bilinear"  # type: ignore[union-attr]


def test_weights_of_another_architecture(shared: Path) -> None:
    path = shared / "weights/squeezenet1_1.safetensors"
    with pytest.raises(ModelError, match=r"not weights of torchvision:squeezenet1_0: 12 missing") as told:
        load_classifier(f"torchvision:squeezenet1_0?weights={path}")
    assert "\n" not in str(told.value)


def test_another_number_of_classes(tmp_path: Path) -> None:
    prepare_imports()
    from torchvision.models import squeezenet1_1

    body = squeezenet1_1(num_classes=4).eval()
    torch.save(body.state_dict(), tmp_path / "four.pth")
    network = load_classifier(f"torchvision:squeezenet1_1?weights={tmp_path}/four.pth&num_classes=4")
    assert network.class_names == ("class 0", "class 1", "class 2", "class 3")
    images = torch.rand(1, 3, 300, 300)
    torch.testing.assert_close(network(images), body(network.preprocessing(images)))


def test_the_old_names_in_densenets_file(tmp_path: Path) -> None:
    prepare_imports()
    from torchvision.models import densenet121

    expected = densenet121().eval()
    old = {
        name.replace("norm1.", "norm.1.").replace("norm2.", "norm.2.").replace("conv1.", "conv.1."): tensor
        for name, tensor in expected.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    torch.save(old, tmp_path / "old.pth")
    network = load_classifier(f"torchvision:densenet121?weights={tmp_path}/old.pth", fold=False)
    images = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(network(images), expected(network.preprocessing(images)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("torchvision:squeezenet1_2", "did you mean 'squeezenet1_1'"),
        ("torchvision:fasterrcnn_resnet50_fpn", "torchvision has no classifier"),
        ("torchvision:squeezenet1_1?wings=2", "cannot be built with wings=2"),
        ("torchvision:squeezenet1_1?num_classes=many", "cannot be built|whole number"),
    ],
)
def test_wrong_names_and_options(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as told:
        load_classifier(name)
    assert "\n" not in str(told.value)


def test_what_is_built_fits_the_published_weights() -> None:
    names = ["inception_v3", "googlenet", "vit_h_14", "maxvit_t", "densenet121", "swin_v2_t"]
    for model, name in zip(list_models([f"torchvision:{name}" for name in names])[3:], names, strict=True):
        published = torchvision_weights(name).meta["num_params"]
        extra = {"googlenet": 6_379_984, "inception_v3": 0}.get(name, 0)  # heads used in training only
        assert model.parameters == published + extra, name
