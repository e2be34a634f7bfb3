"""Memory that is free but still held: GNU's C library keeps it for later, in pieces that may fit nothing."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Give what is free back to the system, where the C library can (glibc); elsewhere do nothing.

    Pictures of ever other sizes leave gaps. After a scheme has run, they add up to more than the network takes.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
