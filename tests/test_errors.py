import traceback
import weakref

import pytest

from unseen.errors import ModelError, PhotoError, UnseenError, let_go, visible


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


def test_a_kept_error_lets_go_of_what_its_frames_held() -> None:
    class Pixels:
        pass

    held: list[weakref.ref[Pixels]] = []

    def decoded() -> None:
        pixels = Pixels()
        held.append(weakref.ref(pixels))
        raise OSError("damaged")

    def read() -> None:
        pixels = Pixels()
        held.append(weakref.ref(pixels))
        try:
            decoded()
        except OSError as error:
            raise PhotoError("a.jpg", "is damaged", "fetch it again") from error

    with pytest.raises(PhotoError) as raised:
        read()
    assert all(one() is not None for one in held)
    let_go(raised.value)
    assert [one() for one in held] == [None, None]
    assert [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)][-1] == "read"
    let_go(None)
