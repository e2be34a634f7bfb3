"""Names of photos and folders: paths of this machine, and addresses in object stores such as `s3://bucket/album`."""

import os
import re
from pathlib import Path, PurePath, PurePosixPath

_PROTOCOL = re.compile(r"[a-z][a-z0-9+.-]+:")  # two letters at least: one is a disk of Windows
_FOLDED = ("", ".", "..")
"""Parts that a path drops, or climbs by, while an object's name is made of them as of any others."""


class Address(PurePosixPath):
    """Where something is in an object store: a path whose first part is the protocol, and which is told as an address.

    Names that no path can hold unchanged are not for it: see `holds`.
    """

    def __str__(self) -> str:
        text = super().__str__()
        protocol, _, rest = text.partition("/")
        return f"{protocol}//{rest}" if _PROTOCOL.fullmatch(protocol) else text

    @property
    def protocol(self) -> str:
        """Of the store, such as `s3`."""
        return self.parts[0].removesuffix(":")

    @property
    def key(self) -> str:
        """The name within the store, a bucket's in front."""
        return "/".join(self.parts[1:])


def is_address(text: str) -> bool:
    """Whether a name starts with a protocol, and not with that of files."""
    protocol, mark, _ = text.partition("//")
    return bool(mark) and protocol != "file:" and _PROTOCOL.fullmatch(protocol) is not None


def named(text: str) -> PurePath:
    """What a name stands for: an `Address` where it starts with a protocol, else a `Path`; `file://` does, too."""
    return Address(text) if is_address(text) else Path(text.removeprefix("file://"))


def resolved(path: PurePath) -> PurePath:
    """A path with its links followed, as far as they can be: not in circles; an address is what it is."""
    return path if isinstance(path, Address) else Path(os.path.realpath(path))


def holds(text: str) -> bool:
    """Whether a path can hold the parts of an address unchanged, a last stroke aside."""
    parts = text.partition("://")[2].removesuffix("/").split("/")
    return not any(part in _FOLDED for part in parts)
