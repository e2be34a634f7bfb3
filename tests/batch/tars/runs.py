"""What came of runs over tars, and what they wrote."""

from pathlib import Path, PurePath

from unseen.batch import DiskPlace, TarPlace
from unseen.report import PhotoRow


class Ended:
    """A run that has ended: its rows, which files were read for it, and which tars could not be packed."""

    def __init__(self, rows: list[PhotoRow], read: list[str], problems: list[str]) -> None:
        self.rows = rows
        self.read = sorted(read)
        self.problems = problems

    @property
    def statuses(self) -> dict[str, str]:
        """By the tar's own name and the name in it."""
        return {self._named(row): row.status for row in self.rows}

    @property
    def errors(self) -> dict[str, str]:
        return {self._named(row): row.error for row in self.rows if row.error}

    def _named(self, row: PhotoRow) -> str:
        parts = PurePath(row.input).parts
        return "/".join(parts[next(index for index, part in enumerate(parts) if part.endswith(".tar")) :])


class WatchedTars(TarPlace):
    def __init__(self, output: Path) -> None:
        super().__init__(DiskPlace(), output)
        self.read: list[str] = []

    def fetch(self, source: PurePath) -> bytes:
        self.read.append(source.name)
        return super().fetch(source)


def pieces(output: Path) -> int:
    """How many pieces wait to be packed."""
    return sum(path.is_file() for path in (output / ".unseen" / "packing").rglob("*"))
