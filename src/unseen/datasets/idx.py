"""IDX files: arrays of bytes behind their shape, as MNIST is published."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unseen.errors import UnseenError

_GZIP = b"\x1f\x8b"
_BYTES = b"\x00\x00\x08"
"""Two zeros and the code of unsigned bytes; the number of dimensions completes the magic number."""


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes; whether it is gzip is told by its content, not by its name.

    Raises:
        UnseenError: it cannot be read, is cut or too long, or is a file of another kind.

    Source: "The IDX file format" on LeCun's page of MNIST.
    """
    content = _content(path)
    if content[:3] != _BYTES[: len(content)]:
        magic = content[:4].hex(" ")
        raise UnseenError(f"{path}: its magic number is {magic}; give an IDX file of bytes, which begins 00 00 08")
    try:
        shape = struct.unpack_from(f">{content[3]}I", content, 4)
    except (IndexError, struct.error) as error:
        raise UnseenError(f"{path}: is cut after {len(content)} bytes, in its header; get the file again") from error
    values = np.frombuffer(content, np.uint8)[4 + 4 * len(shape) :]
    if len(values) != math.prod(shape):
        problem = "is cut" if len(values) < math.prod(shape) else "is too long"
        told = f"{len(values)} bytes follow a header that says {math.prod(shape)}"
        raise UnseenError(f"{path}: {problem}: {told}; get the file again")
    return values.reshape(shape)


def _content(path: Path) -> bytes:
    """What is in a file, unpacked where it is gzip."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnseenError(f"{path}: is cut or damaged, as gzip says ({error}); get the file again") from error
    except OSError as error:
        raise UnseenError(f"{path}: cannot be read ({error.strerror}); make it readable or name another") from error
