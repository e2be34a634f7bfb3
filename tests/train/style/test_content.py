from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from unseen.errors import ModelError, UnseenError
from unseen.models.libraries import prepare_imports
from unseen.train.style.content import content_network

from ...styles.pictures import scene, tensor_of


def test_the_default_reads_pictures_at_an_eighth() -> None:
    network = content_network("lite0")
    pictures = tensor_of(scene(64, 96)).requires_grad_()
    features = network(pictures)
    assert features.shape == (1, 40, 8, 12)
    features.abs().mean().backward()
    assert pictures.grad.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_it_computes_what_the_whole_network_does() -> None:
    from unseen.models.embedded import load_embedded

    body, _ = load_embedded("lite0", "lite0", {})
    pictures = tensor_of(scene(64, 64))
    with torch.no_grad():
        normalised = ((pictures + 1) / 2 - 0.498) / 0.502
        body.eval()
        expected = body.forward_intermediates(normalised, indices=[2], intermediates_only=True)[0]
        ours = content_network("lite0")(pictures) * 7.5
    torch.testing.assert_close(ours, expected, rtol=0, atol=1e-2)


@pytest.fixture
def vgg(tmp_path: Path) -> Path:
    prepare_imports()
    from torchvision.models import vgg19

    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in vgg19().features[:26].state_dict().items()}
    torch.manual_seed(0)
    weights = {f"features.{name}": torch.randn(shape) / shape[1:].numel() ** 0.5 for name, shape in shapes.items()}
    save_file(weights, tmp_path / "vgg.safetensors")
    return tmp_path / "vgg.safetensors"


def test_vgg19_from_a_file_is_conv4_4_of_normalised_pictures(vgg: Path) -> None:
    from safetensors.torch import load_file

    pictures = tensor_of(scene(32, 48))
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
    deviation = torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    weights, expected = load_file(vgg), ((pictures + 1) / 2 - mean) / deviation
    convolutions = [number for number in range(26) if f"features.{number}.weight" in weights]
    assert len(convolutions) == 2 + 2 + 4 + 4
    for layer, number in enumerate(convolutions, 1):
        parameters = weights[f"features.{number}.weight"], weights[f"features.{number}.bias"]
        expected = torch.nn.functional.conv2d(expected, *parameters, padding=1)
        if layer < 12:  # what follows conv4_4 is left out, its ReLU as well
            expected = expected.relu()
        if layer in (2, 4, 8):
            expected = torch.nn.functional.max_pool2d(expected, 2)
    torch.testing.assert_close(content_network(f"vgg19?weights={vgg}")(pictures), expected)


def test_what_cannot_be_had_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match="unknown content network 'vgg91'; did you mean 'vgg19'"):
        content_network("vgg91")
    with pytest.raises(ModelError, match="content network 'lite0' has no options"):
        content_network("lite0?size=4")
    with pytest.raises(ModelError, match=r"none\.pth: there is no such weights file"):
        content_network("vgg19?weights=none.pth")
    with pytest.raises(ModelError, match="takes only weights=FILE"):
        content_network("vgg19?weights=none.pth&size=224")
    save_file({"features.0.weight": torch.zeros(64, 3, 3, 3)}, tmp_path / "part.safetensors")
    with pytest.raises(ModelError, match="not weights of torchvision's VGG19: 23 missing"):
        content_network(f"vgg19?weights={tmp_path / 'part.safetensors'}")
