import pytest


@pytest.mark.parametrize("path", ["/healthz", "/v1/models", "/metrics", "/docs", "/nothing", "/v1/protect"])
def test_head_is_get_without_a_body(client, path) -> None:
    sent = client()
    wanted, got = sent.get(path), sent.head(path)
    assert (got.status_code, got.content) == (wanted.status_code, b"")
    assert got.headers["Content-Type"] == wanted.headers["Content-Type"]
    if path != "/metrics":
        assert got.headers["Content-Length"] == wanted.headers["Content-Length"]


def test_a_connection_that_was_read_to_the_end_is_kept(serve, photos) -> None:
    served = serve()
    refused = served.post("/v1/protect?seed=x", b"")
    assert "Connection" not in refused.headers
    answer = served.post("/v1/protect", photos[0])
    assert "Connection" not in answer.headers


def test_a_question_in_vain_does_not_wait_for_the_body(serve, photos) -> None:
    served = serve()
    connection = served.connected("POST /v1/protect?seed=x HTTP/1.1", Content_Length=1000)
    with connection:
        connection.sendall(b"only the beginning")
        answer = connection.recv(10_000)
    assert answer.split()[1] == b"422"
    assert b"connection: close" in answer
