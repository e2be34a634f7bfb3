"""The network whose features say what is in a picture, for CartoonGAN's content loss.

The paper takes layer conv4_4 of VGG19, 575 MB that have to be downloaded. The default is what comes with unseen:
EfficientNet-Lite0 as far as the same resolution, an eighth of the picture's.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from unseen.errors import ModelError, UnseenError
from unseen.models.download import fetch
from unseen.models.embedded import EMBEDDED, load_embedded
from unseen.models.libraries import prepare_imports
from unseen.models.options import model_options
from unseen.models.weights import given_weights, misfit, read_weights, unfitting
from unseen.naming import nearest, parse_name

CONTENT_NETWORKS = ("lite0", "vgg19")

VGG19_URL = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
"""torchvision's weights; no licence is stated for them."""

_VGG19_LAYERS = 26
"""Layers up to and with conv4_4, before its ReLU."""

_LITE0_STAGES = 3
"""Stages up to an eighth of the picture's resolution."""

_LITE0_UNIT = 7.5
"""How much these features of two unlike photos differ on average: so that losses are of the order of 1."""


class ContentNetwork(nn.Module):
    """Layers of a classifier, without gradients of their own.

    Args:
        layers: pictures as the classifier was trained to read them -> features.
        mean: one number a channel, of pictures in [0, 1].
        deviation: likewise.
        unit: what the features are divided by.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self, layers: nn.Module, mean: tuple[float, ...], deviation: tuple[float, ...], *, unit: float = 1.0
    ) -> None:
        super().__init__()
        self.layers = layers
        self.unit = unit
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("deviation", torch.tensor(deviation)[:, None, None])
        self.eval().requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 3, H, W) in [-1, 1] -> features (B, C, H/8, W/8), differentiable."""
        return self.layers(((pictures + 1) / 2 - self.mean) / self.deviation) / self.unit


def content_network(text: str) -> ContentNetwork:
    """The network of `lite0`, `vgg19` (downloaded once) or `vgg19?weights=FILE`.

    Raises:
        UnseenError: an unknown name.
        ModelError: weights that cannot be had or are another network's.
    """
    name, options = parse_name(text)
    if name not in CONTENT_NETWORKS:
        raise UnseenError(f"unknown content network {name!r}; {nearest(name, CONTENT_NETWORKS)}")
    return _lite0(options) if name == "lite0" else _vgg19(options)


def _lite0(options: Mapping[str, str]) -> ContentNetwork:
    if options:
        raise ModelError("content network 'lite0' has no options; give it alone, or vgg19?weights=FILE")
    body, _ = load_embedded("lite0", "lite0", {})
    stages = list(body.get_submodule("blocks").children())[:_LITE0_STAGES]
    layers = nn.Sequential(body.get_submodule("conv_stem"), body.get_submodule("bn1"), *stages)
    preprocessing = EMBEDDED["lite0"].preprocessing
    return ContentNetwork(layers, preprocessing.mean, preprocessing.std, unit=_LITE0_UNIT)


def _vgg19(options: Mapping[str, str]) -> ContentNetwork:
    sorted_options = model_options(options)
    if sorted_options.preprocessing or sorted_options.arguments:
        raise ModelError("content network 'vgg19' takes only weights=FILE and sha256=…; leave out the rest")
    given = given_weights(sorted_options)
    path = given.path if given else fetch(VGG19_URL, None)
    prepare_imports()
    from torchvision.models import vgg19

    with torch.device("meta"):
        layers = vgg19().features[:_VGG19_LAYERS]
    stored = {name.removeprefix("features."): tensor for name, tensor in read_weights(path).items()}
    expected = layers.state_dict()
    weights = {name: tensor.float() for name, tensor in stored.items() if name in expected}
    difference = misfit(weights, expected)
    if difference:
        raise unfitting(path, "torchvision's VGG19", difference)
    layers.load_state_dict(weights, assign=True)
    for layer in layers:
        if isinstance(layer, nn.ReLU):
            layer.inplace = False
    return ContentNetwork(layers, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
