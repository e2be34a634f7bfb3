"""Where the training of a noise stands, kept in a file so that a run that was interrupted goes on from there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from unseen.photo.atomic import write_over
from unseen.types import Images

_IDENTITY = "identity"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A noise on its way.

    Attributes:
        noise: (1, 3, side, side) within its budget.
        done: steps taken, or photos looked at: what comes next depends on it, on the seed and on nothing drawn before.
        memory: what the shaping of gradients remembers.
        finished: whether nothing is left to do.
    """

    noise: Images
    done: int = 0
    memory: tuple[Tensor, ...] = ()
    finished: bool = False


def keep_stage(path: Path, stage: Stage, identity: Mapping[str, object]) -> None:
    """Write a stage in the place of a former one.

    Args:
        identity: all that the result depends on, as JSON can hold it.

    Raises:
        PhotoError: it cannot be written.
    """
    tensors = {"noise": stage.noise, **{f"memory.{number}": tensor for number, tensor in enumerate(stage.memory)}}
    about = {_IDENTITY: _text(identity), "done": str(stage.done)}
    write_over(path, save({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=about))


def kept_stage(path: Path, identity: Mapping[str, object]) -> Stage | None:
    """The stage of a former run that meant the same; None if there is none, or of a run that meant something else."""
    try:
        with safe_open(path, framework="pt") as file:
            about, names = file.metadata() or {}, sorted(file.keys())
            if about.get(_IDENTITY) != _text(identity):
                return None
            memory = tuple(file.get_tensor(f"memory.{number}") for number in range(len(names) - 1))
            return Stage(noise=file.get_tensor("noise"), done=int(about["done"]), memory=memory)
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def _text(identity: Mapping[str, object]) -> str:
    return json.dumps(dict(identity), sort_keys=True)
