"""Where the record of a run lies while it works, and who else may work there: nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from unseen.address import Address
from unseen.errors import UnseenError
from unseen.locking import locked
from unseen.looking import is_there

FOLDER = ".unseen"
"""Below the copies."""


class Mirror(Protocol):
    """Another copy of a log's bytes, where they outlive this machine."""

    def append(self, data: bytes) -> None:
        """Keep lines that the log is about to get.

        Raises:
            FullError: they cannot be kept.
        """
        ...

    def rewritten(self) -> None:
        """Keep the log as it is now, in place of all lines before.

        Raises:
            FullError: it cannot be kept.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a record lies.

    Attributes:
        folder: of the log and the index.
        mirror: where the log has to be written as well; None where the folder is the copies' own.
        together: photos that are kept at a time.
        slack: the share of outdated lines that is left in the log.
    """

    folder: Path
    mirror: Mirror | None = None
    together: int = 1
    slack: float = 0.0


@contextmanager
def at_home(output: PurePath) -> Iterator[Home]:
    """The home of the record of a folder of copies, for one process at a time.

    Raises:
        UnseenError: another run works in the folder, or it cannot be used.
    """
    if isinstance(output, Address):
        from unseen.batch.stores.home import in_store

        with in_store(output) as home:
            yield home
        return
    folder = Path(output) / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise UnseenError(f"{output}: cannot be used as a folder ({why}); name another with -o") from error
    lock = locked(output, folder / "lock")
    try:
        yield Home(folder=folder)
    finally:
        lock.release()


def has_record(output: PurePath) -> bool:
    """Whether a former run left its record in a folder of copies."""
    if isinstance(output, Address):
        from unseen.batch.stores.objects import found

        return found(output / FOLDER) is not None
    return is_there(Path(output) / FOLDER)
