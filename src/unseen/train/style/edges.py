"""Pictures of the style with their edges smoothed, from which CartoonGAN learns that clear edges matter.

Chen, Lai & Liu 2018, section 3.2.1: find edges (Canny 1986), widen them, smooth what lies there. The paper gives no
sizes; these are the usual implementations': thresholds 100 and 200, five pixels.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from unseen.grid import LEVELS
from unseen.types import Images

WIDTH = 5
"""Pixels that edges are widened to."""

_GAUSS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
"""What the picture is smoothed with, down and across; what OpenCV takes for five pixels."""

LOW, HIGH = 100, 200
"""Steepness in levels, the sum of both directions, from which an edge goes on and from which one begins."""

_TAN = math.tan(math.pi / 8)
"""An edge's direction is rounded to the nearest of four."""

_GREY = (0.299, 0.587, 0.114)


def edge_smoothed(pictures: Images) -> Images:
    """Pictures (B, 3, H, W) in [-1, 1] -> the same, smoothed where their edges are and unchanged elsewhere."""
    levels = ((pictures.float() + 1) * (LEVELS / 2)).round()
    grey = (levels * levels.new_tensor(_GREY)[:, None, None]).sum(1, keepdim=True).round()
    near = F.max_pool2d(canny(grey), WIDTH, stride=1, padding=WIDTH // 2)
    line = pictures.new_tensor(_GAUSS)
    kernel = (line[:, None] * line).expand(3, 1, -1, -1)
    framed = F.pad(pictures, (len(_GAUSS) // 2,) * 4, mode="reflect")
    return torch.where(near > 0, F.conv2d(framed, kernel, groups=3), pictures)


def canny(grey: Tensor) -> Tensor:
    """Edges, 1 or 0, of grey pictures (B, 1, H, W) in whole levels, as OpenCV's `Canny(grey, LOW, HIGH)` finds them."""
    sobel = grey.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    kernels = torch.stack([sobel, sobel.T])[:, None]
    across, down = F.conv2d(F.pad(grey, (1, 1, 1, 1), mode="replicate"), kernels).split(1, 1)
    steepness = across.abs() + down.abs()
    candidates = torch.where(_is_crest(steepness, across, down), steepness, 0)
    possible, edges = candidates > LOW, candidates > HIGH
    while True:  # edges go on along whatever is possible next to them
        grown = (F.max_pool2d(edges.float(), 3, stride=1, padding=1) > 0) & possible
        if torch.equal(grown, edges):
            return edges.float()
        edges = grown


def _is_crest(steepness: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """Where it is steepest along the direction of the slope; of two equal neighbours the first one counts."""
    height, width = steepness.shape[2:]
    framed = F.pad(steepness, (1, 1, 1, 1))

    def beside(rows: int, columns: int) -> Tensor:
        return framed[:, :, 1 + rows : 1 + rows + height, 1 + columns : 1 + columns + width]

    is_flat, is_upright = down.abs() < _TAN * across.abs(), across.abs() < _TAN * down.abs()
    rising = across * down < 0
    first = torch.where(rising, beside(-1, 1), beside(-1, -1))
    second = torch.where(rising, beside(1, -1), beside(1, 1))
    diagonal = (steepness > first) & (steepness > second)
    flat = (steepness > beside(0, -1)) & (steepness >= beside(0, 1))
    upright = (steepness > beside(-1, 0)) & (steepness >= beside(1, 0))
    return torch.where(is_flat, flat, torch.where(is_upright, upright, diagonal))
