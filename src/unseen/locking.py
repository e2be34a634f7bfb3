"""One process at a time in a folder."""

from pathlib import Path, PurePath

from filelock import FileLock, Timeout

from unseen.errors import UnseenError


def locked(folder: PurePath, path: Path, *, work: str = "run") -> FileLock:
    """Take a folder for this process, by a lock that the system gives back when it ends: none outlives a crash.

    Args:
        folder: as it is told of.
        path: of the lock's file, in a folder that is there.
        work: what else may hold it, for people.

    Raises:
        UnseenError: another process has it, or it cannot be locked.
    """
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        remedy = "wait for its end or name another with -o"
        raise UnseenError(f"{folder}: another {work} works in it; {remedy}") from error
    except OSError as error:
        why = error.strerror or error
        raise UnseenError(f"{folder}: cannot be locked ({why}); name another folder with -o") from error
    return lock
