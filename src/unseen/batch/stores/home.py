"""The record of a run into an object store: worked with on this machine, kept there."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from unseen.address import Address
from unseen.batch.home import FOLDER, Home
from unseen.batch.stores.lease import LAPSED, Lease
from unseen.batch.stores.segments import Segments
from unseen.errors import PhotoError, UnseenError
from unseen.models.download import CACHE_VARIABLE, cache_folder

TOGETHER = 256
"""Rows that are kept by one request, before the copies that they tell of are written."""
_SLACK = 0.25
_TOKEN = re.compile("[0-9a-f]{16}")
_ALIVE = "alive"
"""A file that is locked while its run works: the system gives the lock back when the process ends."""


@contextmanager
def in_store(output: Address) -> Iterator[Home]:
    """The home of a record in a store: a folder of this run's own, made of what lies there.

    Raises:
        UnseenError: another run works there, the store cannot be read or written, or this machine has no room.
    """
    runs = cache_folder() / "runs"
    token = secrets.token_hex(8)
    folder = runs / token
    try:
        _sweep(runs)
        folder.mkdir(parents=True)
        alive = FileLock(folder / _ALIVE)
        alive.acquire()
    except OSError as error:
        told = f"{runs}: the record cannot be worked with there ({error.strerror or error})"
        raise UnseenError(f"{told}; set {CACHE_VARIABLE} to another folder") from error
    try:
        lease = Lease(
            output, output / FOLDER / "lock", token, lambda other: _is_dead(runs / other), lambda: _touch(folder)
        )
        try:
            segments = Segments(output / FOLDER, folder / "photos.jsonl", lease.require)
            yield Home(folder=folder, mirror=segments, together=TOGETHER, slack=_SLACK)
            with suppress(PhotoError):  # more segments do as well
                segments.merge()
        finally:
            lease.close()
    finally:
        alive.release()
        shutil.rmtree(folder, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    """Whether a run of this machine has ended; one that nothing is known of is another machine's, and may live."""
    if not (_TOKEN.fullmatch(folder.name) and (folder / _ALIVE).exists()):
        return False
    try:
        with FileLock(folder / _ALIVE, blocking=False):
            return True
    except (Timeout, OSError):
        return False


def _sweep(runs: Path) -> None:
    """Remove what killed runs left, once nobody asks for them any more."""
    for folder in runs.glob("*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LAPSED and _is_dead(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _touch(folder: Path) -> None:
    with suppress(OSError):
        os.utime(folder)
