"""Colours as a printer has them: a light and two hues that people see as even, and the pigments of a print.

Light and hues are Oklab's (Ottosson 2020, "A perceptual color space for image processing").
"""

import torch
from torch import Tensor

_TO_CONES = torch.tensor(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = torch.tensor(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

_PIGMENTS = (
    *((38, 62, 104), (52, 92, 150), (84, 124, 172), (128, 160, 180)),  # indigo and Prussian blue, thick to thin
    *((176, 60, 46), (206, 122, 84), (222, 186, 150)),  # safflower and vermilion
    *((196, 152, 72), (226, 206, 150)),  # ochre, gamboge
    *((88, 104, 66), (140, 150, 104)),  # their greens, with blue
    *((112, 80, 66), (150, 120, 92)),  # browns
    *((60, 56, 56), (128, 122, 114), (190, 182, 166)),  # soot ink, thick to thin
    (240, 230, 206),  # bare paper
)
"""Red, green and blue of what the prints are made of, by eye after prints of the 1830s."""

_TOLERANCE = 0.07
"""How far, in Oklab, a colour still mixes with a pigment."""

_HUES_COUNT = 4.0
"""How much more than light the hues decide which pigment is near."""

_SHARE = 0.65
"""How much of a hue is the pigments'; the rest is the photo's own."""

_LIGHT_SHARE = 0.3


def oklab(picture: Tensor) -> Tensor:
    """sRGB (3, H, W) in [0, 1] -> light in [0, 1] and two hues around 0, (3, H, W)."""
    linear = torch.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    return _mixed(_TO_LAB, _mixed(_TO_CONES, linear).clamp(min=0) ** (1 / 3))


def srgb(lab: Tensor) -> Tensor:
    """The reverse; colours that no screen shows are cut to [0, 1]."""
    linear = _mixed(torch.linalg.inv(_TO_CONES), _mixed(torch.linalg.inv(_TO_LAB), lab) ** 3).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp(min=1e-8) ** (1 / 2.4) - 0.055)


def inked(lab: Tensor) -> Tensor:
    """Colours (3, H, W) of Oklab pulled towards the pigments near them, without a border between two of them."""
    pigments = oklab(torch.tensor(_PIGMENTS).T[:, :, None] / 255)[..., 0]
    weights = lab.new_tensor([1.0, _HUES_COUNT, _HUES_COUNT])[:, None, None]
    distances = [((lab - pigment[:, None, None]).square() * weights).sum(0) for pigment in pigments.T]
    nearness = torch.softmax(-torch.stack(distances) / (2 * _TOLERANCE**2), 0)
    share = lab.new_tensor([_LIGHT_SHARE, _SHARE, _SHARE])[:, None, None]
    return torch.lerp(lab, _mixed(pigments, nearness), share)


def _mixed(matrix: Tensor, picture: Tensor) -> Tensor:
    return torch.einsum("ij,jhw->ihw", matrix, picture)
