"""What runs wrote, to be compared."""

import json
import os
from pathlib import Path

from unseen.batch import FOLDER


def copies(folder: Path) -> dict[str, bytes]:
    """Copies by name, of a run that has ended."""
    return {name: (folder / name).read_bytes() for name in names(folder)}


def names(folder: Path) -> list[str]:
    """All that is in a folder but for the record; also of a run that goes on, whose files come and go."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != FOLDER]
        found += [Path(root, name).relative_to(folder).as_posix() for name in files]
    return found


def told(text: str, folder: Path) -> dict[str, object]:
    """A report as JSON without what another run cannot have: seconds, and the name of its folder."""
    report: dict[str, object] = json.loads(text.replace(str(folder), "OUT"))
    for row in report["photos"]:
        row.pop("seconds")
    return report
