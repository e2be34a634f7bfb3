"""`timm:<name>`: any classifier of timm, with its own preprocessing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from unseen.errors import ModelError
from unseen.models.class_names import class_names
from unseen.models.download import cached, fetch, sha256_of
from unseen.models.hub import cached_hub_weights, hub_weights
from unseen.models.libraries import prepare_imports
from unseen.models.messages import first_line, refused
from unseen.models.options import ModelOptions, model_options, override
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import NOT_STATED, ListedModel, ModelSpec
from unseen.models.weights import WeightsFile, given_weights, given_weights_here, misfit, read_weights, unfitting
from unseen.naming import nearest

Config = dict[str, Any]
"""What timm knows about weights (its `pretrained_cfg`)."""


def timm_config(name: str) -> Config:
    """What timm knows about `name`, an architecture with or without the tag of its weights.

    Raises:
        ModelError: no such architecture or tag.
    """
    prepare_imports()
    import timm
    from timm.models import get_pretrained_cfg

    architecture, _, tag = name.partition(".")
    if not timm.is_model(architecture):
        raise ModelError(f"timm has no model {architecture!r}; {nearest(architecture, timm.list_models())}")
    try:
        config: Any = get_pretrained_cfg(name)
    except RuntimeError as error:
        tags = timm.list_models(f"{architecture}.*", pretrained=True)
        raise ModelError(f"timm has no weights {tag!r} for {architecture}; {nearest(name, tags)}") from error
    return dict(config.to_dict())


def list_timm(name: str, base: str, options: Mapping[str, str]) -> ListedModel:
    """What is known about `base` of timm.

    Raises:
        ModelError: an unknown name or option.
    """
    plan = _plan(base, model_options(options))
    with torch.device("meta"):  # counts without computing anything
        body = _untrained(base, plan.arguments)
    return ListedModel(
        name=name,
        input_size=plan.preprocessing.size,
        parameters=sum(parameter.numel() for parameter in body.parameters()),
        licence=plan.licence,
        source=plan.options.weights or _own_source(plan.config),
        here=given_weights_here(plan.options) if plan.options.weights else _own_here(plan.config),
    )


def load_timm(name: str, base: str, options: Mapping[str, str]) -> tuple[nn.Module, ModelSpec]:
    """The network `base` of timm, and what is known about it.

    Args:
        name: what the user wrote.
        base: timm's name.
        options: `size` also sets `img_size` where the architecture depends on it.

    Raises:
        ModelError: an unknown name, option or class count, or weights that cannot be had or do not fit.
    """
    plan = _plan(base, model_options(options))
    file = given_weights(plan.options) or _own_weights(base, plan.config)
    body = _build(base, plan.arguments, file)
    classes = class_names(plan.class_count)
    spec = ModelSpec(
        name=name,
        source=file.source,
        sha256=file.sha256,
        licence=plan.licence,
        class_names=classes.names,
        synsets=classes.synsets,
        preprocessing=plan.preprocessing,
        parameters=sum(parameter.numel() for parameter in body.parameters()),
    )
    return body, spec


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a name and its options ask for."""

    config: Config
    options: ModelOptions
    preprocessing: Preprocessing
    arguments: Mapping[str, Any]
    class_count: int

    @property
    def licence(self) -> str:
        return NOT_STATED if self.options.weights else self.config.get("license") or NOT_STATED


def _plan(base: str, options: ModelOptions) -> _Plan:
    config = timm_config(base)
    preprocessing = override(timm_preprocessing(config), options.preprocessing)
    arguments = dict(options.arguments)
    if config.get("fixed_input_size") and "size" in options.preprocessing:
        arguments.setdefault("img_size", preprocessing.size)
    own_count = config["num_classes"]
    class_count = arguments.get("num_classes", own_count)
    if not isinstance(class_count, int) or class_count < 1:
        raise ModelError(f"timm:{base} answers with features and not with classes; name a classifier or num_classes=")
    if not options.weights and class_count != own_count:
        raise ModelError(f"timm:{base}: its weights know {own_count} classes; give weights=FILE to have another number")
    return _Plan(
        config=config, options=options, preprocessing=preprocessing, arguments=arguments, class_count=class_count
    )


def timm_preprocessing(config: Config) -> Preprocessing:
    """timm's evaluation transform for weights with this configuration."""
    from timm.data import resolve_data_config

    data = resolve_data_config(pretrained_cfg=config)
    return Preprocessing(
        size=data["input_size"][1:],
        crop_fraction=data["crop_pct"],
        crop_mode=data["crop_mode"],
        interpolation=data["interpolation"],
        mean=tuple(data["mean"]),
        std=tuple(data["std"]),
    )


def _own_source(config: Config) -> str:
    """Where timm's own weights come from, in human words."""
    return f"hub {config['hf_hub_id']}" if config.get("hf_hub_id") else config.get("url") or "none"


def _own_here(config: Config) -> bool:
    """Whether timm's own weights are on this machine."""
    if config.get("hf_hub_id"):
        return cached_hub_weights(config["hf_hub_id"]) is not None
    return bool(config.get("url")) and cached(config["url"]) is not None


def _own_weights(name: str, config: Config) -> WeightsFile:
    if config.get("hf_hub_id"):
        path = hub_weights(config["hf_hub_id"])
    elif config.get("url"):
        path = fetch(config["url"])
    else:
        raise ModelError(f"timm has no weights for {name}; give a file with ?weights=FILE")
    return WeightsFile(path=path, source=_own_source(config), sha256=sha256_of(path))


def _build(name: str, arguments: Mapping[str, Any], file: WeightsFile) -> nn.Module:
    """The network with its weights, converted where timm converts them (other names, another image size)."""
    import timm

    known: Config = {"file": str(file.path), "custom_load": False}
    if "num_classes" in arguments:
        known["num_classes"] = arguments["num_classes"]  # else timm would draw a new last layer
    try:
        return timm.create_model(name, pretrained=True, pretrained_cfg_overlay=known, **arguments)
    except Exception as error:  # timm's conversions stumble over foreign weights in many ways
        difference = misfit(read_weights(file.path), _untrained(name, arguments).state_dict())
        raise unfitting(file.path, f"timm:{name}", difference or first_line(error)) from error


def _untrained(name: str, arguments: Mapping[str, Any]) -> nn.Module:
    import timm

    try:
        return timm.create_model(name, **arguments)
    except Exception as refusal:  # constructors refuse arguments in many ways
        raise refused(f"timm:{name}", arguments, refusal) from refusal
