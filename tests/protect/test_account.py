from pathlib import Path

import pytest

from unseen.errors import PhotoError, UnseenError
from unseen.plan import Job
from unseen.protect.account import one_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PhotoError("x.jpg", "is empty", "fetch it again"), "x.jpg: is empty; fetch it again"),
        (UnseenError("no such thing; do that"), "a\\nb.jpg: no such thing; do that"),
        (OSError(28, "No space left on device"), "a\\nb.jpg: No space left on device; check the folder out"),
        (
            RuntimeError("first\nsecond"),
            "a\\nb.jpg: unexpected RuntimeError (first second); please report it, the photo is untouched",
        ),
    ],
)
def test_whatever_goes_wrong_is_one_line(error: Exception, line: str) -> None:
    assert one_line(Job(source=Path("a\nb.jpg"), target=Path("out/b.jpg")), error) == line
