"""`torchvision:<name>`: any classifier of torchvision, with its own preprocessing."""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from unseen.errors import ModelError
from unseen.models.class_names import class_names
from unseen.models.download import cached, fetch, sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.messages import refused
from unseen.models.options import ModelOptions, model_options, override
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import NOT_STATED, ListedModel, ModelSpec
from unseen.models.weights import WeightsFile, given_weights, given_weights_here, misfit, read_weights, unfitting
from unseen.naming import nearest

LICENCE = "bsd-3-clause"

_DENSENET_OLD_NAME = re.compile(r"(denselayer\d+\.(?:norm|conv))\.(\d\.)")
"""The published weights of DenseNet spell `norm1` as `norm.1`."""


def torchvision_weights(name: str) -> Any:
    """torchvision's own weights of a classifier: an enumeration's member with `url`, `meta` and `transforms`.

    Raises:
        ModelError: no such classifier.
    """
    prepare_imports()
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise ModelError(f"torchvision has no classifier {name!r}; {nearest(name, known)}")
    return models.get_model_weights(name).DEFAULT


def list_torchvision(name: str, base: str, options: Mapping[str, str]) -> ListedModel:
    """What is known about `base` of torchvision.

    Raises:
        ModelError: an unknown name or option.
    """
    own, asked = torchvision_weights(base), model_options(options)
    with torch.device("meta"):  # counts without computing anything
        body = _build(base, own, asked)
    return ListedModel(
        name=name,
        input_size=override(torchvision_preprocessing(own), asked.preprocessing).size,
        parameters=sum(parameter.numel() for parameter in body.parameters()),
        licence=NOT_STATED if asked.weights else LICENCE,
        source=asked.weights or own.url,
        here=given_weights_here(asked) if asked.weights else cached(own.url) is not None,
    )


def load_torchvision(name: str, base: str, options: Mapping[str, str]) -> tuple[nn.Module, ModelSpec]:
    """The network `base` of torchvision, and what is known about it.

    Raises:
        ModelError: an unknown name or option, or weights that cannot be had or do not fit.
    """
    own, asked = torchvision_weights(base), model_options(options)
    preprocessing = override(torchvision_preprocessing(own), asked.preprocessing)
    body = _build(base, own, asked)
    file = given_weights(asked) or _own_weights(own)
    weights = {_DENSENET_OLD_NAME.sub(r"\1\2", key): tensor for key, tensor in read_weights(file.path).items()}
    difference = misfit(weights, body.state_dict())
    if difference:
        raise unfitting(file.path, f"torchvision:{base}", difference)
    body.load_state_dict(weights)
    classes = class_names(_class_count(own, asked))
    spec = ModelSpec(
        name=name,
        source=file.source,
        sha256=file.sha256,
        licence=NOT_STATED if asked.weights else LICENCE,
        class_names=classes.names,
        synsets=classes.synsets,
        preprocessing=preprocessing,
        parameters=sum(parameter.numel() for parameter in body.parameters()),
    )
    return body, spec


def torchvision_preprocessing(own: Any) -> Preprocessing:
    """torchvision's evaluation transform for its own weights."""
    transform = own.transforms()
    (crop,), (resized,) = transform.crop_size, transform.resize_size
    return Preprocessing(
        size=(crop, crop),
        crop_fraction=crop / resized,
        interpolation=transform.interpolation.value,
        mean=tuple(transform.mean),
        std=tuple(transform.std),
    )


def _own_weights(own: Any) -> WeightsFile:
    path = fetch(own.url)
    return WeightsFile(path=path, source=own.url, sha256=sha256_of(path))


def _class_count(own: Any, asked: ModelOptions) -> int:
    count = asked.arguments.get("num_classes", len(own.meta["categories"]))
    if not isinstance(count, int):
        raise ModelError(f"option num_classes={count}: write a whole number")
    return count


def _build(name: str, own: Any, asked: ModelOptions) -> nn.Module:
    from torchvision import models

    arguments = {**_as_pretrained(name, own), **asked.arguments}
    try:
        return models.get_model(name, weights=None, **arguments)
    except Exception as refusal:  # constructors refuse arguments in many ways
        raise refused(f"torchvision:{name}", arguments, refusal) from refusal


def _as_pretrained(name: str, own: Any) -> dict[str, Any]:
    """How torchvision builds a network for its own weights, where that is not how it builds one without."""
    if name in ("googlenet", "inception_v3"):
        return {"transform_input": True, "init_weights": False, "aux_logits": True}
    return {"image_size": own.meta["min_size"][0]} if name.startswith("vit_") else {}
