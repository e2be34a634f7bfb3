"""Woodblock prints without a network: flat colours, key lines in ink, few tones, pigments, paper.

The abstraction is Winnemöller, Olsen & Gooch 2006, "Real-Time Video Abstraction": a repeated bilateral filter, lines
from a difference of Gaussians with a soft threshold (section 3.2; in its later form Winnemöller, Kyprianidis & Olsen
2012, "XDoG"), and steps of light that are hard only where the light falls steeply, so that skies stay smooth
(section 3.3), as the graded wash of prints does. Pigments and paper are ours.

All that looks around a pixel is computed on a copy of at most `EDGE` pixels; its smooth fields are enlarged, and only
then steps and lines are cut. So contours are as sharp as the photo is large, in little time and memory.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from unseen.grid import LEVELS
from unseen.photo.photo import Pixels
from unseen.pictures import from_pillow, to_pillow
from unseen.schemes.settings import require_at_least, setting
from unseen.styles.pigments import inked, oklab, srgb
from unseen.styles.style import StyleSpec, require_style_setting
from unseen.styles.stylise import blended, require_photo

EDGE = 1024
"""Pixels of the longer side of the copy that is looked at."""

_ROWS = 128
"""Rows that are printed at a time; memory grows with them."""

_COMMON = 300
"""The shorter side, in pixels, at which lines have the widths below; they grow with the photo."""

_PASSES, _SPREAD, _LIKENESS = 4, 1.5, 0.055
"""Of the bilateral filter: how often, how wide in pixels, and which colours of Oklab count as alike."""

_LINE, _WIDER, _SOFTNESS, _DARKER = 0.8, 1.6, 90.0, 0.002
"""Of the lines: their scale in pixels, the wider Gaussian's, the steepness of the threshold, and the threshold."""
_WEAKER = 0.985
"""What the wider Gaussian is multiplied by, which thickens lines."""

_GENTLE, _STEEP = 0.003, 0.02
"""Changes of light a pixel from which steps begin to be hard, and how much more until they are."""

_PAPER = (0.97, 0.935, 0.85)
_INK = (0.13, 0.12, 0.14)
_GRAIN = 0.022
"""How much the fibres of the paper change the light."""

NO_NETWORK = StyleSpec(name="woodblock", source="unseen itself, no network", sha256=None, licence="apache-2.0")


@dataclass(frozen=True, kw_only=True)
class Woodblock:
    """Print a photo in a few tones of muted pigments with lines of ink; no network, and nothing promised about any.

    The fields that `setting` made are what a user chooses.
    """

    spec: StyleSpec = NO_NETWORK
    strength: float = setting(1.0, "share of the style's change that is made, 0 to 1")
    keep_colour: bool = setting(False, "whether the photo's own colours stay and only its light changes")
    tones: int = setting(6, "steps of light of a woodblock print")

    def __post_init__(self) -> None:
        require_style_setting("strength", self.strength)
        require_at_least("tones", self.tones, 2)

    @torch.inference_mode()
    def __call__(self, pixels: Pixels) -> Pixels:
        """The photo (H, W, C) uint8 in sRGB, C 1 or 3, any H and W, as a print: the same shape."""
        require_photo(pixels)
        height, width = pixels.shape[:2]
        fields = _Fields.of(pixels)
        result = np.empty_like(pixels)
        for top in range(0, height, _ROWS):
            rows = slice(top, min(top + _ROWS, height))
            print_of = _printed(fields.enlarged(rows, height, width), self.tones)
            levels = print_of.permute(1, 2, 0).mul(LEVELS).numpy()
            result[rows] = blended(pixels[rows], levels, self.strength, keep_colour=self.keep_colour)
        return result


@dataclass(frozen=True, kw_only=True)
class _Fields:
    """What is known of every pixel of the copy, each a smooth picture.

    Attributes:
        planes: (6, h, w): light, two hues, how much lighter than around it, how steep the light is, and the paper.
    """

    planes: Tensor

    @classmethod
    def of(cls, pixels: Pixels) -> "_Fields":
        """Look at a photo (H, W, C)."""
        picture = to_pillow(pixels).convert("RGB")
        scale = min(1.0, EDGE / max(picture.size))
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        copy = from_pillow(picture if scale == 1 else picture.resize(size))
        unit = min(size) / _COMMON
        lab = oklab(torch.from_numpy(copy).permute(2, 0, 1).float() / LEVELS)
        lab[0] = _exposed(lab[0])
        flat = _flattened(lab, _SPREAD * max(1.0, math.sqrt(unit)))
        drawn = 0.7 * flat[:1] + 0.3 * lab[:1]
        sigma = max(0.7, _LINE * unit)
        lighter = _smoothed(drawn, sigma) - _WEAKER * _smoothed(drawn, _WIDER * sigma)
        steep = _slope(_smoothed(flat[:1], max(0.5, unit))) * unit
        return cls(planes=torch.cat([flat, lighter, steep, _fibres(copy.shape[0], copy.shape[1])]))

    def enlarged(self, rows: slice, height: int, width: int) -> Tensor:
        """These rows of the fields of a photo (height, width): (6, rows, width)."""
        tall, wide = self.planes.shape[1:]
        box = (0, rows.start * tall / height, wide, rows.stop * tall / height)
        size = width, rows.stop - rows.start
        planes = [Image.fromarray(plane.numpy()).resize(size, box=box) for plane in self.planes]
        return torch.stack([torch.from_numpy(np.array(plane)) for plane in planes])


