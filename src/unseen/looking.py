"""What lies under a name, where anyone may look; where this process may not, there is nothing.

The methods of `Path` that are called like these raise then, up to Python 3.13.
"""

import os
from pathlib import PurePath


def is_there(path: PurePath) -> bool:
    """Whether there is a file or a folder."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: PurePath) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: PurePath) -> bool:
    """Whether there is a file."""
    return os.path.isfile(path)  # noqa: PTH113
