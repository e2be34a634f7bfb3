"""Colour grades: smooth functions from colour to colour, told by what the knots of the colour cube become.

A grade with n knots a side is a small picture (3, n, n²) in [0, 1]: at [:, r, g * n + b] is the colour that the knot
(r, g, b) / (n - 1) becomes. Between knots it is a cubic B-spline whose weights are positive, add up to 1 and leave the
identity as it is (beyond the ends, the last two knots go on in a straight line). So no colour moves further than the
knots around it, and no gradient becomes steeper or flatter than they make it: skies stay smooth.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from unseen.grid import LEVELS, quantise
from unseen.photo.photo import Pixels
from unseen.types import Images, PerPhoto

HEADROOM = 0.5
"""A colour's channel goes at most this share of its way to black or to full, so that nothing is clipped."""

GREY_SHARE = 0.3
"""How much of the limit of colour greys have; others have more, the purest all of it. A cast on grey is seen first."""

_TABLE = 17
"""Points a side of the table that splines are read into; between its points colours are interpolated linearly."""
_BAND_PIXELS = 1 << 19
"""Pixels of a large photo that are worked on at a time, for memory."""
_LUMA = (0.2126, 0.7152, 0.0722)


def identity(knots: int) -> Images:
    """The grade (1, 3, knots, knots²) that leaves every colour as it is."""
    side = torch.linspace(0, 1, knots)
    return torch.stack(torch.meshgrid(side, side, side, indexing="ij"))[None].flatten(3)


def vivid(knots: int, amount: float) -> Images:
    """A grade (1, 3, knots, knots²) with more contrast and saturation, as a camera's "vivid" setting has.

    Args:
        amount: 0 is the identity; at 1, middle tones are spread by an S-curve (3 y² - 2 y³, mixed in by half) and
            colours stand 30 % further from grey.
    """
    colours = identity(knots)
    luma = (colours * colours.new_tensor(_LUMA).view(3, 1, 1)).sum(1, keepdim=True)
    spread = luma + amount / 2 * (luma.square() * (3 - 2 * luma) - luma)
    return (spread + (1 + 0.3 * amount) * (colours - luma)).clamp(0, 1)


def graded(grades: Images, images: Images) -> Images:
    """Photos in the colours of their grades, not rounded; differentiable in the grades.

    Args:
        grades: (B, 3, n, n²) in [0, 1].
        images: (B, C, H, W) in [0, 1]; of grey photos (C 1) the mean of the three colours is taken.
    """
    knots = grades.shape[2]
    weights = _spline(knots).to(grades)
    table = torch.einsum("ir,jg,kb,ncrgb->ncijk", weights, weights, weights, grades.unflatten(3, (knots, knots)))
    # grid_sample reads a volume (depth, height, width) at (x, y, z): the colour, blue first, from -1 to 1.
    places = images.expand(-1, 3, -1, -1).flip(1).permute(0, 2, 3, 1)[:, None] * 2 - 1
    colours = F.grid_sample(table, places, mode="bilinear", padding_mode="border", align_corners=True)[:, :, 0]
    return colours if images.shape[1] == 3 else colours.mean(1, keepdim=True)


