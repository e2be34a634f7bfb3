import pytest

from unseen.web.form import FileOfForm, boundary_of
from unseen.web.problems import Problem


def form(*parts: tuple[str, bytes], end: bytes = b"--x--\r\n") -> bytes:
    told = (f"--x\r\nContent-Disposition: {head}\r\n\r\n".encode() + data + b"\r\n" for head, data in parts)
    return b"".join(told) + end


def parsed(body: bytes, size: int = 7) -> tuple[bytes, str | None]:
    """The file of a form that arrives in small pieces."""
    file = FileOfForm(b"x")
    for start in range(0, len(body), size):
        file.write(body[start : start + size])
    return file.finished()


PHOTO = ('form-data; name="file"; filename="a.jpg"', bytes(range(256)) * 10)


@pytest.mark.parametrize("size", [1, 7, 100, 100_000])
def test_a_file_arrives_whole_however_it_is_cut(size: int) -> None:
    assert parsed(form(PHOTO), size) == (PHOTO[1], "a.jpg")


def test_a_name_is_optional_and_may_be_of_any_script() -> None:
    assert parsed(form(('form-data; name="file"', b"x"))) == (b"x", None)
    assert parsed(form(('form-data; name="file"; filename="größe.jpg"', b"x"))) == (b"x", "größe.jpg")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (form(), "the form has no file"),
        (form(PHOTO, PHOTO), "the form has several files"),
        (form(('form-data; name="photo"; filename="a.jpg"', b"x")), "the form has a field 'photo'"),
        (form(PHOTO, ('form-data; name="seed"', b"5")), "the form has a field 'seed'"),
        (form(("form-data", b"x")), "the form has a field ''"),
        (form(("attachment", b"x")), "the form has a field ''"),
        (form(PHOTO, end=b""), "the form is broken"),
        (b"", "the form is broken"),
        (b"no form at all", "the form is broken"),
        (b"--x\r\n: \r\n\r\n", "the form is broken"),
    ],
)
def test_anything_but_one_file_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(Problem) as refused:
        parsed(body)
    assert (refused.value.told.status, refused.value.told.problem) == (422, problem)
    assert refused.value.told.remedy


def test_headers_without_an_end_are_refused_early() -> None:
    with pytest.raises(Problem, match="the form is broken"):
        parsed(b"--x\r\nContent-Disposition: " + b"y" * 1_000_000, size=1000)


def test_what_is_a_form_is_told_by_its_type() -> None:
    assert boundary_of('multipart/form-data; boundary="x"') == b"x"
    assert boundary_of("Multipart/Form-Data; boundary=x") == b"x"
    assert boundary_of("image/jpeg") is None
    assert boundary_of(None) is None


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/mixed; boundary=x", "multipart/form-data; boundary="]
)
def test_a_form_that_cannot_be_parted_is_refused(kind: str) -> None:
    with pytest.raises(Problem, match="the form is broken"):
        boundary_of(kind)
