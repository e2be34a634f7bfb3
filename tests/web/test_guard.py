"""Foreign names, foreign pages and strangers, over a real socket, where nobody corrects a header."""

import pytest
import requests

from .served import read_all

TOKEN = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def hosts() -> dict[bool, dict[str, bool]]:
    """For a server on this machine alone, and for one that others reach: which names are its own."""
    always = ["localhost", "LOCALHOST", "localhost:80", "127.0.0.1", "127.0.0.1:9", "127.8.9.1", "[::1]", "[::1]:80"]
    always += ["studio.example", "Studio.Example:8321"]
    others = ["192.168.1.7", "10.0.0.1:8321", "[fe80::1]", "[2001:db8::2]:80"]
    never = ["", "evil.example", "localhost.evil.example", "evil@localhost", "localhost@evil", "127.0.0.1.evil.example"]
    never += [
        "2130706433",
        "0x7f.1",
        "127.1",
        "::1",
        "[127.0.0.1]",
        "[::1",
        "localhost:",
        "localhost:80:80",
        "localhost/",
    ]
    never += ["localhost:x", "[studio.example]", "localhost ", "*", "studio.example.", "127.0.0.1\t"]
    return {
        True: dict.fromkeys(always, True) | dict.fromkeys(others + never, False),
        False: dict.fromkeys(always + others, True) | dict.fromkeys(never, False),
    }


@pytest.mark.parametrize("is_loopback", [True, False])
def test_only_its_own_names_are_answered(client, hosts, is_loopback) -> None:
    sent = client(app={"names": frozenset({"studio.example"}), "is_loopback": is_loopback})
    got = {host: sent.get("/healthz", headers={"Host": host}).status_code == 200 for host in hosts[is_loopback]}
    # h11 and every proxy strip the white space around a value; here nobody does.
    assert got == hosts[is_loopback]


def test_a_rebound_name_is_told_what_to_do(serve, photos) -> None:
    served = serve()
    connection = served.connected("POST /v1/protect HTTP/1.1", Host="evil.example", Content_Length=len(photos[0]))
    connection.sendall(photos[0])
    status, told = read_all(connection)
    assert (status, told["problem"]) == (400, "this server is not called 'evil.example'")
    assert "--name" in told["remedy"]
    served.require_well(photos[0])


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1", "evil.example"), ("127.0.0.1", "127.0.0.1")])
def test_a_name_is_told_once(serve, hosts) -> None:
    connection = serve().connected(
        "\r\n".join(["GET /v1/models HTTP/1.1", *(f"Host: {host}" for host in hosts)]), Host=None
    )
    with connection:
        assert connection.recv(100).split()[1] == b"400"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1", 200),
        ("https://127.0.0.1", 200),
        ("null", 403),
        ("http://evil.example", 403),
        ("http://127.0.0.1:80", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("ftp://127.0.0.1", 403),
        ("127.0.0.1", 403),
        ("", 403),
        ("http://localhost", 403),
    ],
)
def test_a_page_of_another_site_may_not_ask(client, photos, origin, status) -> None:
    answer = client().post("/v1/inspect", content=photos[0], headers={"Origin": origin})
    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_page_is_promised_that_it_may_ask(client) -> None:
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answer = client().options("/v1/protect", headers=asked)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/v1/protect", CROSS, 403),
        ("GET", "/v1/models", CROSS, 403),
        ("GET", "/v1/models", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("GET", "/v1/models", {"Sec-Fetch-Site": "none"}, 200),
        ("GET", "/healthz", CROSS | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ("GET", "/", CROSS | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ("GET", "/", CROSS | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ("POST", "/", CROSS | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 403),
        ("GET", "/", CROSS | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
    ],
)
def test_only_a_link_to_the_page_may_come_from_elsewhere(client, page_folder, method, path, headers, status) -> None:
    assert client().request(method, path, headers=headers).status_code == status


def test_every_answer_keeps_browsers_careful(client, page_folder, photos) -> None:
    sent = client(app={"token": TOKEN})
    owner = {"Authorization": f"Bearer {TOKEN}"}
    answers = [
        sent.get("/healthz"),
        sent.get("/nothing", headers=owner),
        sent.get("/v1/models"),
        sent.get("/v1/models", headers={"Host": "evil.example"}),
        sent.post("/v1/protect", content=photos[0], headers=owner),
        sent.post("/v1/protect", content=b"x", headers=owner),
        sent.get("/docs"),
        sent.get("/page/nothing"),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "://" not in policy
        assert "*" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
    assert {answer.headers["Cache-Control"] for answer in answers[2:6]} == {"no-store"}


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer \xff\xfe",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
    ],
)
def test_a_wrong_token_opens_nothing(client, photos, given) -> None:
    sent = client(app={"token": TOKEN})
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    for method, path in [("POST", "/v1/protect"), ("GET", "/v1/models"), ("GET", "/metrics"), ("GET", "/nothing")]:
        answer = sent.request(method, path, content=photos[0], headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "Authorization: Bearer" in answer.json()["remedy"]
        assert TOKEN not in answer.text
    assert sent.post("/v1/protect", content=photos[0], headers=bearer()).status_code == 200


def bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


def test_the_right_token_opens_everything(serve, photos) -> None:
    served = serve(app={"token": TOKEN})
    for headers in (bearer(), {"authorization": f"bearer  {TOKEN}"}):
        assert served.post("/v1/protect", photos[0], headers=headers).status_code == 200
        assert requests.get(f"{served.url}/metrics", headers=headers, timeout=9).status_code == 200
    twice = served.connected(
        f"GET /v1/models HTTP/1.1\r\nAuthorization: Bearer {TOKEN}", Authorization=f"Bearer {TOKEN}"
    )
    with twice:
        assert twice.recv(100).split()[1] == b"401"


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/docs/assets/swagger-ui-bundle.js"])
def test_some_pages_need_no_token(client, path) -> None:
    assert client(app={"token": TOKEN}).get(path).status_code == 200


@pytest.mark.parametrize("path", ["//v1/models", "/./v1/models", "/v1%2Fmodels", "/V1/models", "/page/../v1/models"])
def test_no_detour_leads_around_the_token(serve, page_folder, path) -> None:
    served = serve(app={"token": TOKEN})
    with served.connected(f"GET {path} HTTP/1.1", Connection="close") as connection:
        status = int(connection.recv(100).split()[1])
    assert status in (401, 404)


def test_without_a_token_nothing_asks_for_one(client) -> None:
    sent = client()
    assert sent.get("/v1/models").status_code == 200
    assert "securitySchemes" not in sent.get("/openapi.json").json()["components"]
