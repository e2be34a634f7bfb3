"""A training as one safetensors file, nothing of which is ever unpickled.

Tensors are networks, what Adam remembers of every weight, and the pictures in the pools; the header says how far the
training is and what it depends on. Random choices have no state (`drawing`), so they need no place in it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.optim import Adam

from unseen.errors import UnseenError
from unseen.models.weights import misfit
from unseen.photo.atomic import write_over
from unseen.train.style.method import GENERATOR, Method

_HEADER = "unseen_style_training"
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
"""What Adam remembers of a weight."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How far a training is.

    Attributes:
        step: steps done.
        positions: pictures drawn, by role.
    """

    step: int
    positions: Mapping[str, int]


def save_checkpoint(path: Path, method: Method, reached: Reached, identity: Mapping[str, Any]) -> None:
    """Write all that is needed to go on, whole or not at all, over a former checkpoint.

    Args:
        identity: what the training depends on, as JSON can hold it.

    Raises:
        PhotoError: it cannot be written.
    """
    header = {"step": reached.step, "positions": dict(reached.positions), "identity": dict(identity)}
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in _tensors(method).items()}
    write_over(path, save(tensors, {_HEADER: json.dumps(header)}))


def load_checkpoint(path: Path, method: Method, identity: Mapping[str, Any]) -> Reached:
    """Put a checkpoint into a method as it was made for the same settings, and say how far it was.

    Raises:
        UnseenError: a damaged file, one of other settings (which, is said) or of other networks (their layers are).
    """
    device = next(method.networks[GENERATOR].parameters()).device
    try:
        with safe_open(path, "pt", device=str(device)) as file:
            header = json.loads((file.metadata() or {}).get(_HEADER, "null"))
            _require_same(path, header, identity)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        why = f"is no whole checkpoint ({type(error).__name__})"
        raise UnseenError(f"{path}: {why}; delete it to begin again, or name another folder with -o") from error
    pools = {name: tensors.pop(f"pool.{name}", None) for name in method.pools}
    difference = misfit(tensors, _learnt(method))
    if difference:
        raise UnseenError(f"{path}: not of these networks: {difference}; name another folder with -o")
    _put_back(method, tensors)
    for name, pictures in pools.items():
        method.pools[name].pictures = pictures
    return Reached(step=header["step"], positions=header["positions"])


def _require_same(path: Path, header: Any, identity: Mapping[str, Any]) -> None:
    if header is None:
        raise UnseenError(f"{path}: is no checkpoint of a style's training; name another folder with -o")
    found = header["identity"]
    for name in {**identity, **found}:
        if found.get(name) != identity.get(name):
            told = f"was trained with {name} {found.get(name)}, not {identity.get(name)}"
            raise UnseenError(f"{path}: {told}; give the same again, or name another folder with -o")


def _tensors(method: Method) -> dict[str, Tensor]:
    pools = {f"pool.{name}": pool.pictures for name, pool in method.pools.items() if pool.pictures is not None}
    return {**_learnt(method), **pools}


def _learnt(method: Method) -> dict[str, Tensor]:
    """Networks, and of optimisers what they remember; zeros where they have not begun."""
    networks = {
        f"{network}.{name}": tensor
        for network, module in method.networks.items()
        for name, tensor in module.state_dict().items()
    }
    remembered = {
        f"{name}.{number}.{moment}": optimiser.state[parameter].get(moment, _nothing(parameter, moment))
        for name, optimiser in method.optimisers.items()
        for number, parameter in _numbered(optimiser)
        for moment in _MOMENTS
    }
    return {**networks, **remembered}


def _put_back(method: Method, tensors: Mapping[str, Tensor]) -> None:
    with torch.no_grad():
        for network, module in method.networks.items():
            for name, tensor in module.state_dict().items():
                tensor.copy_(tensors[f"{network}.{name}"])
    for name, optimiser in method.optimisers.items():
        for number, parameter in _numbered(optimiser):
            state = {moment: tensors[f"{name}.{number}.{moment}"] for moment in _MOMENTS}
            optimiser.state[parameter] = {**state, "step": state["step"].cpu()}


def _numbered(optimiser: Adam) -> Iterator[tuple[int, nn.Parameter]]:
    return enumerate(parameter for group in optimiser.param_groups for parameter in group["params"])


def _nothing(parameter: Tensor, moment: str) -> Tensor:
    return torch.zeros(()) if moment == "step" else torch.zeros_like(parameter)
