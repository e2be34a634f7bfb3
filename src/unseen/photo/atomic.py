"""Writing a file whole or not at all, and over another only where that is asked for."""

import contextlib
import errno
import os
import secrets
from pathlib import Path

from unseen.errors import PhotoError

TEMPORARY_PREFIX = ".unseen-"
TEMPORARY_SUFFIX = ".part"
"""A file so named is a write in progress, or what a killed process or a power cut left of one: safe to delete."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_new(path: Path | str, data: bytes) -> None:
    """Write a new file: it appears under its name only when every byte is on the disk.

    The bytes go to a hidden file in the same folder first. Whatever interrupts that, nothing is left behind.

    Raises:
        PhotoError: the name is taken, the disk is full, the folder is missing or may not be written to.
    """
    path = Path(path)
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    try:
        try:
            _write(temporary, data)
            _publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(path.parent)
    except OSError as error:
        raise _explained(error, path) from error
    except ValueError as error:
        raise PhotoError(ascii(str(path)), "is not a possible file name", "choose another name") from error


def write_over(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in the place of a former one.

    Raises:
        PhotoError: it cannot be written.
    """
    finished = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    try:
        write_new(finished, data)
        finished.replace(path)
    except PhotoError as error:
        raise PhotoError(path, error.problem, error.remedy) from error
    except OSError as error:
        raise PhotoError(path, f"cannot be replaced ({error.strerror or error})", "move it away") from error
    finally:
        finished.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
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
    except OSError:
        _publish_without_links(temporary, path)


def _publish_without_links(temporary: Path, path: Path) -> None:
    """The same on file systems that know no hard links (FAT, some network drives): claim the name, then fill it."""
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
    if error.errno in _FULL:
        return PhotoError(path, "cannot be written: the disk is full", "free some space and run again")
    if error.errno in _FORBIDDEN:
        return PhotoError(path, "cannot be written: its folder may not be changed", "choose another with -o")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return PhotoError(path, "cannot be written: its folder does not exist", "create it or choose another with -o")
    if error.errno == errno.ENAMETOOLONG:
        return PhotoError(path, "cannot be written: the name is too long", "choose a shorter name")
    return PhotoError(path, f"cannot be written ({error.strerror or error})", "check the disk")
