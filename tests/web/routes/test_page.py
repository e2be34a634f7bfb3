"""`/`, `/page/…` and `/docs`: served from here, and nothing of them from anywhere else."""

import re

import pytest


def test_the_page(client, page_folder) -> None:
    sent = client(app={"token": "needed-for-photos-only"})
    answer = sent.get("/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Hello" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"


def test_its_files_are_asked_for_again_only_where_they_changed(client, page_folder) -> None:
    sent = client()
    first = sent.get("/page/main.js")
    assert first.headers["Content-Type"].startswith("text/javascript")
    again = sent.get("/page/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "....//secret.txt",
        "..\\secret.txt",
        "%00",
        "/etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(serve, page_folder, photos, path) -> None:
    served = serve()
    with served.connected(f"GET /page/{path} HTTP/1.1", Connection="close") as connection:
        answer = connection.recv(10_000)
    assert answer.split()[1] == b"404"
    assert b"secret\n" not in answer
    served.require_well(photos[0])


def test_the_documentation_asks_nobody_else(client) -> None:
    sent = client()
    answer = sent.get("/docs")
    assert answer.status_code == 200
    assert "http" not in re.sub(r"<!--.*?-->", "", answer.text)
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        assert sent.get(path).status_code == 200
    assert sent.get("/redoc").status_code == 404
    policy = answer.headers["Content-Security-Policy"]
    assert "'sha256-" in policy
    assert "script-src 'self' 'unsafe" not in policy
