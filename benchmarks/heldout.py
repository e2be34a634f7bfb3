"""Networks of other families, and how often they still read the true label in a file: what transfer is judged by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from lpips import Lpips
from unseen import load_classifier
from unseen.errors import UnseenError
from unseen.models import Network
from unseen.photo.photo import Pixels
from unseen.plan import read_labels
from unseen.profiles import meanings
from unseen.reading import answer
from unseen.threats import AS_POSTED, Platform

HANDLINGS = {"file": AS_POSTED, "small": Platform(long_edge=224, quality=75)}
"""The file as it was written, and reduced to 224 pixels a side and recompressed (JPEG 75)."""

SHARES = (*HANDLINGS, "meaning")
"""What is counted of every network's answers; of the file by meaning, too."""

HEADS = (
    *("photos", "gradients", *HANDLINGS, "same meaning, file"),
    *("each network, file", "SSIM", "PSNR", "LPIPS", "seconds"),
)
"""Of the columns behind the name."""

_SCALED = "mean=0.5&std=0.5&size=224&pad_type=same&crop_pct=1"


@cache
def held_out(weights: Path) -> Mapping[str, Network]:
    """DeiT-tiny, SqueezeNet 1.1 and MobileNetV1 from a folder of weights; each sees the whole photo."""
    return {
        "DeiT-tiny": load_classifier(
            f"timm:deit_tiny_patch16_224?weights={weights}/deit_tiny_patch16_224.safetensors&crop_pct=1"
        ).whole(),
        "SqueezeNet": load_classifier(
            f"torchvision:squeezenet1_1?weights={weights}/squeezenet1_1.safetensors&crop_pct=1"
        ).whole(),
        "MobileNetV1": load_classifier(
            f"timm:mobilenetv1_100?weights={weights}/mobilenetv1_100.safetensors&{_SCALED}"
        ).whole(),
    }


@cache
def alike(weights: Path) -> Lpips:
    """How different two pictures look."""
    return Lpips(weights)


def ready(labels: Path, weights: Path) -> dict[Path, str]:
    """Photos and their labels; what would stop a run late stops it here.

    Raises:
        SystemExit: a label that is no index, two photos of one name, or weights that are not there.
    """
    try:
        found = read_labels(labels)
        held_out(weights)
        alike(weights)
    except (UnseenError, OSError) as error:
        raise SystemExit(str(error)) from error
    for path, label in found.items():
        if not label.isdecimal():
            raise SystemExit(f"{labels}: {path.name} has the label {label!r}; give the number of its class")
    stems = Counter(path.stem for path in found)
    if len(stems) < len(found):
        raise SystemExit(f"{labels}: {stems.most_common(1)[0][0]} is the name of two photos; copies are told by it")
    return found


def still_read(pixels: Pixels, label: int, weights: Path) -> dict[str, bool]:
    """Whether each network's first answer is the label, by `handling/network`; by `meaning/network`, means the same."""
    read = {
        f"{handling}/{name}": int(answer(network, served).argmax())
        for handling, served in ((handling, platform(pixels)) for handling, platform in HANDLINGS.items())
        for name, network in held_out(weights).items()
    }
    meant = {name: meanings(network.class_names, network.spec.synsets) for name, network in held_out(weights).items()}
    leaked = {
        f"meaning/{name}": meaning[read[f"file/{name}"]] == meaning[label]
        for name, meaning in meant.items()
        if meaning is not None
    }
    return {key: found == label for key, found in read.items()} | leaked


def told(name: str, rows: Sequence[Mapping[str, Any]], weights: Path) -> tuple[str, ...]:
    """The cells of a line of means, in the order of `HEADS`; with what `still_read` tells of each photo."""
    mean = {key: fmean(row[key] for row in rows) for key in rows[0]}
    networks = list(held_out(weights))
    return (
        name,
        str(len(rows)),
        f"{mean['gradients']:.0f}",
        *(f"{fmean(mean[f'{key}/{network}'] for network in networks):.1%}" for key in SHARES),
        ", ".join(f"{network} {mean[f'file/{network}']:.0%}" for network in networks),
        f"{mean['ssim']:.3f}",
        f"{mean['psnr']:.1f}",
        f"{mean['lpips']:.4f}",
        f"{mean['seconds']:.1f}",
    )


def image_of(pixels: Pixels) -> Tensor:
    """Pixels (H, W, 3) uint8 as (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 255
