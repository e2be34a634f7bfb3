"""The folder of a lab: whose it is, and files that appear whole in the place of former ones."""

import secrets
from pathlib import Path

from unseen.errors import PhotoError, UnseenError
from unseen.photo.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, write_new

_OURS = ".unseen"
_MARK = Path(_OURS, "lab")
"""In every folder that a lab has begun to work in; finished work is kept below it."""


def claimed(folder: Path) -> Path:
    """Make a folder a lab's, and give the hidden one in it for finished work.

    Raises:
        UnseenError: it holds files, but no lab's, or cannot be made or changed.
    """
    mark = folder / _MARK
    try:
        if not mark.is_dir() and folder.exists() and any(path.name != _OURS for path in folder.iterdir()):
            raise UnseenError(f"{folder}: holds files that no lab wrote; name an empty or new folder with -o")
        mark.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise UnseenError(f"{folder}: cannot be used as a folder ({why}); name another with -o") from error
    return mark


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
