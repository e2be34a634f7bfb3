"""What a network expects of a picture: resizing, cropping and normalising, as pure functions of images."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from unseen.errors import ModelError
from unseen.models.resample import INTERPOLATIONS, Window, resample

CROP_MODES = ("center", "squash", "border")


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """timm's evaluation transform for tensors of any size.

    On 8-bit photos the result differs from timm's by at most 2 levels, 0.35 on average. One value of a thousand may
    differ by up to 8 where Pillow cuts bicubic overshoot in another order, as it does in tall and squashed photos.

    Attributes:
        size: height and width of the network's input.
        crop_fraction: how much of the resized picture's side the input covers.
        crop_mode: "center" keeps the aspect ratio and cuts what sticks out, "squash" does not keep it, "border" keeps
            it and pads with the mean colour.
        interpolation: "bicubic" or "bilinear", antialiased.
        mean, std: of each channel, for pixels in [0, 1].
    """

    size: tuple[int, int]
    crop_fraction: float = 0.875
    crop_mode: str = "center"
    interpolation: str = "bicubic"
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __post_init__(self) -> None:
        finite = all(math.isfinite(number) for number in (self.crop_fraction, *self.mean, *self.std))
        if not finite or min(*self.size, self.crop_fraction, *self.std) <= 0:
            raise ModelError(f"{self}: size, crop fraction and std must be above 0; correct the option")
        if self.crop_mode not in CROP_MODES:
            raise ModelError(f"unknown crop mode {self.crop_mode!r}; choose one of {', '.join(CROP_MODES)}")
        if self.interpolation not in INTERPOLATIONS:
            raise ModelError(f"unknown interpolation {self.interpolation!r}; choose one of {', '.join(INTERPOLATIONS)}")

    def __call__(self, images: Tensor) -> Tensor:
        """The network's input (B, 3, h, w), normalised.

        Args:
            images: (B, 1 or 3, H, W); float in [0, 1], differentiable; or uint8, resized in 8 bit as Pillow does.
        """
        with torch.autocast(images.device.type, enabled=False):  # bfloat16 cannot tell two 8-bit levels apart
            window = self.window(images.shape[-2], images.shape[-1])
            picture = resample(images, window.inside(), self.interpolation)
            picture = picture.float() / 255.0 if picture.dtype == torch.uint8 else picture
            picture = picture.expand(-1, 3, -1, -1)
            if any(window.margins()):
                border = _channels(self._border(), picture.device)
                picture = F.pad(picture - border, window.margins()) + border
            return (picture - _channels(self.mean, picture.device)) / _channels(self.std, picture.device)

    @property
    def crops(self) -> bool:
        """Whether parts of a photo may lie outside of what the network sees."""
        return self.crop_mode == "center" or self.crop_fraction < 1

    def whole(self) -> Self:
        """The same for a crawler that squashes the whole photo to the input's size instead of cropping it."""
        return replace(self, crop_fraction=1.0, crop_mode="squash")

    def window(self, height: int, width: int) -> Window:
        """Which part of which resized picture the network sees of a photo (height, width)."""
        resized_height, resized_width = self._resized(height, width)
        return Window(
            resized_height=resized_height,
            resized_width=resized_width,
            top=_centred(resized_height, self.size[0]),
            left=_centred(resized_width, self.size[1]),
            height=self.size[0],
            width=self.size[1],
        )

    def _resized(self, height: int, width: int) -> tuple[int, int]:
        # The small term is for sizes such as 224 / (224 / 232), which must not end below 232.
        tall, wide = (math.floor(side / self.crop_fraction + 1e-6) for side in self.size)
        if self.crop_mode == "squash":
            return tall, wide
        if self.crop_mode == "center" and tall == wide:  # torchvision's Resize: the longer side is rounded down
            short = min(height, width)
            return int(tall * height / short), int(tall * width / short)
        ratios = height / tall, width / wide
        ratio = max(ratios) if self.crop_mode == "border" else min(ratios)
        return max(round(height / ratio), 1), max(round(width / ratio), 1)

    def _border(self) -> tuple[float, ...]:
        """The colour beside a picture that is smaller than the input: black, or the mean as a byte."""
        return tuple(round(255 * mean) / 255 for mean in self.mean) if self.crop_mode == "border" else (0.0, 0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Unprepared:
    """For a module that does everything itself: only bytes become [0, 1] and grey becomes three channels."""

    size: None = None
    crops: bool = False

    def __call__(self, images: Tensor) -> Tensor:
        """(B, 1 or 3, H, W), float in [0, 1] or uint8 -> (B, 3, H, W) float in [0, 1]."""
        picture = images.float() / 255.0 if images.dtype == torch.uint8 else images
        return picture.expand(-1, 3, -1, -1)

    def whole(self) -> Self:
        """Itself: how such a module looks at a photo is its own affair."""
        return self


def _centred(resized: int, wanted: int) -> int:
    """Where a centred window begins, with torchvision's rounding; negative where the picture is smaller."""
    return -((wanted - resized) // 2) if wanted > resized else round((resized - wanted) / 2)


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept between calls, some of which need gradients
def _channels(values: tuple[float, ...], device: torch.device) -> Tensor:
    return torch.tensor(values, device=device).view(1, len(values), 1, 1)
