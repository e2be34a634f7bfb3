"""File names that strangers send: reduced to a bare name, and told to browsers in a header that holds them in."""

import unicodedata
from urllib.parse import quote

NAMELESS = "photo"
"""What a photo is called whose sender did not say."""

_LONGEST = 200
"""Bytes of a name; file systems take 255, and a copy may need some for itself."""

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode's categories of what nobody sees: controls, marks that turn the direction of reading, halves of letters."""

_REFUSED = frozenset('<>:"|?*')
"""What some system refuses in the name of a file."""


def bare_name(text: str | None) -> str:
    """The last part of a path, without what misleads people or breaks headers, and not too long.

    Folders are dropped, whether they are written with / or with \\; letters of all scripts stay.
    """
    last = unicodedata.normalize("NFC", text or "").replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = (letter for letter in last if unicodedata.category(letter) not in _INVISIBLE)
    plain = "".join("_" if letter in _REFUSED else letter for letter in shown).strip(" .")
    return _shortened(plain) or NAMELESS


def content_disposition(name: str) -> str:
    """The header's value that has a browser save a file under a name: RFC 6266, with the name once more as RFC 8187.

    Args:
        name: a bare name.
    """
    plain = "".join(letter if _is_safe(letter) else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_safe(letter: str) -> bool:
    """Whether a letter means only itself between quotes; a percent sign is decoded by some browsers."""
    return letter.isascii() and letter.isprintable() and letter not in '"\\%'


def _shortened(name: str) -> str:
    """The name in at most `_LONGEST` bytes, with its suffix where it has a short one."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > _LONGEST // 4:
        stem, dot, suffix = name, "", ""
    room = _LONGEST - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + suffix
