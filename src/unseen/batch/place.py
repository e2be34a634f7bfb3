"""Where a batch's photos come from and its copies go: the disk. An object store is another class with these methods."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from unseen.errors import FullError, PhotoError
from unseen.looking import why_not_written
from unseen.photo.atomic import explaining, publish, was_begun, write_aside
from unseen.photo.decode import photo_bytes

UNKNOWN = "unknown"
"""The mark of a name that cannot be looked up: whether there is a file, the system does not say."""


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A copy that is whole, but has not got its name yet.

    Attributes:
        aside: where it is.
        target: its name to be.
        mark: what tells that it is this very file, once it has its name.
        digest: of its bytes, for where marks do not survive.
        data: its bytes, where the place holds them until it gets its name.
    """

    aside: PurePath
    target: PurePath
    mark: str
    digest: str
    data: bytes = b""


class Place(Protocol):
    """Gives photos and takes copies in two steps, so that a copy's row can be kept before the copy gets its name."""

    def fetch(self, source: PurePath) -> bytes:
        """A photo's file.

        Raises:
            PhotoError: it cannot be read.
        """
        ...

    def mark(self, target: PurePath) -> str | None:
        """What tells a file from any other of that name, without reading it; None where there is none, or UNKNOWN."""
        ...

    def marks(self, folder: PurePath, names: Sequence[str]) -> list[str | None]:
        """The same of many files below a folder."""
        ...

    def digest(self, target: PurePath) -> str:
        """The same by its bytes.

        Raises:
            PhotoError: it cannot be read.
        """
        ...

    def require_possible(self, source: PurePath, target: PurePath) -> None:
        """Refuse, before any work, a copy that could not be written.

        Raises:
            PhotoError: such a copy.
        """
        ...

    def was_begun(self, target: PurePath) -> bool:
        """Whether an empty file is what a killed process left that was about to give a copy its name."""
        ...

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        """Write a copy aside, whole or piece by piece.

        Raises:
            FullError: there is no room for it.
            PhotoError: it cannot be written.
        """
        ...

    def publish(self, staged: Staged, *, over: bool) -> None:
        """Give a copy its name, in place of a former one only where `over` says so.

        Raises:
            PhotoError: the name is taken.
        """
        ...

    def discard(self, staged: Staged) -> None:
        """Take back a copy that gets no name."""
        ...

    def remove(self, target: PurePath) -> None:
        """Take a copy away that another replaces; one that is gone already is no error.

        Raises:
            FullError: it cannot be taken away.
        """
        ...


class DiskPlace:
    """Files; a mark is the size and the time of the last change."""

    def fetch(self, source: PurePath) -> bytes:
        return photo_bytes(Path(source))

    def mark(self, target: PurePath) -> str | None:
        return _mark(os.fspath(target))

    def marks(self, folder: PurePath, names: Sequence[str]) -> list[str | None]:
        above = os.fspath(folder)
        return [_mark(os.path.join(above, name)) for name in names]  # noqa: PTH118 - quick, for millions

    def digest(self, target: PurePath) -> str:
        try:
            if not Path(target).is_file():
                raise PhotoError(target, "is not a regular file", "check its name")
            with Path(target).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise PhotoError(target, f"cannot be read ({error.strerror or error})", "check the disk") from error

    def require_possible(self, source: PurePath, target: PurePath) -> None:
        if why := why_not_written(Path(target)):
            raise PhotoError(source, f"its copy {target} cannot be written: {why}", "choose another -o")
        try:
            os.lstat(target)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            problem = f"its copy {target} cannot be written ({error.strerror or error})"
            raise PhotoError(source, problem, "rename the photo or choose another -o") from error

    def was_begun(self, target: PurePath) -> bool:
        return was_begun(Path(target))

    def stage(self, target: PurePath, data: bytes | Iterable[bytes]) -> Staged:
        folder = Path(target).parent
        with explaining(folder):
            folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for part in [data] if isinstance(data, bytes) else data:
                digest.update(part)
                yield part

        aside = write_aside(Path(target), hashed())
        return Staged(aside=aside, target=target, mark=self.mark(aside) or "", digest=digest.hexdigest())

    def publish(self, staged: Staged, *, over: bool) -> None:
        publish(Path(staged.aside), Path(staged.target), over=over)

    def discard(self, staged: Staged) -> None:
        Path(staged.aside).unlink(missing_ok=True)

    def remove(self, target: PurePath) -> None:
        try:
            Path(target).unlink(missing_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise FullError(target, f"cannot be removed ({why})", "remove it yourself and run again") from error


def _mark(path: str) -> str | None:
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return UNKNOWN
    return f"{status.st_size}-{status.st_mtime_ns}"


def digest_of(data: bytes) -> str:
    """What tells bytes from all others."""
    return hashlib.sha256(data).hexdigest()
