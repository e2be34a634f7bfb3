"""Files that a command is to make: refused before any work where they could not be written."""

import os
from pathlib import Path

import click


def require_new_file(output: Path) -> None:
    """Refuse a file that could not be written.

    Raises:
        click.UsageError: the name is taken, or its folder is missing or may not be changed.
    """
    if os.path.lexists(output):
        raise click.UsageError(f"-o {output}: exists already and is not overwritten; choose another name")
    if not output.parent.is_dir():
        raise click.UsageError(f"-o {output}: the folder {output.parent} does not exist; create it first")
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise click.UsageError(f"-o {output}: the folder {output.parent} may not be changed; choose another")
