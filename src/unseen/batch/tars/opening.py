"""Tars as files to read in. What opens tars that lie elsewhere than on a disk would take the place of `opened`."""

import errno
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import BinaryIO

from unseen.errors import PhotoError


def opened(tar: PurePath) -> BinaryIO:
    """A tar's file.

    Raises:
        OSError: it cannot be opened.
    """
    return Path(tar).open("rb")


def status_of(tar: PurePath) -> tuple[int, int]:
    """Its size in bytes, and when it was changed, in nanoseconds.

    Raises:
        OSError: it cannot be asked, or is no file.
    """
    status = Path(tar).stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is not a regular file")
    return status.st_size, status.st_mtime_ns


def members(file: BinaryIO, size: int) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """What a tar holds, in its order, and the tar to take it from; nothing is kept.

    Args:
        size: of the file: what reaches beyond it is damage.

    Raises:
        tarfile.ReadError: it is cut or damaged there, or no tar.
    """
    try:
        tar = tarfile.TarFile(fileobj=file)
        while (member := tar.next()) is not None:
            if member.size < 0 or not member.offset < tar.offset <= size:
                raise tarfile.ReadError("ends before it is whole")
            yield member, tar
            tar.members = []  # type: ignore[attr-defined]  # where it keeps all that it has read
    except tarfile.ReadError:
        raise
    except (tarfile.TarError, ValueError, IndexError, OverflowError) as error:  # over headers that say nonsense
        raise tarfile.ReadError(str(error)) from error
    # The library takes damage for the end; a tar that is whole says that it ends.
    file.seek(tar.offset)
    if file.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise tarfile.ReadError("ends before it is whole")


def read_at(tar: PurePath, name: PurePath, offset: int, size: int) -> bytes:
    """The bytes of a member.

    Args:
        name: of the member, for the error.

    Raises:
        PhotoError: they cannot be read.
    """
    try:
        with opened(tar) as file:
            file.seek(offset)
            data = file.read(size)
    except OSError as error:
        raise PhotoError(name, f"cannot be read ({error.strerror or error})", "check the disk or the name") from error
    if len(data) != size:
        raise PhotoError(name, "is cut: its tar ends before it", "fetch the tar again")
    return data
