"""What a lab has finished so far, on the disk: an interrupted run resumes without repeating it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Self, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from unseen.errors import UnseenError
from unseen.lab.files import claimed, write_over
from unseen.locking import locked

Json = Any
"""What JSON can hold, NaN and infinities included; tuples come back as lists."""
Value = TypeVar("Value")

_NAME = re.compile(r"[\w.,=+-]+")
_HASH_DIGITS = 16
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows that are finished one at a time, such as one a photo.

    Attributes:
        path: the file, one line a row.
        known: key -> row, those of former runs first.
    """

    path: Path
    known: dict[str, dict[str, Json]]

    def append(self, key: str, row: Mapping[str, Json]) -> None:
        """Keep a finished row; `known[key]` is what JSON gives back of it.

        Raises:
            UnseenError: the disk is full or the file may not be changed.
        """
        line = json.dumps([key, dict(row)])
        try:
            with self.path.open("ab") as file:
                file.write(f"{line}\n".encode())
        except OSError as error:
            raise UnseenError(
                f"{self.path}: cannot be written ({error.strerror or error}); free some space and run again"
            ) from error
        self.known[key] = json.loads(line)[1]


class Notebook:
    """The finished work of one folder, one set of settings and one state of the code.

    Nothing counts as finished before it is whole on the disk. A process has its folder's notebook for itself until
    it leaves the `with` block, drops the notebook, or ends in whatever way.

    Args:
        folder: the lab's, made if it is not there; the work is kept in `.unseen/lab/` below it.
        settings: all that results depend on, as JSON can hold it; others begin a new notebook beside the former.

    Raises:
        UnseenError: the folder holds something else, cannot be changed, or another process works in it.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Json]) -> None:
        identity = json.dumps({"settings": dict(settings), "code": code_digest(_PACKAGE)}, sort_keys=True)
        work = claimed(folder)
        self._lock = locked(folder, work / "lock")
        self._pages = work / sha256(identity.encode()).hexdigest()[:_HASH_DIGITS]
        self._pages.mkdir(exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def once(self, name: str, compute: Callable[[], Json]) -> Json:
        """The value of `compute`, which is called only if no former run finished it; always what JSON gives back.

        Args:
            name: unique in the notebook, of letters, digits and any of `_ . , = + -`.
            compute: gives what JSON can hold.
        """
        page = self._page(name, ".json")
        if not page.exists():
            write_over(page, json.dumps(compute()).encode())
        return _read(page, lambda path: json.loads(path.read_bytes()))

    def tensors_once(self, name: str, compute: Callable[[], Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The same for tensors by name; they come back on the CPU, without gradients."""
        page = self._page(name, ".safetensors")
        if not page.exists():
            tensors = {key: _apart(tensor) for key, tensor in compute().items()}
            write_over(page, save(tensors))
        return _read(page, load_file)

    def rows(self, name: str) -> Rows:
        """The rows of that name that are finished, and the place for more."""
        page = self._page(name, ".jsonl")
        return Rows(path=page, known=_whole_rows(page))

    def _page(self, name: str, suffix: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a page: use letters, digits and any of _ . , = + -")
        return self._pages / f"{name}{suffix}"


@cache
def code_digest(folder: Path) -> str:
    """What changes with any Python file below a folder: results of other code are not to be taken for this one's."""
    digest = sha256()
    for path in sorted(folder.rglob("*.py")):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _read(page: Path, parse: Callable[[Path], Value]) -> Value:
    try:
        return parse(page)
    except (OSError, ValueError, SafetensorError) as error:
        raise UnseenError(f"{page}: is damaged ({type(error).__name__}); delete it and run again") from error


def _apart(tensor: Tensor) -> Tensor:
    """A copy in memory of its own, as the file format asks for."""
    return tensor.detach().cpu().clone(memory_format=torch.contiguous_format)


def _whole_rows(page: Path) -> dict[str, dict[str, Json]]:
    """The rows up to the first cut line; the rest is taken off, so that the next row begins a line."""
    known = {}
    whole = 0
    with page.open("a+b") as file:
        file.seek(0)
        for line in file:
            try:
                key, row = json.loads(line)
            except (TypeError, ValueError):
                break
            if not line.endswith(b"\n"):
                break
            known[key] = row
            whole += len(line)
        file.truncate(whole)
    return known
