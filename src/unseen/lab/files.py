"""The folder of a lab: whose it is."""

from pathlib import Path

from unseen.errors import UnseenError
from unseen.photo.atomic import write_over

__all__ = ["claimed", "write_over"]

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
