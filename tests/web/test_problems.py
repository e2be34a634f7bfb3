"""Errors as their senders are told them."""

import logging
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from unseen.errors import ModelError, PhotoError, TooLargeError, UnseenError, UnsupportedError
from unseen.watch import GivenUpError
from unseen.web.app import create_app
from unseen.web.line import LineFullError, TooManyWaitingError
from unseen.web.problems import Problem, Unexpected, problem_of
from unseen.web.side_table import StoppingError

STOPPING = (503, "the server is stopping", "send the photo again when it is back")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnsupportedError("a.gif", "is a GIF", "export it"), (415, "a.gif: is a GIF", "export it")),
        (TooLargeError("a.png", "is huge", "make it smaller"), (413, "a.png: is huge", "make it smaller")),
        (PhotoError("a.jpg", "is cut", "fetch it again"), (422, "a.jpg: is cut", "fetch it again")),
        (PhotoError("a.jpg", "cannot be", "choose --format png"), (422, "a.jpg: cannot be", "choose format png")),
        (UnseenError("x is 3; give 4"), (422, "x is 3", "give 4")),
        (UnseenError("a; b is 3; give 4"), (422, "a; b is 3", "give 4")),
        (UnseenError("x is 3: give 4"), (422, "x is 3", "give 4")),
        (UnseenError("no"), (422, "no", "change the request")),
        (UnseenError("--hide is empty; give --hide dog"), (422, "hide is empty", "give hide dog")),
        (UnseenError("a--b; --c-d"), (422, "a--b", "c-d")),
        (UnseenError("two\nlines; give one"), (422, "two\\nlines", "give one")),
        (ModelError("lite9: no such network; give lite0"), (422, "lite9: no such network", "give lite0")),
        (LineFullError("64 are waiting; try again later"), (503, "64 are waiting", "try again later")),
        (TooManyWaitingError("you have 3 here; wait"), (429, "you have 3 here", "wait")),
        (StoppingError(), STOPPING),
        (GivenUpError(), STOPPING),
        (CancelledError(), STOPPING),
        (Problem(418, "short", "stout"), (418, "short", "stout")),
    ],
)
def test_an_error_becomes_a_status_and_two_lines(error: Exception, told: tuple[int, str, str]) -> None:
    problem = problem_of(error)
    assert (problem.told.status, problem.told.problem, problem.told.remedy) == told
    assert problem.status_code == problem.response().status_code == told[0]
    assert ("Retry-After" in problem.response().headers) == (told[0] in (429, 503))


def test_what_nobody_foresaw_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            {}["a private word"]
        except KeyError as error:
            problem = problem_of(error)
    assert (problem.told.status, problem.told.problem) == (500, "unexpected KeyError")
    assert "private" not in caplog.text + problem.told.problem + problem.told.remedy
    assert "test_problems.py" in caplog.text
    assert str(Path(__file__).parent) not in caplog.text


def broken(app) -> None:
    @app.get("/broken")
    async def fail() -> None:
        raise ZeroDivisionError("a private word")


def test_what_nobody_foresaw_is_told_and_harms_nobody(opened, offer, photos) -> None:
    desk = opened(offer)
    app = create_app(offer, desk, desk.limits)
    broken(app)
    sent = TestClient(app, base_url="http://127.0.0.1")
    answer = sent.get("/broken")
    assert (answer.status_code, answer.json()["problem"]) == (500, "unexpected ZeroDivisionError")
    assert "private" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.post("/v1/protect", content=photos[0]).status_code == 200


def test_an_answer_that_has_begun_is_cut() -> None:
    async def half(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        TestClient(Unexpected(half)).get("/")


@pytest.mark.parametrize(
    ("method", "path", "status", "problem", "remedy"),
    [
        ("GET", "/nothing", 404, "there is nothing at /nothing", "see /docs for all there is"),
        ("POST", "/v1/nothing", 404, "there is nothing at /v1/nothing", "see /docs for all there is"),
        ("GET", "/v1/protect", 405, "/v1/protect takes no GET", "send POST"),
        ("DELETE", "/v1/models", 405, "/v1/models takes no DELETE", "send GET"),
        ("PUT", "/healthz", 405, "/healthz takes no PUT", "send GET"),
    ],
)
def test_where_there_is_nothing(client, method, path, status, problem, remedy) -> None:
    answer = client().request(method, path)
    assert answer.json() == {"status": status, "problem": problem, "remedy": remedy}
    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)
