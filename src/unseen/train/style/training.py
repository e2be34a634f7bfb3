"""The training of a style: steps, and what is written between them."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from unseen import __version__
from unseen.errors import PhotoError, UnseenError
from unseen.photo.atomic import write_over
from unseen.progress import Progress, silent
from unseen.train.style.cartoon import cartoon_method
from unseen.train.style.checkpoint import Reached, load_checkpoint, save_checkpoint
from unseen.train.style.crops import Crops
from unseen.train.style.cycle import cycle_method
from unseen.train.style.folder import TrainingFolder
from unseen.train.style.method import GENERATOR, Losses, Method
from unseen.train.style.settings import StyleTraining
from unseen.train.style.sheet import sample_sheet

LOGGED = 10
"""Steps whose mean losses make a line of the log."""

SHOWN = 4
"""Photos on a sample sheet."""

_MAKERS: Mapping[str, Callable[[StyleTraining, torch.device], Method]] = {
    "cyclegan": cycle_method,
    "cartoongan": cartoon_method,
}


@dataclass(frozen=True, kw_only=True)
class TrainedStyle:
    """What a training made.

    Attributes:
        generator: its file.
        resumed_at: the steps that a former run had done.
        losses: the last line of the log.
    """

    generator: Path
    resumed_at: int
    losses: Mapping[str, float]


def train_style(
    photos: Path,
    style: Path,
    settings: StyleTraining,
    *,
    folder: Path,
    device: str = "cpu",
    checkpoint_every: int = 1000,
    sample_every: int = 1000,
    progress: Progress = silent,
    tell: Callable[[PhotoError], None] = lambda error: None,
) -> TrainedStyle:
    """Train a generator that paints photos in the style of other pictures; go on where a former run was.

    On a CPU with the same number of threads, a run that was interrupted any number of times makes the same bytes as
    one that was not. On a GPU steps compute in bfloat16 where that is safe, and the last bits differ between runs.

    Args:
        photos: folder of photos.
        style: folder of pictures in the style.
        folder: made, or that of a former run with the same settings; `generator.safetensors` in it is the result.
        device: "cpu" or "cuda".
        checkpoint_every: steps between checkpoints, what a kill costs at most.
        sample_every: steps between sample sheets.
        progress: the steps pass through it.
        tell: called with the error of every file that cannot be read; it is skipped.

    Raises:
        UnseenError: no readable picture, a folder that holds something else or is in use, a checkpoint of other
            settings, or losses that are no numbers any more.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise UnseenError(f"{device}: torch finds no such device on this machine; use cpu")
    where = torch.device(device)
    streams = {
        role: Crops(source, role=role, crop=settings.crop, seed=settings.seed, besides=folder, tell=tell)
        for role, source in (("photos", photos), ("style pictures", style))
    }
    with TrainingFolder(folder) as place:
        method = _MAKERS[settings.method](settings, where)
        identity = {**asdict(settings), **{role: stream.digest for role, stream in streams.items()}}
        done = 0
        if place.checkpoint.exists():
            former = load_checkpoint(place.checkpoint, method, identity)
            done = former.step
            for role, stream in streams.items():
                stream.position = former.positions[role]
        place.keep_losses_until(done)
        samples = streams["photos"].samples(SHOWN).to(where)
        log = _Log(place)
        for number in progress(range(done, settings.iterations), settings.iterations - done, "Training"):
            for optimiser in method.optimisers.values():
                for group in optimiser.param_groups:
                    group["lr"] = settings.rate * method.rate_at(number)
            real, drawn = (stream.drawn(settings.batch).to(where) for stream in streams.values())
            log.add(number + 1, method.step(real, drawn, number))
            ends = number + 1 == settings.iterations
            if ends or (number + 1) % sample_every == 0:
                write_over(place.samples / f"{number + 1:07}.png", sample_sheet(samples, method.networks[GENERATOR]))
            if ends or (number + 1) % checkpoint_every == 0:
                log.flush()
                positions = {role: stream.position for role, stream in streams.items()}
                save_checkpoint(place.checkpoint, method, Reached(step=number + 1, positions=positions), identity)
        write_over(place.generator, _generator_file(method, identity))
        return TrainedStyle(generator=place.generator, resumed_at=done, losses=log.last())


class _Log:
    """Mean losses of a few steps at a time."""

    def __init__(self, place: TrainingFolder) -> None:
        self._place = place
        self._waiting: list[Losses] = []
        self._step = 0

    def add(self, step: int, losses: Losses) -> None:
        self._waiting.append(losses)
        self._step = step
        if step % LOGGED == 0:
            self.flush()

    def flush(self) -> None:
        """Write the mean of what was added since; a checkpoint needs it, for what waits in memory dies with us."""
        if not self._waiting:
            return
        row = {name: _mean([losses[name] for losses in self._waiting if name in losses]) for name in self._waiting[-1]}
        for name, loss in row.items():
            if not math.isfinite(loss):
                remedy = "begin again in another folder with a lower --rate"
                raise UnseenError(f"{self._place.path}: the loss {name} is {loss} at step {self._step}; {remedy}")
        self._place.append_losses({"step": self._step, **row})
        self._waiting.clear()

    def last(self) -> dict[str, float]:
        lines = self._place.losses.read_bytes().splitlines()
        return dict(json.loads(lines[-1])) if lines else {}


def _mean(losses: list[Tensor]) -> float:
    return round(float(torch.stack(losses).mean()), 6)


def _generator_file(method: Method, identity: Mapping[str, Any]) -> bytes:
    """Weights that `--scheme style:METHOD?weights=FILE` reads; their shapes say how wide and deep the generator is."""
    weights = {name: tensor.cpu().contiguous() for name, tensor in method.networks[GENERATOR].state_dict().items()}
    return save(weights, {"training": json.dumps({**identity, "unseen": __version__}, sort_keys=True)})
