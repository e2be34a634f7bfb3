"""OpenAPI tells every route, every status and every body."""

import pytest

from unseen.photo.photo import SUFFIXES

PATHS = {
    "/v1/inspect",
    "/v1/protect",
    "/v1/picture",
    "/v1/report",
    "/v1/models",
    "/v1/schemes",
    "/healthz",
    "/metrics",
}


@pytest.fixture
def told(client) -> dict:
    return client(app={"token": "a-token-of-this-test"}).get("/openapi.json").json()


def test_all_that_programs_use_is_told(told) -> None:
    assert told["paths"].keys() == PATHS


def test_every_refusal_is_told(told) -> None:
    for path, operations in told["paths"].items():
        for operation in operations.values():
            known = {"400", "401", "403", "500"}
            known |= {"408", "413", "415", "422"} if operation.get("requestBody") else set()
            known |= {"429", "503", "504"} if path in ("/v1/protect", "/v1/inspect", "/v1/picture") else set()
            assert known <= operation["responses"].keys(), path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Told"}


def test_every_body_is_told(told) -> None:
    for path in ("/v1/inspect", "/v1/protect", "/v1/picture"):
        kinds = told["paths"][path]["post"]["requestBody"]["content"]
        assert kinds.keys() == {f"image/{form}" for form in SUFFIXES} | {
            "application/octet-stream",
            "multipart/form-data",
        }
    for name in ("Results", "ProtectedPhoto", "Inspected", "Report", "Told"):
        assert name in told["components"]["schemas"]
    assert "application/x-ndjson" in told["paths"]["/v1/protect"]["post"]["responses"]["200"]["content"]


def test_who_needs_the_token_is_told(told) -> None:
    locked = {
        path for path, operations in told["paths"].items() if any("security" in one for one in operations.values())
    }
    assert locked == PATHS - {"/healthz"}


def test_it_is_told_the_same_every_time(client) -> None:
    sent = client()
    assert sent.get("/openapi.json").json() == sent.get("/openapi.json").json()
