from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.web.names import bare_name, content_disposition


@pytest.mark.parametrize(
    ("given_name", "bare"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("Ferien am Meer, größer.jpg", "Ferien am Meer, größer.jpg"),
        ("写真.png", "写真.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.jpg", "y.jpg"),
        ("/absolute/photo.webp", "photo.webp"),
        ("folder/", "folder"),
        ("a\0b.jpg", "ab.jpg"),
        ("one\r\nSet-Cookie: two.jpg", "oneSet-Cookie_ two.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ('quo"te.jpg', "quo_te.jpg"),
        (".hidden", "hidden"),
        ("..", "photo"),
        ("...", "photo"),
        ("", "photo"),
        (None, "photo"),
        ("/", "photo"),
        ("\ud800.jpg", "jpg"),
    ],
)
def test_a_name_is_reduced_to_what_is_safe(given_name: str | None, bare: str) -> None:
    assert bare_name(given_name) == bare


def test_a_long_name_keeps_its_suffix() -> None:
    assert bare_name("x" * 5000 + ".jpg") == "x" * 196 + ".jpg"
    assert bare_name("写" * 5000 + ".jpg") == "写" * 65 + ".jpg"
    assert bare_name("x." + "y" * 5000) == "x." + "y" * 198


@given(st.text())
def test_whatever_is_sent_becomes_a_name(text: str) -> None:
    name = bare_name(text)
    assert 0 < len(name.encode()) <= 200
    assert not set(name) & set('/\\:"<>|?*\0\r\n')
    assert name == bare_name(name)
    assert name.isprintable() or " " in name or any(letter.isspace() for letter in name)


@given(st.text())
def test_a_header_holds_a_name_in(text: str) -> None:
    header = content_disposition(bare_name(text))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert unquote(header.partition("filename*=UTF-8''")[2]) == bare_name(text)


def test_a_header_tells_a_name_twice() -> None:
    header = content_disposition("Größe 100%.jpg")
    assert header == "attachment; filename=\"Gr__e 100_.jpg\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20100%25.jpg"
