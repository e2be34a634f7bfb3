"""Writing a file whole or not at all, and over another only where that is asked for."""

import contextlib
import ctypes
import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from unseen.errors import FullError, PhotoError, UnseenError

TEMPORARY_PREFIX = ".unseen-"
TEMPORARY_SUFFIX = ".part"
"""A file so named is a write in progress, or what a killed process or a power cut left of one: safe to delete."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a disk that has no room."""

_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

_LINUX = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_FROM_HERE = -100
_NO_REPLACE = 1
"""Linux's AT_FDCWD and RENAME_NOREPLACE."""


def write_new(path: Path | str, data: bytes | Iterable[bytes]) -> None:
    """Write a new file: it appears under its name only when every byte is on the disk.

    The bytes go to a hidden file in the same folder first. Whatever interrupts that, nothing is left behind.

    Raises:
        PhotoError: the name is taken, the disk is full, the folder is missing or may not be written to.
    """
    path = Path(path)
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    with explaining(path):
        try:
            _write(temporary, data)
            _publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(path.parent)


def write_aside(path: Path, data: bytes | Iterable[bytes]) -> Path:
    """Write the bytes of a file to be: whole on the disk, but hidden in its folder until `publish`.

    The hidden name follows from the file's own, so what a killed process left is overwritten by the next attempt.

    Raises:
        PhotoError: as `write_new`, but for the name, which may be taken.
    """
    aside = _aside(path)
    with explaining(path):
        aside.unlink(missing_ok=True)
        try:
            _write(aside, data)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    return aside


def publish(aside: Path, path: Path, *, over: bool = False) -> None:
    """Give a file that was written aside its name; whatever happens, nothing is left aside.

    Args:
        over: in the place of a former one.

    Raises:
        PhotoError: the name is taken, or the folder may not be changed.
    """
    with explaining(path):
        try:
            if over:
                aside.replace(path)
            else:
                _publish(aside, path)
        finally:
            aside.unlink(missing_ok=True)
        _flush_folder(path.parent)


def was_begun(path: Path) -> bool:
    """Whether a killed process had claimed a name by an empty file, for what it had written aside."""
    try:
        status = path.lstat()
        return not status.st_size and stat.S_ISREG(status.st_mode) and _aside(path).exists()
    except OSError:
        return False


def write_over(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all, in the place of a former one.

    Raises:
        PhotoError: it cannot be written.
    """
    finished = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    try:
        write_new(finished, data)
        finished.replace(path)
        _flush_folder(path.parent)
    except PhotoError as error:
        raise PhotoError(path, error.problem, error.remedy) from error
    except OSError as error:
        raise PhotoError(path, f"cannot be replaced ({error.strerror or error})", "move it away") from error
    finally:
        finished.unlink(missing_ok=True)


@contextlib.contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Errors of the system about a file or a folder to be, in words for people.

    Raises:
        FullError: the disk has no room.
        PhotoError: it cannot be made.
    """
    try:
        yield
    except UnseenError:  # of what makes the bytes
        raise
    except OSError as error:
        raise _explained(error, path) from error
    except ValueError as error:
        raise PhotoError(ascii(str(path)), "is not a possible file name", "choose another name") from error


def _aside(path: Path) -> Path:
    digest = hashlib.blake2b(os.fsencode(path.name), digest_size=8).hexdigest()
    return path.with_name(f"{TEMPORARY_PREFIX}{digest}{TEMPORARY_SUFFIX}")


def _write(path: Path, data: bytes | Iterable[bytes]) -> None:
    with path.open("xb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())


def _publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, unless that is taken; there is no moment at which it is there in part.

    Raises:
        FileExistsError: the name is taken.
    """
    if os.name == "nt":
        temporary.rename(path)  # refuses to overwrite there
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # file systems that know no hard links: FAT, some network drives
        if not _is_renamed(temporary, path):
            _publish_by_claim(temporary, path)


def _is_renamed(temporary: Path, path: Path) -> bool:
    """Give a file its name in one step that overwrites nothing; whether the system could.

    Raises:
        FileExistsError: the name is taken.
    """
    rename = getattr(_LINUX, "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(temporary), os.fsencode(path)
    if rename(_FROM_HERE, names[0], _FROM_HERE, names[1], _NO_REPLACE) == 0:
        return True
    if ctypes.get_errno() == errno.EEXIST:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    return False


def _publish_by_claim(temporary: Path, path: Path) -> None:
    """The same where the system has no step for it: an empty file claims the name, and a kill may leave it there."""
    path.open("xb").close()
    try:
        temporary.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where folders can be flushed; the file itself already does."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(error: OSError, path: Path) -> PhotoError:
    if isinstance(error, FileExistsError):
        return PhotoError(path, "exists already and is not overwritten", "move it away or choose another name")
    if error.errno in FULL:
        return FullError(path, "cannot be written: the disk is full", "free some space and run again")
    if error.errno in _FORBIDDEN:
        return PhotoError(path, "cannot be written: its folder may not be changed", "choose another with -o")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return PhotoError(path, "cannot be written: its folder does not exist", "create it or choose another with -o")
    if error.errno == errno.ENAMETOOLONG:
        return PhotoError(path, "cannot be written: the name is too long", "choose a shorter name")
    return PhotoError(path, f"cannot be written ({error.strerror or error})", "check the disk")
