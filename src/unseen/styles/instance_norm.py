"""Instance normalisation, and how its statistics are fixed once for all tiles of a photo.

An instance norm reads the mean and the variance of the very picture it normalises. In tiles every tile would have its
own, and their borders would show. As in thumbnail instance normalisation (Chen et al. 2022, "Towards Ultra-Resolution
Neural Style Transfer via Thumbnail Instance Normalization", section 3.2) they are read once, from the reduced photo.
"""

import copy
from functools import partial
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5
"""What is added to every variance."""

Body = TypeVar("Body", bound=nn.Module)


class InstanceNorm(nn.Module):
    """Every channel of every picture to mean 0 and variance 1 (Ulyanov et al. 2016, equation 4).

    Attributes:
        scale: (C,) what the channels are multiplied by after it, None where that is not learnt.
        shift: (C,) what is then added to them, likewise.
    """

    def __init__(self, channels: int, *, learnt: bool) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels)) if learnt else None
        self.shift = nn.Parameter(torch.zeros(channels)) if learnt else None

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, C, H, W) of any scale -> the same shape, normalised."""
        return F.instance_norm(features, weight=self.scale, bias=self.shift, eps=EPSILON)


class FixedNorm(nn.Module):
    """An instance norm whose statistics are given: one factor and one summand a channel."""

    factor: Tensor
    summand: Tensor

    def __init__(self, norm: InstanceNorm, mean: Tensor, variance: Tensor) -> None:
        super().__init__()
        factor = (variance + EPSILON).rsqrt()
        if norm.scale is not None:
            factor = factor * norm.scale[:, None, None]
        summand = -mean * factor
        if norm.shift is not None:
            summand = summand + norm.shift[:, None, None]
        self.register_buffer("factor", factor.detach())
        self.register_buffer("summand", summand.detach())

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, C, H, W), which are changed in place: they are the largest thing in memory."""
        return features.mul_(self.factor).add_(self.summand)


def with_statistics_of(body: Body, picture: Tensor) -> Body:
    """A copy of a network whose instance norms keep the statistics that they find in one picture.

    Args:
        body: left as it is; the copy shares its parameters.
        picture: (1, C, H, W), as the network reads it.
    """
    found: dict[str, tuple[Tensor, Tensor]] = {}

    def note(name: str, _: nn.Module, inputs: tuple[Tensor]) -> None:
        variance, mean = torch.var_mean(inputs[0], (2, 3), correction=0, keepdim=True)
        found[name] = mean, variance

    norms = {name: module for name, module in body.named_modules() if isinstance(module, InstanceNorm)}
    hooks = [module.register_forward_pre_hook(partial(note, name)) for name, module in norms.items()]
    try:
        with torch.no_grad():
            body(picture)
    finally:
        for hook in hooks:
            hook.remove()
    fixed = copy.deepcopy(body, {id(parameter): parameter for parameter in body.parameters()})
    for name, (mean, variance) in found.items():
        fixed.set_submodule(name, FixedNorm(norms[name], mean, variance))
    return fixed
