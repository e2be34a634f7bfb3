import pytest

from unseen.errors import UnseenError
from unseen.naming import nearest, parse_name, typed


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("lite0", "lite0", {}),
        ("timm:resnet18.a1_in1k", "timm:resnet18.a1_in1k", {}),
        ("a?b=1&c=x=y", "a", {"b": "1", "c": "x=y"}),
        ("a?weights=", "a", {"weights": ""}),
        ("a?weights=C:\\my+files\\50%25%20%26%20more.pth", "a", {"weights": "C:\\my+files\\50% & more.pth"}),
        ("a?weights=https://host/a%20b.pth?x=1%26y=2", "a", {"weights": "https://host/a%20b.pth?x=1&y=2"}),
        ("C:\\models\\file.py:load?size=3", "C:\\models\\file.py:load", {"size": "3"}),
        ("a?", "a", {}),
    ],
)
def test_a_name_and_its_options(text: str, name: str, options: dict[str, str]) -> None:
    assert parse_name(text) == (name, options)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "nothing"), ("?a=1", "nothing"), ("a?b", "'b'"), ("a?=1", "'=1'"), ("a?b=1&b=2", "twice")],
)
def test_what_cannot_be_read_is_named(text: str, problem: str) -> None:
    with pytest.raises(UnseenError, match=problem):
        parse_name(text)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("10", 10),
        ("0.5", 0.5),
        ("True", True),
        ("None", None),
        ("same", "same"),
        ("1,2", (1, 2)),
        ("[1]", "[1]"),
        ("", ""),
        ("a b", "a b"),
    ],
)
def test_a_value_is_what_it_spells(value: str, meant: object) -> None:
    assert typed(value) == meant
    assert type(typed(value)) is type(meant)


def test_the_nearest_name_is_suggested() -> None:
    assert nearest("resnt50", ["vgg16", "resnet50", "resnet101"]) == "did you mean 'resnet50'?"
    assert nearest("zzz", ["b", "a"]) == "choose one of a, b"
    assert nearest("zzz", (f"model{index:02}" for index in range(40))).endswith("model11 and 28 more")


def test_several_near_names() -> None:
    assert nearest("dog", ["dogs", "doge", "cat"], count=2) == "did you mean 'dogs' or 'doge'?"
    assert nearest("dog", ["dogs", "doge", "cat"]) == "did you mean 'dogs'?"
