"""Real photos that come with scikit-image, and what a network makes of pictures."""

import numpy as np
import skimage.data
import torch
from PIL import Image
from scipy.special import softmax

from unseen.models import Network
from unseen.types import Images

NAMES = ("chelsea", "coffee", "rocket", "astronaut")


def real_photos(side: int = 224) -> Images:
    """(4, 3, side, side) in [0, 1], on the k/255 grid: the middle square of each photo, resized."""
    return torch.stack([_square(getattr(skimage.data, name)(), side) for name in NAMES])


def judged(network: Network, images: Images) -> np.ndarray:
    """Probabilities (B, K) of pictures taken from 8-bit values, one picture at a time."""
    levels = images.mul(255).round().to(torch.uint8)
    with torch.inference_mode():
        logits = [network(photo[None] / 255) for photo in levels]
    return softmax(torch.cat(logits).double().numpy(), axis=1)


def _square(pixels: np.ndarray, side: int) -> torch.Tensor:
    edge = min(pixels.shape[:2])
    top, left = (pixels.shape[0] - edge) // 2, (pixels.shape[1] - edge) // 2
    middle = Image.fromarray(pixels[top : top + edge, left : left + edge])
    return torch.from_numpy(np.array(middle.resize((side, side)))).permute(2, 0, 1) / 255
