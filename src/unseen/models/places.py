"""`places:resnet18`, `places:resnet50`: scene classifiers trained on Places365 (Zhou et al. 2018), in timm's ResNet."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.download import cached, fetch, sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.options import ModelOptions, model_options, override
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import NOT_STATED, ListedModel, ModelSpec
from unseen.models.weights import WeightsFile, given_weights, given_weights_here, misfit, read_weights, unfitting
from unseen.naming import nearest

LICENCE = "cc-by"
"""Of the published weights, as their makers put it: Creative Commons, attribution, no version named."""

PREPROCESSING = Preprocessing(
    size=(224, 224),
    crop_fraction=224 / 256,
    interpolation="bilinear",
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
)
"""The short edge becomes 256 pixels, the middle 224 x 224 are read."""

_PARALLEL = "module."
"""What torch's DataParallel puts before every name."""


@dataclass(frozen=True, kw_only=True)
class _Published:
    """Weights as their makers offer them; their SHA-256 is not published."""

    url: str
    parameters: int


PLACES = {
    "resnet18": _Published(
        url="http://places2.csail.mit.edu/models_places365/resnet18_places365.pth.tar", parameters=11_363_757
    ),
    "resnet50": _Published(
        url="http://places2.csail.mit.edu/models_places365/resnet50_places365.pth.tar", parameters=24_255_917
    ),
}


@cache
def places_names() -> tuple[str, ...]:
    """The 365 categories in the order of the logits, such as "airport_terminal" and "church/indoor"."""
    return tuple(files("unseen.models").joinpath("places365.txt").read_text(encoding="utf-8").split())


def list_places(name: str, base: str, options: Mapping[str, str]) -> ListedModel:
    """What is known about `base` of `PLACES`; takes no time.

    Raises:
        ModelError: an unknown name or option.
    """
    published, asked = _published(base), _options(name, options)
    return ListedModel(
        name=name,
        input_size=override(PREPROCESSING, asked.preprocessing).size,
        parameters=published.parameters,
        licence=NOT_STATED if asked.weights else LICENCE,
        source=asked.weights or published.url,
        here=given_weights_here(asked) if asked.weights else cached(published.url) is not None,
    )


def load_places(name: str, base: str, options: Mapping[str, str]) -> tuple[nn.Module, ModelSpec]:
    """The network `base` of `PLACES`, and what is known about it.

    Args:
        name: what the user wrote.
        base: "resnet18" or "resnet50".
        options: `weights` takes the published file, or .safetensors with the same names; the rest is preprocessing.

    Raises:
        ModelError: an unknown name or option, or weights that cannot be had or do not fit.
    """
    published, asked = _published(base), _options(name, options)
    preprocessing = override(PREPROCESSING, asked.preprocessing)
    file = given_weights(asked) or _own_weights(published)
    prepare_imports()
    import timm

    body = timm.create_model(base, num_classes=len(places_names()))
    weights = _checkpoint(file.path)
    difference = misfit(weights, body.state_dict())
    if difference:
        raise unfitting(file.path, f"places:{base}", difference)
    body.load_state_dict(weights, strict=False)  # weights of 2017 lack the counters of training
    spec = ModelSpec(
        name=name,
        source=file.source,
        sha256=file.sha256,
        licence=NOT_STATED if asked.weights else LICENCE,
        class_names=places_names(),
        synsets=None,
        preprocessing=preprocessing,
        parameters=published.parameters,
    )
    return body, spec


def _published(base: str) -> _Published:
    if base not in PLACES:
        raise ModelError(f"there is no places:{base}; {nearest(base, PLACES)}")
    return PLACES[base]


def _options(name: str, options: Mapping[str, str]) -> ModelOptions:
    asked = model_options(options)
    if asked.arguments:
        raise ModelError(f"{name}: its layers are fixed; leave out {', '.join(asked.arguments)}")
    return asked


def _own_weights(published: _Published) -> WeightsFile:
    path = fetch(published.url)
    return WeightsFile(path=path, source=published.url, sha256=sha256_of(path))


def _checkpoint(path: Path) -> dict[str, Tensor]:
    """Tensors by name of a published checkpoint, or of any other weights file; no code in the file is run.

    The published files come from Python 2, whose texts are bytes: any of them can be read as Latin-1.
    """
    if path.suffix == ".safetensors":
        return read_weights(path)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="pickle_load_args only works")  # old files are read with it
            content = torch.load(path, map_location="cpu", weights_only=True, encoding="latin1")
        weights = {name.removeprefix(_PARALLEL): tensor for name, tensor in content.get("state_dict", content).items()}
    except Exception as error:  # there are as many ways to be damaged as there are formats
        raise ModelError(
            f"{path}: cannot be read as weights ({type(error).__name__}); give the published .pth.tar file as it is"
        ) from error
    if not weights or not all(isinstance(tensor, Tensor) for tensor in weights.values()):
        raise ModelError(f"{path}: holds no tensors by name; give the published .pth.tar file")
    return weights
