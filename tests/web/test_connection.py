"""Connections over which nothing good comes: real sockets, and patience made short."""

import json
import socket
import time

import pytest

from unseen.web import connection

from .served import until

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def ended(client: socket.socket) -> bool:
    """Whether the server closes a connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def answers(port: int) -> bool:
    with connected(port) as client:
        client.sendall(HEALTH + b"\r\n")
        return client.recv(12) == b"HTTP/1.1 200"


def test_who_says_nothing_or_never_comes_to_the_end_of_a_head_is_sent_away(
    serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENT", 2)
    port = serve().port
    with connected(port) as silent, connected(port) as slow, connected(port) as well:
        slow.sendall(HEALTH)
        well.sendall(HEALTH + b"\r\n")
        assert ended(silent)
        assert ended(slow)
        assert well.recv(12) == b"HTTP/1.1 200"
        time.sleep(2.5)
        well.sendall(HEALTH + b"\r\n")
        answer = b""
        while b"HTTP/1.1 200" not in answer:
            answer += (piece := well.recv(65536))
            assert piece
    assert answers(port)


def test_more_connections_than_are_served_are_closed_and_the_others_go_on(
    serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST", 3)
    port = serve().port
    clients = [connected(port) for _ in range(3)]
    with connected(port) as one_too_many:
        assert ended(one_too_many)
    clients.pop().close()
    until(lambda: answers(port))
    for client in clients:
        client.close()


def test_an_answer_that_nobody_reads_is_dropped(serve, draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD", 0.3)
    served = serve()
    photo = draw("large.png", size=(2400, 1800)).read_bytes()
    head = f"POST /v1/picture HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(photo)}\r\n\r\n".encode()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(30)
        client.connect(("127.0.0.1", served.port))
        client.sendall(head + photo)
        client.recv(1)  # it comes, and then nobody reads
        time.sleep(1.5)
        received = 0
        try:
            while piece := client.recv(1 << 20):
                received += len(piece)
        except ConnectionResetError:
            pass
    assert received < len(photo) / 2
    assert answers(served.port)


@pytest.mark.parametrize(
    "said", [b"hello there\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost b\r\n\r\n", b"\x16\x03\x01" * 9]
)
def test_what_is_no_http_is_told_as_any_other_problem(serve, said: bytes) -> None:
    port = serve().port
    with connected(port) as client:
        client.sendall(said + b"\r\n\r\n")
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    assert json.loads(body)["problem"] == "this is no HTTP request"
    assert answers(port)
