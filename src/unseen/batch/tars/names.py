"""What the names of tars, and of what is in them, say."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import PurePosixPath

from unseen.photo import PHOTO_SUFFIXES

_SEPARATORS = re.escape(os.sep + (os.altsep or ""))
_TAR = re.compile(rf"(?i)[^{_SEPARATORS}]\.tar(?=[{_SEPARATORS}]|$)")
_COMPRESSED = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst")
_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")


def is_tar(name: str) -> bool:
    """Whether a file of that name is a tar."""
    return name.lower().endswith(".tar") and name[:-4].rpartition("/")[2] != ""


def is_compressed(name: str) -> bool:
    """Whether a file of that name is a tar that was compressed."""
    return name.lower().endswith(_COMPRESSED)


def split(place: str) -> tuple[str, str] | None:
    """The tar that a name leads into, and the name within it, empty for the tar itself; None where it leads into none.

    It goes by the name alone: `walk` sees to it that nothing else below a folder is so called.
    """
    found = _TAR.search(place)
    return None if found is None else (place[: found.end()], place[found.end() + 1 :])


def plain(name: str) -> str | None:
    """A member's name without what means nothing, such as a leading `./`; None where it leads out of the tar."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        return None
    return "/".join(parts)


def known_as(name: str) -> str:
    """What a member is known by: its plain name, or, where it has none, its own, written so that paths can hold it."""
    return plain(name) or name.replace("\0", "\\0")


def sample_of(name: str) -> str:
    """The key of the sample that a member belongs to, WebDataset's: its name up to the first dot of its last part."""
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(".")[0]


def is_photo(name: str) -> bool:
    """Whether a member of that name is taken for a photo."""
    return PurePosixPath(name).suffix.lower() in PHOTO_SUFFIXES


def is_hidden(name: str) -> bool:
    """Whether it, or a folder that it is in, has a name that begins with a dot, but for `.` and `..`."""
    return any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))


def expanded(names: Iterable[str]) -> Iterator[str]:
    """Names of tars with braces written out as WebDataset does: `{000..002}` counts, `{a,b}` names; others as they are.

    A name that is there as it stands is left alone.
    """
    for name in names:
        if _BRACES.search(name) and is_tar(name) and not os.path.lexists(name):
            yield from _written_out(name)
        else:
            yield name


def _written_out(name: str) -> Iterator[str]:
    parts = _BRACES.split(name)  # what is outside of braces, and inside, by turns
    for choice in product(*(_choices(inner) for inner in parts[1::2])):
        yield "".join(outer + inner for outer, inner in zip(parts[::2], (*choice, ""), strict=True))


def _choices(inner: str) -> list[str]:
    counted = _RANGE.fullmatch(inner)
    if counted is None:
        return inner.split(",") if "," in inner else [f"{{{inner}}}"]
    first, last = counted.groups()
    is_padded = any(end.startswith("0") and end != "0" for end in (first, last))
    digits = max(len(first), len(last)) if is_padded else 0
    step = 1 if int(first) <= int(last) else -1
    return [f"{number:0{digits}}" for number in range(int(first), int(last) + step, step)]
