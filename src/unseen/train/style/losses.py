"""The losses of CycleGAN and CartoonGAN, each as its paper has it.

Scores are what a discriminator gives, of any shape, without a sigmoid; all losses are means over everything.

Sources: Zhu et al. 2017 (CycleGAN), sections 3, 4 and 5.2 ("photo generation from paintings"); Chen, Lai & Liu 2018
(CartoonGAN), section 3.2.
"""

import torch.nn.functional as F
from torch import Tensor

CYCLE = 10.0
"""λ of CycleGAN: the price of not coming back to the picture one started from."""

IDENTITY = 0.5 * CYCLE
"""The price of changing what is already of the style, which keeps the colours of paintings."""


def painter_least_squares(made: Tensor) -> Tensor:
    """(D(G(x)) - 1)², which a generator lowers."""
    return (made - 1).square().mean()


def judge_least_squares(real: Tensor, made: Tensor) -> Tensor:
    """Half of (D(y) - 1)² + D(G(x))², which a discriminator lowers; the half slows it down (section 4)."""
    return ((real - 1).square().mean() + made.square().mean()) / 2


def cycle(pictures: Tensor, returned: Tensor) -> Tensor:
    """λ |F(G(x)) - x|₁ (equation 2)."""
    return CYCLE * F.l1_loss(returned, pictures)


def identity(pictures: Tensor, repainted: Tensor) -> Tensor:
    """λ/2 |G(y) - y|₁ (section 5.2)."""
    return IDENTITY * F.l1_loss(repainted, pictures)


def painter_logistic(made: Tensor) -> Tensor:
    """-log D(G(p)), which a generator lowers.

    Equation 2 has log(1 - D(G(p))), whose gradient vanishes where D is right; this has the same optimum
    (Goodfellow et al. 2014, section 3) and is what implementations use.
    """
    return F.softplus(-made).mean()


def judge_edge_promoting(cartoons: Tensor, smoothed: Tensor, made: Tensor) -> Tensor:
    """-log D(c) - log(1 - D(e)) - log(1 - D(G(p))): cartoons without clear edges are no cartoons (equation 2)."""
    return F.softplus(-cartoons).mean() + F.softplus(smoothed).mean() + F.softplus(made).mean()


def content(photos: Tensor, painted: Tensor) -> Tensor:
    """|features of G(p) - features of p|₁ (equation 3)."""
    return F.l1_loss(painted, photos)
