"""LPIPS v0.1 with SqueezeNet's features (Zhang et al. 2018), from published heads: how different two pictures look."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from unseen import load_classifier

_ENDS = (2, 5, 8, 10, 11, 12, 13)
"""The layers of `features` after which SqueezeNet 1.1 is looked at."""
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


class Lpips:
    """Two pictures (B, 3, H, W) in [0, 1] -> (B,), 0 where they are the same.

    Args:
        weights: the folder with `squeezenet1_1.safetensors` and `lpips_v0.1_squeeze.safetensors`.
    """

    def __init__(self, weights: Path) -> None:
        network = load_classifier(f"torchvision:squeezenet1_1?weights={weights}/squeezenet1_1.safetensors")
        features = network.body.features
        if not isinstance(features, nn.Sequential):
            raise TypeError("this SqueezeNet has no features in a row")
        self._features = features
        self._heads = load_file(weights / "lpips_v0.1_squeeze.safetensors")

    @torch.no_grad()
    def __call__(self, original: Tensor, protected: Tensor) -> Tensor:
        left, right = self._prepared(original), self._prepared(protected)
        total = torch.zeros(len(original))
        start = 0
        for number, end in enumerate(_ENDS):
            left, right = (self._features[start:end](maps) for maps in (left, right))
            head = self._heads[f"lin{number}.model.1.weight"]
            total += ((_unit(left) - _unit(right)).square() * head.view(1, -1, 1, 1)).sum(1).mean((1, 2))
            start = end
        return total

    @staticmethod
    def _prepared(images: Tensor) -> Tensor:
        shift, scale = (torch.tensor(values).view(1, 3, 1, 1) for values in (_SHIFT, _SCALE))
        return (2 * images - 1 - shift) / scale


def _unit(maps: Tensor) -> Tensor:
    return maps / (maps.square().sum(1, keepdim=True).sqrt() + 1e-10)
