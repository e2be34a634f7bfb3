from pathlib import Path

import numpy as np
import pytest

from unseen.errors import PhotoError, UnseenError
from unseen.plan import Job
from unseen.protect.account import one_line, same_channels


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


def test_grey_and_colour_are_compared_as_colour() -> None:
    grey, colour = np.full((2, 3, 1), 7, np.uint8), np.zeros((2, 3, 3), np.uint8)
    assert [pixels.shape for pixels in same_channels(grey, colour)] == [(2, 3, 3)] * 2
    assert [pixels.shape for pixels in same_channels(colour, grey)] == [(2, 3, 3)] * 2
    assert same_channels(grey, grey)[0].shape == (2, 3, 1)
    np.testing.assert_array_equal(same_channels(grey, colour)[0], 7)
