"""What a method of training is to the loop: networks, optimisers, pools and one step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import Adam

from unseen.train.style.drawing import drawn_for
from unseen.train.style.pool import Pool

BETAS = (0.5, 0.999)
"""Of Adam (Zhu et al. 2017, by their code; CartoonGAN names none)."""

DEVIATION = 0.02
"""Of the normal distribution that weights are drawn from (Zhu et al. 2017, appendix 7.1)."""

GENERATOR = "generator"
"""The network that paints photos, and the only one of use after the training."""

Losses = dict[str, Tensor]
Step = Callable[[Tensor, Tensor, int], Losses]
"""(photos, pictures of the style, number of the step from 0) -> losses by name; the networks have learnt from them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """All that changes while a style is trained, and how.

    Attributes:
        networks: by name, `GENERATOR` among them, in float32 where they compute.
        optimisers: by name.
        pools: by name.
        step: changes all three.
        rate_at: what share of the rate a step takes.
    """

    networks: Mapping[str, nn.Module]
    optimisers: Mapping[str, Adam]
    step: Step
    rate_at: Callable[[int], float]
    pools: Mapping[str, Pool] = field(default_factory=dict)


def initialised(network: nn.Module, seed: int, name: str) -> nn.Module:
    """The network with weights drawn from N(0, 0.02) and biases 0; learnt norms begin as none."""
    generator = drawn_for(seed, "weights", name)
    for parameter in network.parameters():
        if parameter.ndim == 4:
            nn.init.normal_(parameter, 0.0, DEVIATION, generator=generator)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and module.bias is not None:
            nn.init.zeros_(module.bias)
    return network


def learn(optimiser: Adam, loss: Tensor) -> None:
    """One step against the gradient of a loss."""
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def reduced_precision(device: torch.device) -> torch.autocast:
    """bfloat16 on a GPU, which needs no scaling of the loss; float32 elsewhere."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
