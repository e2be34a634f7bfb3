"""The photos that classifiers are measured on."""

import csv
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from unseen.models import Network


def labelled_photos(shared: Path, count: int) -> tuple[Tensor, Tensor]:
    """The first photos of the ImageNet-compatible set: bytes (count, 3, 299, 299) and labels (count,)."""
    folder = shared / "data/imagenet-compatible"
    rows = list(csv.DictReader((folder / "labels.csv").read_text().splitlines()))[:count]
    pixels = [np.array(Image.open(folder / row["file"]).convert("RGB")) for row in rows]
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), torch.tensor([int(row["label"]) for row in rows])


def accuracy(network: Network, photos: Tensor, labels: Tensor) -> float:
    """The share of photos whose label is the network's first answer."""
    with torch.inference_mode():
        answers = torch.cat([network(batch).argmax(1) for batch in photos.split(20)])
    return (answers == labels).float().mean().item()
