"""Pictures for views, and generators."""

import io

import numpy as np
import torch
from PIL import Image
from torch import Generator

from unseen.types import Images


def pictures(count: int, height: int, width: int) -> Images:
    return torch.rand(count, 3, height, width, generator=Generator().manual_seed(count))


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def compressed(images: Images, quality: int) -> Images:
    """What Pillow's encoder and decoder make of pictures (B, C, H, W) on the k/255 grid."""
    return torch.stack([_compressed(image, quality) for image in images])


def _compressed(image: torch.Tensor, quality: int) -> torch.Tensor:
    file = io.BytesIO()
    pixels = image.mul(255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    Image.fromarray(pixels.squeeze()).save(file, "JPEG", quality=quality)
    decoded = np.array(Image.open(file)).reshape(pixels.shape)
    return torch.from_numpy(decoded).permute(2, 0, 1) / 255
