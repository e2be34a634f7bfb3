"""Files from a web address, into a cache folder: verified, and there as a whole or not at all."""

import os
import re
import sys
from hashlib import file_digest
from pathlib import Path
from urllib.parse import urlsplit

from unseen.errors import ModelError

CACHE_VARIABLE = "UNSEEN_CACHE"
"""The environment variable that moves the cache folder."""
_RETRIES = 1
_TIMEOUT = 20.0
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.")
"""As torch's hub names files: the first characters of their SHA-256 before the suffix."""


def cache_folder() -> Path:
    """Where downloads are kept: $UNSEEN_CACHE, or the platform's cache folder."""
    import pooch

    return Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("unseen")).expanduser()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def cached(url: str, sha256: str | None = None) -> Path | None:
    """Where an earlier `fetch` with the same arguments put the file, or None."""
    path = cache_folder() / _cached_name(url, _expected(url, sha256))
    return path if path.is_file() else None


def fetch(url: str, sha256: str | None = None) -> Path:
    """The file behind a web address, from the cache folder or downloaded into it, with progress on a terminal.

    Args:
        url: begins with http:// or https://.
        sha256: what the file must have; without it the digits in a name such as `net-b8a52dc0.pth` are checked.

    Raises:
        ModelError: no connection, no such file, cut off again and again, or another SHA-256. Nothing is left behind.
    """
    import pooch
    import requests

    expected = _expected(url, sha256)
    name = _cached_name(url, expected)
    download = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=_TIMEOUT)

    def download_and_verify(url: str, output_file: str, pooch: object) -> None:
        download(url, output_file, pooch)
        found = sha256_of(Path(output_file))
        if not found.startswith(expected):
            raise ModelError(
                f"{url}: the file has SHA-256 {found} where {expected} was expected; it is not used: "
                "try again, or correct the expected digits"
            )

    pooch.get_logger().setLevel("ERROR")  # the progress bar and the exceptions say it already
    store = pooch.create(cache_folder(), base_url="", urls={name: url}, registry={name: None}, retry_if_failed=_RETRIES)
    try:
        return Path(store.fetch(name, downloader=download_and_verify))
    except requests.RequestException as error:
        if error.response is not None:
            error.response.close()  # an answer such as 404 has a body that nobody reads
        raise ModelError(f"{url}: cannot be downloaded: {_reason(error)}; {_remedy(error)}") from error
    except OSError as error:
        raise ModelError(
            f"{cache_folder()}: cannot keep downloads there ({error.strerror}); set {CACHE_VARIABLE} to another folder"
        ) from error


def _reason(error: Exception) -> str:
    from requests import exceptions

    match error:
        case exceptions.HTTPError(response=response) if response is not None:
            return f"the server answers {response.status_code} {response.reason}"
        case exceptions.ChunkedEncodingError():
            return "the connection was cut"
        case exceptions.Timeout():
            return "the server does not answer"
        case exceptions.ConnectionError():
            return "no connection"
        case _:
            return type(error).__name__


def _remedy(error: Exception) -> str:
    from requests import HTTPError

    wrong_address = isinstance(error, HTTPError)
    return "correct the address" if wrong_address else "connect to the internet once, or give a file you have"


def _expected(url: str, sha256: str | None) -> str:
    """The first digits that the file's SHA-256 must have, as far as they are known."""
    found = _HASH_IN_NAME.search(Path(urlsplit(url).path).name)
    return sha256.lower() if sha256 else found.group(1) if found else ""


def _cached_name(url: str, expected: str) -> str:
    """Unique to the address and to what was verified of it."""
    import pooch

    return pooch.utils.unique_file_name(f"{url}#{expected}" if expected else url)
