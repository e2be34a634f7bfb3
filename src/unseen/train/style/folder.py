"""The folder of a training: one process works in it at a time, and only one that a training began."""

import json
import math
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Self

from unseen.errors import UnseenError
from unseen.locking import locked
from unseen.photo.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, write_over

_OURS = ".unseen"
_MARK = Path(_OURS, "style")
"""In every folder that a training has begun to work in."""


class TrainingFolder:
    """A training's files; the folder is this process's until the `with` block or the process ends, in whatever way.

    Attributes:
        checkpoint: all that is needed to go on.
        losses: one line of JSON every few steps.
        samples: pictures of how far it is.
        generator: what was made in the end.

    Raises:
        UnseenError: the folder holds something else, cannot be changed, or another process works in it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.checkpoint = folder / "checkpoint.safetensors"
        self.losses = folder / "losses.jsonl"
        self.samples = folder / "samples"
        self.generator = folder / "generator.safetensors"
        try:
            self._claim()
            self._lock = locked(folder, folder / _MARK / "lock", work="training")
            self._remove_unfinished()
        except OSError as error:
            why = error.strerror or error
            raise UnseenError(f"{folder}: cannot be used as a folder ({why}); name another with -o") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def keep_losses_until(self, step: int) -> None:
        """Take off the lines of later steps, which will be done again, and what a kill left of a line."""
        try:
            lines = self.losses.read_bytes().splitlines(keepends=True) if self.losses.exists() else []
        except OSError as error:
            raise self._unusable(error) from error
        kept = [*takewhile(lambda line: _step_of(line) <= step, lines)]
        write_over(self.losses, b"".join(kept))

    def append_losses(self, row: Mapping[str, float]) -> None:
        """One more line.

        Raises:
            UnseenError: the disk is full or the file may not be changed.
        """
        try:
            with self.losses.open("ab") as file:
                file.write(f"{json.dumps(dict(row))}\n".encode())
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> UnseenError:
        why = error.strerror or error
        return UnseenError(f"{self.losses}: cannot be kept ({why}); free some space and run again")

    def _claim(self) -> None:
        mark = self.path / _MARK
        if not mark.is_dir() and self.path.exists() and any(self.path.iterdir()):
            remedy = "name an empty or new folder with -o"
            raise UnseenError(f"{self.path}: holds files that no training of a style wrote; {remedy}")
        mark.mkdir(parents=True, exist_ok=True)
        self.samples.mkdir(exist_ok=True)

    def _remove_unfinished(self) -> None:
        """A killed process leaves what it was writing; a checkpoint is large."""
        for folder in (self.path, self.samples):
            for path in folder.glob(f"{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
                path.unlink(missing_ok=True)


def _step_of(line: bytes) -> float:
    """The step that a line of losses is about; infinite where a kill cut the line."""
    try:
        return float(json.loads(line)["step"]) if line.endswith(b"\n") else math.inf
    except (KeyError, TypeError, ValueError):
        return math.inf
