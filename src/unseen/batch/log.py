"""Lines that are appended and never changed: what was done, as JSON that anyone can read."""

import errno
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from unseen.batch.home import Mirror
from unseen.errors import FullError, UnseenError
from unseen.photo.atomic import publish, write_aside

FORMAT = 1
"""Of the lines; another one is not read."""

_BLOCK = 1 << 16


class Log:
    """One file of lines; the first tells what it is.

    Every line is on the disk before `append` returns: it stands for a copy that gets its name only afterwards, so a
    power cut may cost a copy, which is made again, but leaves none that nobody knows of.

    Args:
        path: made if it is not there; a last line that was cut is dropped.
        mirror: gets every line before the file does.

    Raises:
        UnseenError: a file of another format, or one that cannot be read or changed.

    Attributes:
        identity: other for every log.
    """

    def __init__(self, path: Path, mirror: Mirror | None = None) -> None:
        self.path = path
        self._mirror = mirror
        try:
            self._file = path.open("a+b", buffering=0)
            _drop_cut_line(self._file.fileno())
        except OSError as error:
            raise UnseenError(f"{path}: cannot be opened ({error.strerror}); name another folder with -o") from error
        try:
            if self.size == 0:
                self.append(_header())
            self.identity = self._checked_header()
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self._file.fileno()).st_size

    def append(self, line: Mapping[str, Any]) -> tuple[int, int]:
        """Write a line down; where it starts, and its length.

        Raises:
            FullError: the disk is full.
        """
        return self.append_all([line])[0]

    def append_all(self, lines: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
        """Write lines down at once; where each starts, and its length.

        Raises:
            FullError: the disk is full.
        """
        encoded = [_encoded(line) for line in lines]
        data = b"".join(encoded)
        if self._mirror is not None:
            self._mirror.append(data)
        start = self.size
        try:
            if self._file.write(data) != len(data):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fsync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), start)
            why = error.strerror or error
            raise FullError(self.path, f"cannot be written ({why})", "free some space and run again") from error
        ends = list(accumulate(map(len, encoded), initial=start))
        return [(end, len(line)) for end, line in zip(ends, encoded, strict=False)]

    def rewrite(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Put another log in the place of this one: whole or not at all.

        Args:
            lines: but for the first; they may come from this log.

        Raises:
            PhotoError: it cannot be written; this one stands.
        """
        self._file.close()
        try:
            publish(write_aside(self.path, map(_encoded, chain([_header()], lines))), self.path, over=True)
        finally:
            self._file = self.path.open("a+b", buffering=0)
            self.identity = self._checked_header()
        if self._mirror is not None:
            self._mirror.rewritten()

    def read(self, start: int, length: int) -> dict[str, Any]:
        """A line that was appended.

        Raises:
            UnseenError: it is damaged.
        """
        self._file.seek(start)
        return self._decoded(start, self._file.read(length))

    def lines(self, start: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """All from a place on: where each starts, its length, and what it says.

        Raises:
            UnseenError: one that is damaged.
        """
        with self.path.open("rb") as file:
            file.seek(start)
            for line in file:
                yield start, len(line), self._decoded(start, line)
                start += len(line)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _decoded(self, start: int, line: bytes) -> dict[str, Any]:
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError) as error:
            told = f"the line at byte {start} is damaged; delete that line"
            remedy = "once its copy is moved away, --retry-failed does its photo again"
            raise UnseenError(f"{self.path}: {told}; {remedy}") from error

    def _checked_header(self) -> str:
        _, _, header = next(self.lines(0))
        if header.get("format") != FORMAT:
            told = "was begun by another version of unseen, which keeps its record in another way"
            raise UnseenError(f"{self.path}: {told}; go on with that version, or name another folder with -o")
        return str(header["identity"])


def _header() -> dict[str, Any]:
    return {"unseen": "photos", "format": FORMAT, "identity": secrets.token_hex(8)}


def _encoded(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _drop_cut_line(descriptor: int) -> None:
    """What follows the last line end was being written as the process died."""
    end = size = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - _BLOCK)
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end != size:
        os.ftruncate(descriptor, end)
