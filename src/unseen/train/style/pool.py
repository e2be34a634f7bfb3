"""A history of made pictures for a discriminator (Shrivastava et al. 2017, as CycleGAN uses it)."""

import torch
from torch import Generator, Tensor

SIZE = 50
"""Pictures that are kept, as published."""


class Pool:
    """Gives back, half of the time, a picture that was made earlier, and keeps the new one in its place.

    Attributes:
        pictures: (n, 3, H, W), n at most `size`, or None before the first.
    """

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.pictures: Tensor | None = None

    def exchanged(self, made: Tensor, choices: Generator) -> Tensor:
        """(B, 3, H, W) -> as many, each the given one or one of the past; the pool is full before the past is used."""
        return torch.cat([self._exchanged(picture, choices) for picture in made.detach().split(1)])

    def _exchanged(self, picture: Tensor, choices: Generator) -> Tensor:
        count = 0 if self.pictures is None else len(self.pictures)
        if count < self.size:
            self.pictures = picture.clone() if self.pictures is None else torch.cat([self.pictures, picture])
            return picture
        if self.pictures is None or torch.rand((), generator=choices) < 0.5:
            return picture
        place = int(torch.randint(count, (), generator=choices))
        earlier = self.pictures[place : place + 1].clone()
        self.pictures[place] = picture[0]
        return earlier
