"""The noises that are the same for all photos: by the paper's method, by ours, and by chance."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor

from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.lab.files import write_over
from unseen.lab.notebook import Notebook
from unseen.lab.pixel_privacy.approaches import LEARNT, RANDOM, UAP
from unseen.lab.pixel_privacy.settings import PAPER_LEVELS, PixelPrivacySettings
from unseen.models import Network
from unseen.progress import Progress
from unseen.schemes.universal import LIMIT, noise_file
from unseen.train.noise import TrainedNoise, Training, train_noise
from unseen.types import Images

FOLDER = "noises"
"""In the lab's: the noises as files that `unseen protect --scheme universal?weights=FILE` takes."""


@dataclass(frozen=True, kw_only=True)
class LabNoise:
    """A noise that was made, or read back.

    Attributes:
        file: in the lab's folder.
        noise: (1, 3, side, side), in [-1, 1].
        sha256: of its values; the file's own changes with the order of what it tells about itself.
        fooled: share of the training photos whose answer it changes; None for one by chance.
        seconds: that making it took; None for one by chance.
    """

    file: Path
    noise: Images
    sha256: str
    fooled: float | None = None
    seconds: float | None = None


def lab_noises(
    folder: Path,
    notebook: Notebook,
    network: Network,
    photos: Sequence[Path],
    settings: PixelPrivacySettings,
    progress: Progress,
) -> dict[str, LabNoise]:
    """All noises by name, as files in the lab's folder; those that a former run finished are read back.

    Args:
        photos: to train on; none of them is scored.

    Raises:
        UnseenError: a photo that cannot be read, or a file that cannot be written.
    """
    trainings = {
        UAP: _training(settings, method="uap", passes=settings.training_passes),
        LEARNT: _training(settings, method="augmented", passes=settings.training_views),
    }
    digest = sha256("\n".join(f"{path.name} {path.stat().st_size}" for path in photos).encode()).hexdigest()[:16]
    found = {}
    for name, training in trainings.items():

        def compute(name: str = name, training: Training = training) -> Mapping[str, Tensor]:
            started = time.perf_counter()
            trained = _trained(folder / ".unseen" / f"{name}.stage", network, photos, training, name, progress)
            numbers = torch.tensor([trained.fooled[0], time.perf_counter() - started], dtype=torch.float64)
            return {"noise": trained.noise, "numbers": numbers}

        page = notebook.tensors_once(f"noise-{name}-{len(photos)}-{digest}", compute)
        fooled, seconds = page["numbers"].tolist()
        found[name] = replace(_written(folder, name, page["noise"]), fooled=fooled, seconds=seconds)
    return {**found, RANDOM: _written(folder, RANDOM, _by_chance(settings))}


def _training(settings: PixelPrivacySettings, *, method: str, passes: float) -> Training:
    return Training(epsilon=PAPER_LEVELS, method=method, passes=passes, side=settings.training_side, seed=settings.seed)


def _trained(
    stages: Path, network: Network, photos: Sequence[Path], training: Training, name: str, progress: Progress
) -> TrainedNoise:
    return train_noise(
        photos,
        [network],
        training,
        stages=stages,
        progress=lambda items, total, doing: progress(items, total, f"{doing} ({name})"),
    )


def _by_chance(settings: PixelPrivacySettings) -> Images:
    """Every value at the limit, up or down: the noise of that limit that is hardest to overlook."""
    side, generator = settings.training_side, torch.Generator().manual_seed(settings.seed)
    signs = torch.randint(2, (1, 3, side, side), generator=generator) * 2 - 1
    return signs * (PAPER_LEVELS / LEVELS)


def _written(folder: Path, name: str, noise: Images) -> LabNoise:
    """A noise in its file, which takes the place of a former run's."""
    data = noise_file(noise, {LIMIT: f"{PAPER_LEVELS:g}", "made_by": f"unseen lab pixel-privacy ({name})"})
    path = folder / FOLDER / f"{name}.safetensors"
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise UnseenError(f"{path.parent}: cannot be made ({error.strerror or error}); move it away") from error
    write_over(path, data)
    return LabNoise(file=path, noise=noise, sha256=sha256(noise.contiguous().numpy().tobytes()).hexdigest())
