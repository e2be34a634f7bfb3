import pytest

from unseen.web.accepting import Form, accepted


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, Form.PHOTO),
        ("", Form.PHOTO),
        ("*/*", Form.PHOTO),
        ("image/*", Form.PHOTO),
        ("image/png", Form.PHOTO),
        ("application/json", Form.JSON),
        ("APPLICATION/JSON; charset=utf-8", Form.JSON),
        ("application/x-ndjson", Form.STREAM),
        ("application/json, text/plain, */*", Form.JSON),
        ("image/webp, */*;q=0.8", Form.PHOTO),
        ("application/json;q=0.5, image/*", Form.PHOTO),
        ("application/json;q=0.5, image/*;q=0.4", Form.JSON),
        ("application/x-ndjson, application/json", Form.STREAM),
        ("application/json;q=0, */*", Form.PHOTO),
        ("application/json;q=nonsense", Form.PHOTO),
        ("application/json;q=nan", Form.PHOTO),
        ("application/json;q=7", Form.PHOTO),
        ("text/html", Form.PHOTO),
        (",;,=,q=", Form.PHOTO),
    ],
)
def test_what_is_wanted_most(header: str | None, form: Form) -> None:
    assert accepted(header) is form
