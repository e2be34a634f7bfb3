"""Bodies as they come over a socket: too large, too slow, without end, cut off."""

import socket
import threading
import time

import pytest
import requests

from unseen.web import answering

from .served import Served, read_all, until

ENDLESS = b"10000\r\n" + bytes(0x10000) + b"\r\n"
"""A chunk, after which any number may follow."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "LINGER", 0.5)


def flood(connection: socket.socket, piece: bytes) -> float:
    """For how many seconds a server lets itself be flooded."""
    started = time.monotonic()
    try:
        while time.monotonic() - started < 30:
            connection.sendall(piece)
    except OSError:
        pass
    return time.monotonic() - started


def test_as_it_is_and_in_a_form_are_the_same(serve, photos) -> None:
    served = serve()
    plain = served.post("/v1/protect?name=me.jpg", photos[0])
    form = served.post("/v1/protect", files={"file": ("me.jpg", photos[0], "image/jpeg")}, data=None)
    assert plain.status_code == form.status_code == 200
    assert plain.content == form.content != photos[0]
    assert plain.headers["Content-Disposition"] == form.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", "application/x-www-form-urlencoded", None])
def test_content_decides_what_a_body_is(serve, photos, kind) -> None:
    served = serve()
    answer = served.post("/v1/inspect", photos[0], headers={"Content-Type": kind})
    assert answer.json()["format"] == "jpeg"


def test_a_large_form_stays_in_memory(serve, draw) -> None:
    served = serve()
    photo = draw("large.png", size=(1200, 900)).read_bytes()
    assert len(photo) > 1 << 20  # from where on Starlette's own parser writes to disk
    answer = served.post("/v1/inspect", None, files={"file": ("large.png", photo)})
    assert answer.json()["width"] == 1200
    assert list(served.scratch.iterdir()) == []


def test_a_length_that_is_too_large_is_refused_unread(serve, photos) -> None:
    served = serve(bytes=10_000)
    connection = served.connected("POST /v1/protect HTTP/1.1", Content_Length=10_001, Expect="100-continue")
    status, told = read_all(connection)
    assert (status, told["problem"], told["remedy"]) == (
        413,
        "the body is larger than 10000 bytes",
        "make the photo smaller first",
    )
    served.require_well(photos[0])


def test_one_who_sends_too_much_still_reads_why(serve, photos) -> None:
    served = serve(bytes=10_000)
    answer = served.post("/v1/protect", bytes(3_000_000))  # sends all of it before it reads
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"
    served.require_well(photos[0])


def test_a_body_without_an_end_is_cut_off(serve, photos) -> None:
    served = serve(bytes=1_000_000)
    connection = served.connected("POST /v1/protect HTTP/1.1", Transfer_Encoding="chunked")
    with connection:
        assert flood(connection, ENDLESS) < 10 * answering.LINGER
    served.require_well(photos[0])


def test_a_form_without_an_end_is_refused(serve, photos) -> None:
    served = serve(bytes=1_000_000)
    kind = "multipart/form-data; boundary=x"
    connection = served.connected("POST /v1/protect HTTP/1.1", Transfer_Encoding="chunked", Content_Type=kind)
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    for _ in range(17):
        connection.sendall(ENDLESS)
    status, told = read_all(connection)
    assert (status, told["remedy"]) == (413, "make the photo smaller first")
    served.require_well(photos[0])


def test_a_body_that_stalls_is_given_up(serve, photos) -> None:
    served = serve(stall=1)
    connection = served.connected("POST /v1/protect HTTP/1.1", Content_Length=len(photos[0]))
    connection.sendall(photos[0][:500])
    started = time.monotonic()
    status, told = read_all(connection)
    assert (status, told["problem"]) == (408, "the body stalled")
    assert 0.9 < time.monotonic() - started < 6
    served.require_well(photos[0])


def test_a_trickle_is_given_up_as_well(serve, photos) -> None:
    served = serve(stall=1, seconds=2)
    connection = served.connected("POST /v1/protect HTTP/1.1", Content_Length=len(photos[0]))
    has_ended = threading.Event()

    def trickle() -> None:
        for byte in photos[0]:
            if has_ended.wait(0.2):
                return
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                return

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        status, told = read_all(connection)
    finally:
        has_ended.set()
        thread.join()
    assert (status, told["remedy"]) == (408, "send the photo again, on a faster line")
    served.require_well(photos[0])


def test_a_body_that_is_cut_off_harms_nobody(serve, photos) -> None:
    served = serve()
    connection = served.connected("POST /v1/protect HTTP/1.1", Content_Length=len(photos[0]))
    connection.sendall(photos[0][:500])
    connection.close()
    served.require_well(photos[0])
    until(lambda: 'unseen_requests_total{route="/v1/protect",status="499"} 1.0' in metrics(served))


def test_all_that_arrives_at_once_is_bounded(serve, photos) -> None:
    served = serve(bytes=1_000_000, held=1_500_000)
    first = served.connected("POST /v1/protect HTTP/1.1", Content_Length=1_000_000)
    first.sendall(bytes(900_000))
    until(lambda: 'route="/v1/protect"' not in metrics(served))
    time.sleep(1)
    second = served.connected("POST /v1/protect HTTP/1.1", Content_Length=1_000_000)
    second.sendall(bytes(900_000))
    status, told = read_all(second)
    assert (status, told["problem"]) == (503, "too many photos arrive at once")
    first.close()
    time.sleep(0.3)
    served.require_well(photos[0])


@pytest.mark.parametrize("where", ["/v1/protect", "/v1/inspect", "/v1/picture"])
def test_an_empty_body_is_refused(serve, photos, where) -> None:
    served = serve()
    answer = served.post(f"{where}?name=empty.jpg")
    assert answer.status_code == 422
    assert answer.json()["problem"] == "empty.jpg: is empty"
    served.require_well(photos[0])


def test_a_compressed_body_is_refused(serve, photos) -> None:
    served = serve()
    answer = served.post("/v1/protect", photos[0], headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["problem"]) == (415, "the body is compressed")
    served.require_well(photos[0])


def metrics(served: Served) -> str:
    return requests.get(f"{served.url}/metrics", timeout=10).text
