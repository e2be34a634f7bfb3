"""Where photos come from and where their copies go: the disk, or memory for a server that keeps nothing."""

import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Protocol

from unseen.errors import PhotoError
from unseen.looking import why_not_written
from unseen.photo import Photo, read_photo, read_photo_bytes, write_new
from unseen.plan import Job


class Store(Protocol):
    """Gives photos and takes copies, both by name."""

    def read(self, source: PurePath) -> Photo:
        """A photo, decoded.

        Raises:
            PhotoError: it cannot be read.
        """
        ...

    def require_free(self, job: Job, taken: set[PurePath]) -> None:
        """Refuse, before any work, a copy whose name cannot be given; a name that can joins `taken`.

        Raises:
            PhotoError: such a name.
        """
        ...

    def write(self, target: PurePath, data: bytes) -> None:
        """Put a copy in its place, whole or not at all.

        Raises:
            PhotoError: it cannot be written.
            OSError: its folder cannot be made.
        """
        ...


class Disk:
    """Files."""

    def read(self, source: PurePath) -> Photo:
        return read_photo(source)

    def require_free(self, job: Job, taken: set[PurePath]) -> None:
        """Refuse a name that exists, that this run has given away, or that cannot be made."""
        target = Path(os.path.realpath(job.target))
        if target in taken:
            problem = f"its copy {job.target} has the name of another photo's copy"
            raise PhotoError(job.source, problem, "protect the two in runs of their own, with another -o")
        if os.path.lexists(job.target):
            raise PhotoError(job.source, f"its copy {job.target} exists already", "move it away or choose another -o")
        if why := why_not_written(target):
            raise PhotoError(job.source, f"its copy {job.target} cannot be written: {why}", "choose another -o")
        taken.add(target)

    def write(self, target: PurePath, data: bytes) -> None:
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, data)


DISK: Store = Disk()
"""Where the command's photos come from and go."""


class Memory:
    """Bytes: nothing is written to any disk.

    Args:
        photos: files by name.
        most_pixels: larger photos are refused; None leaves it to the reader.

    Attributes:
        copies: what was written, by name.
    """

    def __init__(self, photos: Mapping[PurePath, bytes], *, most_pixels: int | None = None) -> None:
        self._most_pixels = most_pixels
        self.copies: dict[PurePath, bytes] = {}
        self._photos = photos

    def read(self, source: PurePath) -> Photo:
        return read_photo_bytes(self._photos[source], Path(source.name), most_pixels=self._most_pixels)

    def require_free(self, job: Job, taken: set[PurePath]) -> None:
        """Nothing is refused: who puts photos here gives each a name of its own."""

    def write(self, target: PurePath, data: bytes) -> None:
        self.copies[target] = data
