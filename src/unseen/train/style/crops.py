"""Random crops of a folder of pictures, one after the other, without end and in bounded memory."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from unseen.errors import PhotoError, UnseenError
from unseen.grid import LEVELS
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.pictures import from_pillow, to_pillow
from unseen.plan import plan
from unseen.train.style.drawing import drawn_for

MARGIN = 286 / 256
"""The shorter side of what a crop is cut from, in crops, as CycleGAN's authors load pictures."""

KEPT_BYTES = 256 << 20
"""Reduced pictures that are kept in memory, so that each file is decoded once; the rest is decoded every time."""

_LONGEST = 4
"""The longer side in shorter sides; what is longer is trimmed, lest a thin strip is enlarged to gigabytes."""


class Crops:
    """Random crops, mirrored half of the time; every picture once in a random order, then all again in another.

    Args:
        folder: photos at any depth, or one photo.
        role: what they are to the training, such as "photos"; it names them in messages and draws their order.
        crop: pixels a side.
        seed: with the role and `position` it decides every choice.
        besides: a folder that is passed over, such as the one that is written to.
        tell: called once with the error of every file that cannot be read; it is skipped.

    Attributes:
        position: pictures drawn so far, those skipped included; all that is needed to go on.

    Raises:
        UnseenError: no readable picture.
    """

    def __init__(
        self, folder: Path, *, role: str, crop: int, seed: int, besides: Path, tell: Callable[[PhotoError], None]
    ) -> None:
        if not folder.exists():
            raise UnseenError(f"{folder}: there is no such folder of {role}; correct its name")
        self.folder, self.role, self.crop, self.seed = folder, role, crop, seed
        self.files = tuple(Path(job.source) for job in plan([folder], besides, {}))
        self.position = 0
        self._tell = tell
        self._kept: dict[Path, Pixels] = {}
        self._room = KEPT_BYTES
        self._unreadable: set[Path] = set()
        next(self._readable(self.files))

    @property
    def digest(self) -> str:
        """Which pictures these are, told by their names; of other ones the order would be another."""
        names = "\n".join(file.relative_to(self.folder).as_posix() for file in self.files)
        digits = sha256(names.encode(errors="surrogateescape")).hexdigest()[:8]
        return f"{len(self.files)} files ({digits})"

    def drawn(self, count: int) -> Tensor:
        """The next crops, (count, 3, crop, crop) in [-1, 1]."""
        return torch.stack([self._next() for _ in range(count)])

    def samples(self, count: int) -> Tensor:
        """The centres of readable pictures from all over the folder, at most `count`: (n, 3, crop, crop) in [-1, 1]."""
        apart = self.files[:: max(1, len(self.files) // count)]
        centres = []
        for pixels in self._readable(dict.fromkeys([*apart, *self.files])):
            top, left = (pixels.shape[0] - self.crop) // 2, (pixels.shape[1] - self.crop) // 2
            centres.append(self._cut(pixels, top, left))
            if len(centres) == count:
                break
        return torch.stack(centres)

    def _readable(self, files: Iterable[Path]) -> Iterator[Pixels]:
        """Those that can be read.

        Raises:
            UnseenError: nothing can.
        """
        for file in files:
            pixels = self._pixels(file)
            if pixels is not None:
                yield pixels
        self._require_readable()

    def _require_readable(self) -> None:
        if len(self._unreadable) == len(self.files):
            why = f"none of its {len(self.files)} pictures can be read"
            raise UnseenError(f"{self.folder}: {why}; give other {self.role}")

    def _next(self) -> Tensor:
        while True:
            epoch, number = divmod(self.position, len(self.files))
            order = torch.randperm(len(self.files), generator=drawn_for(self.seed, self.role, "order", epoch))
            choices = drawn_for(self.seed, self.role, "crop", self.position)
            self.position += 1
            pixels = self._pixels(self.files[int(order[number])])
            if pixels is not None:
                return self._random_cut(pixels, choices)
            self._require_readable()

    def _random_cut(self, pixels: Pixels, choices: torch.Generator) -> Tensor:
        top, left = (int(torch.randint(side - self.crop + 1, (), generator=choices)) for side in pixels.shape[:2])
        cut = self._cut(pixels, top, left)
        return cut.flip(-1) if torch.rand((), generator=choices) < 0.5 else cut

    def _cut(self, pixels: Pixels, top: int, left: int) -> Tensor:
        cut = torch.from_numpy(pixels[top : top + self.crop, left : left + self.crop].copy())
        return cut.permute(2, 0, 1).float().mul_(2 / LEVELS).sub_(1)

    def _pixels(self, file: Path) -> Pixels | None:
        """The reduced picture (H, W, 3); None, and told once, where the file cannot be read."""
        if file in self._kept:
            return self._kept[file]
        if file in self._unreadable:
            return None
        try:
            pixels = reduced(read_photo(file).srgb, round(self.crop * MARGIN))
        except PhotoError as error:
            self._unreadable.add(file)
            self._tell(error)
            return None
        if pixels.nbytes <= self._room:
            self._kept[file] = pixels
            self._room -= pixels.nbytes
        return pixels


def reduced(pixels: Pixels, short_edge: int) -> Pixels:
    """A picture (H, W, 1 or 3) in colours and with that shorter side, whether it was larger or smaller."""
    height, width = pixels.shape[:2]
    longest = _LONGEST * min(height, width)
    top, left = max(0, height - longest) // 2, max(0, width - longest) // 2
    trimmed = to_pillow(pixels[top : top + longest, left : left + longest]).convert("RGB")
    scale = short_edge / min(trimmed.size)
    size = max(short_edge, round(trimmed.width * scale)), max(short_edge, round(trimmed.height * scale))
    return np.ascontiguousarray(from_pillow(trimmed.resize(size)))
