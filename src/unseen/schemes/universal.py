"""Universal noise at work: one noise laid on any image of its shape, without a network."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from unseen.errors import UnseenError
from unseen.grid import on_grid, quantise
from unseen.photo import write_new
from unseen.types import Images

_NAME = "noise"


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


def noise_file(noise: Images, about: Mapping[str, str]) -> bytes:
    """The safetensors file of a noise (1, C, H, W) and of how it was made, such as its limit and its network."""
    return save({_NAME: noise.contiguous()}, metadata=dict(about))


def save_noise(path: Path, noise: Images, about: Mapping[str, str]) -> None:
    """Write `noise_file` to a new file.

    Raises:
        PhotoError: the file exists or cannot be written.
    """
    write_new(path, noise_file(noise, about))


def load_noise(path: Path) -> tuple[Images, dict[str, str]]:
    """The noise (1, C, H, W) of a file that `save_noise` wrote, and how it was made.

    Raises:
        UnseenError: the file cannot be read, or holds no noise.
    """
    try:
        with safe_open(path, framework="pt") as file:
            noise, about = file.get_tensor(_NAME), dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise UnseenError(f"{path}: holds no universal noise ({error}); give a file that unseen made") from error
    if noise.ndim != 4 or len(noise) != 1 or not noise.is_floating_point():
        raise UnseenError(f"{path}: its noise has shape {tuple(noise.shape)}; give a file that unseen made")
    return noise, about
