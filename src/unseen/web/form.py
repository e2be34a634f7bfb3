"""A form with one file, taken apart as it arrives: in memory, while Starlette's own parser writes to disk."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from unseen.web.problems import Problem

FIELD = "file"
"""The field that holds the photo."""

_REMEDY = f"send one field called {FIELD} with the photo's file"
_BROKEN = ("the form is broken", "send multipart/form-data with a boundary, as curl -F does")


def boundary_of(content_type: str | None) -> bytes | None:
    """What parts the fields of a form; None where a body is none.

    Raises:
        Problem: a form without it.
    """
    kind, options = parse_options_header(content_type)
    if not kind.startswith(b"multipart/"):
        return None
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Problem(422, *_BROKEN)
    return boundary


class FileOfForm:
    """Collects the file of a form.

    Args:
        boundary: what `boundary_of` gave.

    Raises:
        Problem: while it is written to, as soon as the form has anything but one file.
    """

    def __init__(self, boundary: bytes) -> None:
        self._data = bytearray()
        self._name: str | None = None
        self._files = 0
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._is_whole = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_to_header,
                "on_header_value": self._add_to_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_data,
                "on_end": self._end,
            },
        )

    def write(self, chunk: bytes) -> None:
        """The next piece of the body."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Problem(422, *_BROKEN) from error

    def finished(self) -> tuple[bytes, str | None]:
        """The file and its name, once all is written."""
        if not self._is_whole:
            raise Problem(422, *_BROKEN)
        if not self._files:
            raise Problem(422, "the form has no file", _REMEDY)
        return bytes(self._data), self._name

    def _begin(self) -> None:
        self._disposition = b""

    def _add_to_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        field = options.get(b"name", b"").decode(errors="replace")
        if field != FIELD:
            raise Problem(422, f"the form has a field {field[:40]!r}", f"{_REMEDY}; settings go into the address")
        self._files += 1
        if self._files > 1:
            raise Problem(422, "the form has several files", "send each photo in a request of its own")
        name = options.get(b"filename")
        self._name = None if name is None else name.decode(errors="replace")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self._data += memoryview(data)[start:end]

    def _end(self) -> None:
        self._is_whole = True
