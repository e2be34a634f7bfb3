"""Weights files: finding, reading, and saying why they do not fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from unseen.errors import ModelError
from unseen.models.download import cached, fetch, sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.options import ModelOptions
from unseen.naming import is_url

_OPTIONAL = "num_batches_tracked"
"""A counter of training that files from before it existed lack; torch fills it in."""
_SHOWN = 3
"""How many layers a message names."""


@dataclass(frozen=True, kw_only=True)
class WeightsFile:
    """Weights on this machine.

    Attributes:
        path: the file.
        source: where it came from, in human words.
        sha256: of the file.
    """

    path: Path
    source: str
    sha256: str


def given_weights(options: ModelOptions) -> WeightsFile | None:
    """The file that the user named, downloaded first where it is a web address; None where none was named.

    Raises:
        ModelError: not there, or another SHA-256 than expected.
    """
    if not options.weights:
        return None
    path = fetch(options.weights, options.sha256) if is_url(options.weights) else _file(options.weights)
    if not path.is_file():
        raise ModelError(f"{path}: there is no such weights file; correct weights=...")
    try:
        digest = sha256_of(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error}); correct weights=...") from error
    if options.sha256 and digest != options.sha256.lower():
        raise ModelError(
            f"{path}: its SHA-256 is {digest}, not {options.sha256}; get the file again or correct sha256=..."
        )
    return WeightsFile(path=path, source=options.weights, sha256=digest)


def given_weights_here(options: ModelOptions) -> bool:
    """Whether `given_weights` would find its file without a download."""
    if not options.weights:
        return False
    if is_url(options.weights):
        return cached(options.weights, options.sha256) is not None
    return _file(options.weights).is_file()


def _file(weights: str) -> Path:
    return Path(weights).expanduser()


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name, from .safetensors or from what torch saved; no code in the file is run.

    Raises:
        ModelError: the file is damaged or holds something else.
    """
    prepare_imports()
    from timm.models import load_state_dict

    try:
        weights = load_state_dict(str(path), weights_only=True)
    except Exception as error:  # there are as many ways to be damaged as there are formats
        raise ModelError(
            f"{path}: cannot be read as weights ({type(error).__name__}); give a whole .safetensors or .pth file"
        ) from error
    if not weights or not all(isinstance(tensor, Tensor) for tensor in weights.values()):
        raise ModelError(f"{path}: holds no tensors by name; give a .safetensors or .pth file of weights")
    return weights


def misfit(weights: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str | None:
    """In a few words, how `weights` differ from what a network expects; None where they fit."""
    missing = [name for name in expected.keys() - weights.keys() if not name.endswith(_OPTIONAL)]
    surplus = [name for name in weights.keys() - expected.keys() if not name.endswith(_OPTIONAL)]
    reshaped = [
        f"{name} is {_shape(weights[name])} instead of {_shape(expected[name])}"
        for name in weights.keys() & expected.keys()
        if weights[name].shape != expected[name].shape
    ]
    found = {"missing": missing, "unexpected": surplus, "of another shape": reshaped}
    return ", ".join(f"{len(names)} {what} ({_some(names)})" for what, names in found.items() if names) or None


def unfitting(path: Path, model: str, difference: str) -> ModelError:
    """The error for weights of another architecture."""
    return ModelError(f"{path}: not weights of {model}: {difference}; name the architecture they were trained in")


def _some(names: list[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def _shape(tensor: Tensor) -> str:
    return "x".join(str(side) for side in tensor.shape) or "a single number"