@dataclass(frozen=True, kw_only=True)
class Grade:
    """The grade of one photo, for its pixels at any size.

    Attributes:
        knots: (3, n, n²) in [0, 1], on the CPU.
    """

    knots: Tensor

    def __call__(self, pixels: Pixels) -> Pixels:
        """Pixels (H, W, C) uint8 in the grade's colours: what `graded` gives, rounded."""
        changed = pixels.copy()
        rows = max(1, _BAND_PIXELS // pixels.shape[1])
        for top in range(0, len(pixels), rows):
            band = torch.from_numpy(pixels[top : top + rows]).permute(2, 0, 1)[None].float() / LEVELS
            colours = graded(self.knots[None], band)[0].mul_(LEVELS).round_().clamp_(0, LEVELS)
            changed[top : top + rows] = colours.permute(1, 2, 0).to(torch.uint8).numpy()
        return changed


@dataclass(frozen=True, kw_only=True)
class GradeLimits:
    """A budget of grades: what keeps a look natural, in [0, 1].

    Black and white stay, and no channel goes further than `HEADROOM` towards the end of its range.

    Attributes:
        tone: how far the channels of a knot may move together, which makes it lighter or darker.
        colour: how far each channel of a pure colour may move beside that.
        slope: how much steeper or flatter both together may make a gradient, whose own slope is 1.
    """

    tone: float
    colour: float
    slope: float

    def __post_init__(self) -> None:
        for name in ("tone", "colour"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}: give a limit above 0 and at most 1 (255 levels)")
        if not self.slope > 0:
            raise ValueError(f"slope is {self.slope}: give a number above 0")

    def within(self, delta: Images) -> Images:
        """Limit the movement of each knot, and how much neighbours differ in it."""
        lightness = delta.mean(1, keepdim=True)
        knots = delta.shape[2]
        reach = self.slope * _distance_to_ends(knots).to(delta)
        colour = self.colour * (GREY_SHARE + (1 - GREY_SHARE) * _purity(knots).to(delta))
        lighter = lightness.clamp(-self.tone, self.tone)
        coloured = torch.maximum(torch.minimum(delta - lightness, colour), -colour)
        return _gentle((lighter + coloured).clamp(-reach, reach), self.slope)

    def project(self, delta: Images, images: Images) -> Images:
        """The same, and within the headroom of the grades `images` that are changed."""
        return self.within(delta).clamp(-HEADROOM * images, HEADROOM * (1 - images))

    def project_on_grid(self, delta: Images, images: Images) -> Images:
        """The same for colours on k/255; rounding may add half a level to each limit."""
        return quantise(images + self.project(delta, images)).sub_(images)

    def size(self, delta: Images) -> PerPhoto:
        """The largest movement of a knot in one channel."""
        return delta.abs().amax((1, 2, 3))


def _distance_to_ends(knots: int) -> Tensor:
    """How far every knot is from black or white, by the channel that differs most; (1, 1, n, n²)."""
    colours = identity(knots)
    return torch.minimum(colours.amax(1, keepdim=True), 1 - colours.amin(1, keepdim=True))


def _purity(knots: int) -> Tensor:
    """How far every knot is from grey: its largest channel less its smallest; (1, 1, n, n²)."""
    colours = identity(knots)
    return colours.amax(1, keepdim=True) - colours.amin(1, keepdim=True)


def _gentle(shifts: Images, slope: float) -> Images:
    """The nearest shifts, in the largest difference, that change by at most `slope` where colours change by 1.

    How much a colour changes is told by the channel that changes most, so that shades of grey are not steeper than
    others. The nearest is the middle between the extensions of McShane and Whitney (1934):
    min_q (shift(q) + slope * |p - q|) and max_q (shift(q) - slope * |p - q|).
    """
    colours = identity(shifts.shape[2]).to(shifts).flatten(2)[0]
    price = slope * (colours[:, :, None] - colours[:, None]).abs().amax(0)
    values = shifts.flatten(2)[:, :, None]
    return ((values + price).amin(-1) + (values - price).amax(-1)).div_(2).unflatten(2, shifts.shape[2:])


def _spline(knots: int) -> Tensor:
    """What every knot of a line adds to every point of the table: (T, knots), rows add up to 1."""
    points = torch.linspace(0, knots - 1, _TABLE, dtype=torch.float64)
    distance = (points[:, None] - torch.arange(-1, knots + 1)).abs()
    near = (4 - 6 * distance**2 + 3 * distance**3) / 6
    far = (2 - distance).clamp_min(0) ** 3 / 6
    weights = torch.where(distance < 1, near, far)
    before, own, after = weights[:, :1], weights[:, 1:-1].clone(), weights[:, -1:]
    own[:, :2] += torch.cat([2 * before, -before], 1)
    own[:, -2:] += torch.cat([-after, 2 * after], 1)
    return own.float()
