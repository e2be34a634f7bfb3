"""NIMA: what share of people would give a picture each score from 1 to 10 (Talebi and Milanfar 2018).

A MobileNet (version 1) with a head of ten scores, as published with weights for Keras. `unseen.metrics.appeal` makes
mean and spread of its answer.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.libraries import prepare_imports
from unseen.models.messages import first_line
from unseen.models.preprocessing import Preprocessing
from unseen.models.weights import misfit, read_weights, unfitting
from unseen.types import Images

SCORES = 10
KERAS_SUFFIXES = (".hdf5", ".h5")
_EPSILON = 1e-3
"""What Keras adds to the variance in a batch norm."""
_REPEATS = (1, 2, 2, 6, 2)
"""Blocks a stage in timm's numbering, where Keras counts them through from 1 to 13."""
_PARAMETERS = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
_BLOCK_LAYERS = {"conv_dw": "conv_dw", "conv_dw_bn": "bn1", "conv_pw": "conv_pw", "conv_pw_bn": "bn2"}
_LAYER = re.compile(r"(conv_(?:dw|pw))_(\d+)(_bn)?")


class Nima(nn.Module):
    """Pictures -> votes.

    Attributes:
        body: normalised pictures (B, 3, 224, 224) -> logits (B, 10).
    """

    preprocessing = Preprocessing(
        size=(224, 224),
        crop_fraction=1.0,
        crop_mode="squash",
        interpolation="bilinear",
        mean=(0.5,) * 3,
        std=(0.5,) * 3,
    )

    def __init__(self) -> None:
        super().__init__()
        prepare_imports()
        import timm

        self.body = timm.create_model("mobilenetv1_100", num_classes=SCORES, pad_type="same", bn_eps=_EPSILON)

    def forward(self, images: Images) -> Float[Tensor, "batch scores"]:
        """The share of votes for each score from 1 to 10, (B, 10), of pictures (B, 1 or 3, H, W) of any size.

        Args:
            images: float in [0, 1], differentiable, or uint8; the whole picture is squashed to the input.
        """
        return self.body(self.preprocessing(images)).softmax(1)


def load_nima(path: Path) -> Nima:
    """NIMA with the weights of a file, ready to score.

    Args:
        path: published weights for Keras (.hdf5, .h5), or a .safetensors or .pth file with the names of `Nima().body`.

    Raises:
        ModelError: no such file, h5py is not installed, or weights that are damaged or of another network.
    """
    if not path.is_file():
        raise ModelError(f"{path}: there is no such weights file; give NIMA's weights for a MobileNet")
    weights = _from_keras(path) if path.suffix.lower() in KERAS_SUFFIXES else read_weights(path)
    nima = Nima()
    difference = misfit(weights, nima.body.state_dict())
    if difference:
        raise unfitting(path, "NIMA on a MobileNet", difference)
    nima.body.load_state_dict(weights, strict=False)  # the counters of training, which Keras does not have
    return nima.eval().requires_grad_(False)


def _from_keras(path: Path) -> dict[str, Tensor]:
    """A Keras file's arrays as timm names and shapes them."""
    return {_renamed(path, name): _turned(name, array) for name, array in _arrays(path).items()}


def _arrays(path: Path) -> Mapping[str, Tensor]:
    """The arrays of an HDF5 file by "layer/parameter", whatever groups they lie in."""
    try:
        import h5py
    except ImportError as error:
        remedy = "run pip install h5py, or give the weights as .safetensors"
        raise ModelError(f"{path}: weights for Keras are read with h5py, which is not installed; {remedy}") from error
    found: dict[str, Tensor] = {}

    def collect(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and "optimizer_weights" not in name:
            layer, parameter = name.split("/")[-2:]
            found[f"{layer}/{parameter.partition(':')[0]}"] = torch.from_numpy(item[()])

    try:
        with h5py.File(path, "r") as file:
            file.visititems(collect)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: cannot be read as HDF5 ({first_line(error)}); give a whole .hdf5 file") from error
    return found


def _renamed(path: Path, name: str) -> str:
    """timm's name of Keras's "layer/parameter"."""
    layer, _, parameter = name.partition("/")
    block = _LAYER.fullmatch(layer)
    if block:
        kind, number, norm = block.groups(default="")
        own = f"{_block(int(number))}.{_BLOCK_LAYERS[kind + norm]}"
    elif layer.startswith("dense"):
        own = "classifier"
    else:
        own = {"conv1": "conv_stem", "conv1_bn": "bn1"}.get(layer, "")
    if not own or parameter not in _PARAMETERS:
        raise ModelError(f"{path}: {name} is no part of NIMA on a MobileNet; give the weights of that network")
    return f"{own}.{_PARAMETERS[parameter]}"


def _block(number: int) -> str:
    """timm's name of the block that Keras counts as `number`, from 1."""
    stages = [(stage, place) for stage, repeats in enumerate(_REPEATS) for place in range(repeats)]
    stage, place = stages[number - 1] if 1 <= number <= len(stages) else (len(_REPEATS), number)
    return f"blocks.{stage}.{place}"


def _turned(name: str, array: Tensor) -> Tensor:
    """Keras keeps kernels as (height, width, in, out), of depthwise layers (height, width, channels, 1)."""
    if name.endswith("/depthwise_kernel"):
        return array.permute(2, 3, 0, 1).contiguous()
    if array.ndim == 4:
        return array.permute(3, 2, 0, 1).contiguous()
    return array.T.contiguous() if array.ndim == 2 else array
