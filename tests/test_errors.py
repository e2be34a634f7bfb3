import pytest

from unseen.errors import ModelError, PhotoError, UnseenError, visible


def test_a_file_name_cannot_break_the_line_or_steer_the_terminal() -> None:
    error = PhotoError("a\nb\x1b[31m\udcff.jpg", "is empty", "fetch it again")
    assert str(error) == r"a\nb\x1b[31m\udcff.jpg: is empty; fetch it again"
    assert error.path.name == "a\nb\x1b[31m\udcff.jpg"


@pytest.mark.parametrize("kind", [UnseenError, ModelError])
def test_every_message_is_one_line(kind: type[UnseenError]) -> None:
    assert str(kind("x\r\ny")) == r"x\r\ny"


def test_what_people_write_stays_as_it_is() -> None:
    text = "Überraschung 東京 ½ – “photo”.jpg"
    assert visible(text) == text