def _printed(fields: Tensor, tones: int) -> Tensor:
    """Fields (6, H, W) -> the print, sRGB (3, H, W) in [0, 1]."""
    light, _, _, lighter, steep, paper = fields
    stepped = _stepped(light, tones, 1.5 + 12 * ((steep - _GENTLE) / _STEEP).clamp(0, 1))
    colours = inked(torch.stack([stepped, 1.2 * fields[1], 1.2 * fields[2]]))
    shade = ((0.55 - colours[0]) / 0.3).clamp(0, 1)
    colours[1:] -= shade * colours.new_tensor([0.006, 0.025])[:, None, None]  # shadows are printed in indigo
    sheet = fields.new_tensor(_PAPER)[:, None, None] * (1 + _GRAIN * paper)
    printed = (srgb(colours) * sheet + 0.02).clamp(0, 1)
    bare = torch.where(lighter < -_DARKER, 1 + torch.tanh(_SOFTNESS * (lighter + _DARKER)), 1)
    return torch.lerp(fields.new_tensor(_INK)[:, None, None], printed, bare)


def _exposed(light: Tensor) -> Tensor:
    """Light stretched to what ink on paper has, its darkest and its lightest hundredth left out."""
    darkest, lightest = torch.quantile(light.flatten()[:: max(1, light.numel() // 100_000)], torch.tensor([0.01, 0.99]))
    span = max(0.3, float(lightest - darkest))  # fog is not to become a storm
    return ((light - (darkest + lightest - span) / 2) / span).clamp(0, 1) ** 0.85 * 0.78 + 0.2


def _stepped(light: Tensor, tones: int, hardness: Tensor) -> Tensor:
    """Light in steps, `hardness` of each pixel from 0, no steps, upwards."""
    step = (light * tones).floor()
    within = torch.tanh((light * tones - step - 0.5) * hardness) / torch.tanh(hardness / 2)
    return (step + 0.5 + within / 2) / tones


def _flattened(lab: Tensor, spread: float) -> Tensor:
    """The picture (3, H, W) after the repeated bilateral filter."""
    radius = math.ceil(1.7 * spread)
    height, width = lab.shape[1:]
    for _ in range(_PASSES):
        framed = F.pad(lab[None], (radius,) * 4, mode="replicate")[0]
        total, mixture = torch.zeros_like(lab[:1]), torch.zeros_like(lab)
        for row in range(-radius, radius + 1):
            for column in range(-radius, radius + 1):
                if row**2 + column**2 > radius**2:
                    continue
                other = framed[:, radius + row :, radius + column :][:, :height, :width]
                unlike = (other - lab).square().sum(0, keepdim=True) / (2 * _LIKENESS**2)
                weight = torch.exp(-unlike - (row**2 + column**2) / (2 * spread**2))
                mixture += weight * other
                total += weight
        lab = mixture / total
    return lab


def _smoothed(plane: Tensor, sigma: float) -> Tensor:
    """A plane (1, H, W) after a Gaussian."""
    radius = math.ceil(3 * sigma)
    weights = torch.exp(-(torch.arange(-radius, radius + 1).float() ** 2) / (2 * sigma**2))
    line = (weights / weights.sum())[None, None]
    across = F.conv2d(F.pad(plane[None], (radius, radius, 0, 0), mode="replicate"), line[:, :, None])
    return F.conv2d(F.pad(across, (0, 0, radius, radius), mode="replicate"), line[..., None])[0]


def _slope(plane: Tensor) -> Tensor:
    """How much a plane (1, H, W) changes a pixel."""
    framed = F.pad(plane[None], (1, 1, 1, 1), mode="replicate")[0]
    down, across = framed[:, 2:, 1:-1] - framed[:, :-2, 1:-1], framed[:, 1:-1, 2:] - framed[:, 1:-1, :-2]
    return (down.square() + across.square()).sqrt() / 2


def _fibres(height: int, width: int) -> Tensor:
    """The fibres of a sheet of paper (1, height, width), always the same one, around 0."""
    grain = torch.randn(1, height, width, generator=torch.Generator().manual_seed(0))
    long = F.avg_pool2d(F.pad(grain[None], (15, 15, 0, 0), mode="replicate"), (1, 31), stride=1)[0]
    return 0.5 * _smoothed(grain, 0.7) + 1.2 * long
