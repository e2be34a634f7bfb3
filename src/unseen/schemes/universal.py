"""Universal noise at work: one noise for every photo, laid on in milliseconds without a network.

`Universal` lays one on photos of any size; `laid` is for labs, on images of exactly the noise's own shape.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from unseen.errors import UnseenError
from unseen.grid import LEVELS, on_grid, quantise
from unseen.photo import Photo, write_new
from unseen.photo.photo import Pixels
from unseen.schemes.settings import setting
from unseen.types import Images

SHIPPED = Path(__file__).with_name("noises") / "lite.safetensors"
"""The noise that comes with unseen; its metadata says what it was trained on."""

LIMIT = "limit_levels"
"""In a file's metadata: the largest change of a value, in levels."""

_NAME = "noise"
_REMEDY = "give a file that unseen made"
_SMALL = 1e-4
"""Keeps a limit such as 8/255 from losing its last level to floating point."""


@dataclass(frozen=True, kw_only=True)
class Universal:
    """Lay one and the same noise on every photo, without asking a network: most photos are misread then, not all."""

    weights: str | None = setting(None, "file of a universal noise; by default the one that comes with unseen")
    epsilon: float | None = setting(
        None, "limit of every value's change, which the noise is scaled to; by default as it was trained", levels=True
    )

    def __post_init__(self) -> None:
        if self.epsilon is not None and not 0 < self.epsilon <= 1:
            raise ValueError(f"epsilon is {self.epsilon}: give a limit above 0 and at most 1 (8 levels are 8/255)")
        channels = self.noise.shape[1]
        if channels not in (1, 3):
            raise UnseenError(f"{self._path}: its noise has {channels} channels; give one made for photos, with 3 or 1")

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The photo with the noise on it; a grey one gets the mean of its colours, and nothing is random."""
        noise = self.noise[0] if self.epsilon is None else self.noise[0] * (self.epsilon / _largest(self.noise))
        limit = math.floor(_largest(noise) * LEVELS + _SMALL)
        return replace(photo, pixels=laid_on_photo(noise, photo.pixels, limit))

    @property
    def noise(self) -> Images:
        """(1, C, h, w), as it was trained."""
        return _loaded(self._path)[0]

    @property
    def about(self) -> Mapping[str, str]:
        """How it was made."""
        return _loaded(self._path)[1]

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of those that it was trained against, where its file tells."""
        try:
            return tuple(str(name) for name in json.loads(self.about.get("networks", "[]")))
        except (ValueError, TypeError):
            return ()

    @property
    def _path(self) -> Path:
        return SHIPPED if self.weights is None else Path(self.weights)


def laid_on_photo(noise: Tensor, pixels: Pixels, limit: int) -> Pixels:
    """A photo (H, W, C) uint8 with noise (3 or 1, h, w), resized to it, of at most `limit` levels a value."""
    if len(noise) != pixels.shape[2]:
        noise = noise.mean(0, keepdim=True).expand(pixels.shape[2], -1, -1)
    changed = np.empty_like(pixels)
    for channel, plane in enumerate(noise.unbind(0)):  # one at a time, for memory
        resized = F.interpolate(plane[None, None] * LEVELS, pixels.shape[:2], mode="bilinear", antialias=True)[0, 0]
        levels = resized.round_().clamp_(-limit, limit)
        changed[..., channel] = levels.add_(torch.from_numpy(pixels[..., channel])).clamp_(0, LEVELS).byte().numpy()
    return changed


def laid(noise: Images, images: Images) -> Images:
    """Images with the noise on them, clipped to [0, 1] and rounded to k/255.

    Args:
        noise: (1, C, H, W).
        images: (B, C, H, W) in [0, 1].

    Raises:
        ValueError: another shape than the noise was made for.
    """
    if images.shape[1:] != noise.shape[1:]:
        shapes = f"{tuple(images.shape[1:])}, the noise {tuple(noise.shape[1:])}"
        raise ValueError(f"images have shape {shapes}: give images of the shape that the noise was made for")
    return quantise(on_grid(images) + noise)


def noise_file(noise: Images, about: Mapping[str, str], *, in_levels: bool = False) -> bytes:
    """The safetensors file of a noise (1, C, H, W) and of how it was made, such as its limit and its network.

    Args:
        in_levels: rounded to whole 8-bit levels, at most 127 of them, in a quarter of the bytes.
    """
    stored = noise.mul(LEVELS).round().clamp(-127, 127).to(torch.int8) if in_levels else noise
    return save({_NAME: stored.contiguous()}, metadata=dict(about))


def save_noise(path: Path, noise: Images, about: Mapping[str, str], *, in_levels: bool = False) -> None:
    """Write `noise_file` to a new file.

    Raises:
        PhotoError: the file exists or cannot be written.
    """
    write_new(path, noise_file(noise, about, in_levels=in_levels))


def load_noise(path: Path) -> tuple[Images, dict[str, str]]:
    """The noise (1, C, H, W) of a file that `save_noise` wrote, and how it was made.

    Raises:
        UnseenError: the file cannot be read, or holds no noise, or one beyond [-1, 1] or its own limit.
    """
    try:
        with safe_open(path, framework="pt") as file:
            noise, about = file.get_tensor(_NAME), dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else str(error).partition("\n")[0]
        raise UnseenError(f"{path}: holds no universal noise ({why}); {_REMEDY}") from error
    if noise.ndim != 4 or len(noise) != 1 or 0 in noise.shape:
        raise UnseenError(f"{path}: its noise has shape {tuple(noise.shape)}, not (1, C, H, W); {_REMEDY}")
    if noise.dtype != torch.int8 and not noise.is_floating_point():
        raise UnseenError(f"{path}: its noise holds {noise.dtype}, not floats or 8-bit levels; {_REMEDY}")
    noise = noise.float() / LEVELS if noise.dtype == torch.int8 else noise
    _require_sound(path, noise, about)
    return noise, about


def _require_sound(path: Path, noise: Images, about: Mapping[str, str]) -> None:
    """Every value a number, and none beyond the range or the limit that the file itself tells."""
    if not bool(noise.isfinite().all()):
        raise UnseenError(f"{path}: its noise holds values that are no numbers (NaN or infinite); train it anew")
    largest = _largest(noise)
    if largest > 1:
        raise UnseenError(f"{path}: its noise reaches {largest:.3g}, beyond [-1, 1]; divide 8-bit levels by {LEVELS}")
    try:
        limit = float(about.get(LIMIT, LEVELS))
    except ValueError as error:
        raise UnseenError(f"{path}: its limit is {about[LIMIT]!r} and no number; {_REMEDY}") from error
    if not largest * LEVELS <= limit + 1e-3:
        reached = f"its noise reaches {largest * LEVELS:.3g} levels, beyond the {limit:g} that it tells"
        raise UnseenError(f"{path}: {reached}; {_REMEDY}")


def _largest(noise: Tensor) -> float:
    """The largest absolute value; of no noise at all a tiny one, so that it can be divided by."""
    return max(noise.abs().max().item(), 1e-12)


@lru_cache(maxsize=4)
def _loaded(path: Path) -> tuple[Images, dict[str, str]]:
    return load_noise(path)
