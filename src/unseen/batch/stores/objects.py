"""Objects of a store, read and written whole; what goes wrong is told in one line.

fsspec, and what it needs for a protocol, is imported where an address is used first, and nowhere else.
"""

import base64
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from unseen.address import Address
from unseen.errors import FullError, PhotoError, UnseenError
from unseen.photo.atomic import FULL

AT_ONCE = 32
"""Requests at a time: one takes some tens of milliseconds, nearly all of it spent on waiting."""

_EXTRAS = {"s3": "stores", "s3a": "stores", "gs": "stores-gs", "gcs": "stores-gs", "az": "stores-az"}
_EXTRAS |= {"abfs": "stores-az", "abfss": "stores-az"}


@cache
def store_of(protocol: str) -> Any:
    """The store that a protocol stands for; its options come from the environment.

    Listings are not kept: they would hold every name of a run, and be outdated.

    Raises:
        UnseenError: it cannot be spoken to.
    """
    extra = _EXTRAS.get(protocol, "stores")
    try:
        import fsspec

        logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # tells in tracebacks what is raised as well
        return fsspec.filesystem(protocol, use_listings_cache=False, **_options(protocol, fsspec.config.conf))
    except ImportError as error:
        raise UnseenError(f"{protocol}:// needs more than is installed; run pip install 'unseen[{extra}]'") from error
    except ValueError as error:
        why = " ".join(str(error).split())
        raise UnseenError(f"{protocol}:// cannot be used ({why}); name a folder, or such as s3://bucket") from error


def read(address: Address) -> bytes:
    """An object's bytes.

    Raises:
        PhotoError: it cannot be read.
    """
    with explaining(address, "read"):
        return bytes(store_of(address.protocol).cat_file(address.key))


def lines(address: Address) -> Iterator[bytes]:
    """The lines of an object of any size.

    Raises:
        PhotoError: it cannot be read.
    """
    with explaining(address, "read"), store_of(address.protocol).open(address.key, "rb") as file:
        yield from file


def found(address: Address) -> Mapping[str, Any] | None:
    """What the store tells of an object, or of a folder; None where there is neither.

    Raises:
        PhotoError: the store does not answer, or not to everyone.
    """
    with explaining(address, "read"), suppress(FileNotFoundError):
        told: Mapping[str, Any] = store_of(address.protocol).info(address.key)
        return told
    return None


def listed(folder: Address) -> list[tuple[str, Mapping[str, Any]]]:
    """Names below a folder, in no order, and what the store tells of each; none where there is no such folder.

    A name is empty where keys go on with a second stroke, and that of a folder's own object is left out.

    Raises:
        PhotoError: the store does not answer, or not to everyone.
    """
    start = len(folder.key) + 1
    with explaining(folder, "listed"), suppress(FileNotFoundError):
        entries = store_of(folder.protocol).ls(folder.key, detail=True, refresh=True)
        named = ((entry["name"].removeprefix("/")[start:], entry) for entry in entries)
        return [(name, entry) for name, entry in named if name or entry["type"] == "directory"]
    return []


def write(address: Address, data: bytes) -> None:
    """Write an object, in place of a former one.

    Raises:
        FullError: the store does not take it.
    """
    with explaining(address, "written", FullError):
        store_of(address.protocol).pipe_file(address.key, data)


def create(address: Address, data: bytes) -> bool:
    """Write an object unless there is another of that name; whether it is there now.

    Raises:
        FullError: the store does not take it.
    """
    store = store_of(address.protocol)
    with explaining(address, "written", FullError):
        try:
            store.pipe_file(address.key, data, mode="create")
        except OSError as error:
            if isinstance(error, PermissionError) or not store.exists(address.key):
                raise
            # The answer to a first request may have been lost, and the name be taken by what it wrote.
            return store.info(address.key)["size"] == len(data) and store.cat_file(address.key) == data
    return True


def remove(address: Address) -> None:
    """Take an object away; one that is gone already is no error.

    Raises:
        FullError: the store does not let it go.
    """
    with explaining(address, "removed", FullError), suppress(FileNotFoundError):
        store_of(address.protocol).rm_file(address.key)


def download(address: Address, path: Path) -> None:
    """Write an object of any size to a file.

    Raises:
        PhotoError: it cannot be read.
        FullError: the file's disk is full.
    """
    with explaining(address, "read"):
        try:
            store_of(address.protocol).get_file(address.key, str(path))
        except OSError as error:
            if error.errno in FULL:
                raise FullError(path, "cannot be written: the disk is full", "free some space and run again") from error
            raise


def upload(path: Path, address: Address) -> None:
    """Write a file of any size to an object, in place of a former one.

    Raises:
        FullError: the store does not take it.
    """
    with explaining(address, "written", FullError):
        store_of(address.protocol).put_file(str(path), address.key)


def modified(address: Address) -> float | None:
    """When an object was written, in seconds by the store's own clock; None where there is none.

    Raises:
        PhotoError: the store does not answer.
    """
    with explaining(address, "read"), suppress(FileNotFoundError):
        return float(store_of(address.protocol).modified(address.key).timestamp())
    return None


def mark_of(told: Mapping[str, Any]) -> str:
    """What tells an object from any other of that name: the MD5 of its bytes where the store gives it, as S3 does."""
    if told.get("md5Hash"):
        return base64.b64decode(told["md5Hash"]).hex()
    tag = told.get("ETag") or told.get("etag")
    if tag:
        return str(tag).strip('"')
    time = next(filter(None, map(told.get, ("LastModified", "last_modified", "updated", "mtime", "created"))), 0)
    return f"{told['size']}-{time.timestamp() if isinstance(time, datetime) else time}"


@contextmanager
def explaining(address: Address, done: str, kind: type[PhotoError] = PhotoError) -> Iterator[None]:
    """Errors of a store's library in words for people; whether something is there is for the caller to tell."""
    try:
        yield
    except UnseenError:
        raise
    except FileNotFoundError as error:
        if done == "read":
            raise PhotoError(address, "does not exist", "check its name") from error
        raise kind(address, f"cannot be {done}: there is no such bucket", "create it or name another") from error
    except PermissionError as error:
        raise kind(address, f"may not be {done}", "check the credentials and what they allow") from error
    except Exception as error:  # of as many kinds as there are libraries
        if "Credentials" in type(error).__name__:
            remedy = "give them as for the store's own tools, such as with AWS_PROFILE"
            raise kind(address, f"cannot be {done}: no credentials were found", remedy) from error
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise kind(address, f"cannot be {done} ({why})", "check the network and the store, and run again") from error


def _options(protocol: str, configured: Mapping[str, Any]) -> dict[str, Any]:
    """For S3: enough connections, and no question for its size before a photo is read."""
    if _EXTRAS.get(protocol) != "stores":
        return {}
    config = {"max_pool_connections": AT_ONCE} | dict(configured.get(protocol, {}).get("config_kwargs", {}))
    return {"max_concurrency": 1, "config_kwargs": config}
