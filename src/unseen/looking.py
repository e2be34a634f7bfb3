"""What lies under a name, where anyone may look; where this process may not, there is nothing.

The methods of `Path` that are called like these raise then, up to Python 3.13.
"""

import os
from pathlib import Path, PurePath


def is_there(path: PurePath) -> bool:
    """Whether there is a file or a folder."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: PurePath) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: PurePath) -> bool:
    """Whether there is a file."""
    return os.path.isfile(path)  # noqa: PTH113


def why_not_written(path: Path) -> str | None:
    """Why nothing can be written under a name, as the lowest folder above it that is there tells; None where it can."""
    folder = next(parent for parent in path.parents if is_there(parent))
    if not is_folder(folder):
        return f"{folder} is a file"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"{folder} may not be changed"
