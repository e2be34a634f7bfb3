"""`/v1/report`: the command's page from what was protected one by one."""

import json

import pytest

from ...page import Page


@pytest.fixture
def results(client, photos):
    """What three photos gave, of which two have the same name."""
    sent = client()
    asked = [(photos[0], "a.jpg"), (photos[1], "b.jpg"), (photos[2], "a.jpg")]
    return [
        sent.post(f"/v1/protect?name={name}", content=photo, headers={"Accept": "application/json"}).json()
        for photo, name in asked
    ]


def test_one_page_of_all(client, results) -> None:
    answer = client().post("/v1/report", json={"results": results})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="unseen-report.html"')
    page = Page(answer.text)
    assert all(name in page.text for name in ("a.jpg", "b.jpg", "a.jpg (2)"))
    pictures = [attributes["src"] for name, attributes in page.elements if name == "img"]
    assert len(pictures) >= 6
    for result in results:  # each photo its own, although two have one name
        assert f"data:image/jpeg;base64,{result['previews']['before']}" in pictures


def test_it_is_the_page_that_the_command_writes(client, results) -> None:
    from unseen.report import Report, to_html
    from unseen.report.as_json import from_json
    from unseen.web.results import Results
    from unseen.web.routes.report import _preview

    given = Results.model_validate(json.loads(json.dumps({"results": results[:1]}))).results[0]
    report: Report = from_json(json.dumps(results[0]["report"]))
    wanted = to_html(report, {"a.jpg": _preview(given.previews)})
    assert client().post("/v1/report", json={"results": results[:1]}).text == wanted


def test_photos_of_different_settings_are_not_told_as_one(client, photos, results) -> None:
    sent = client()
    other = sent.post("/v1/protect?seed=1", content=photos[0], headers={"Accept": "application/json"}).json()
    answer = sent.post("/v1/report", json={"results": [results[0], other]})
    assert answer.status_code == 422
    assert answer.json()["problem"] == "reports with different settings (seed) do not merge"


def test_a_script_in_a_name_stays_a_name(client, results) -> None:
    evil = "<script>alert(1)</script>"
    result = json.loads(json.dumps(results[0]).replace("a.jpg", evil))
    answer = client().post("/v1/report", json={"results": [result]})
    assert answer.status_code == 200
    assert evil not in answer.text
    assert "script" not in {name for name, _ in Page(answer.text).elements}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"results": []}',
        b'{"results": [3]}',
        b'{"results": [{"report": null}]}',
        b'{"results": [{"report": {"version": "1", "settings": {}, "photos": "x"}}]}',
        b'{"results": ' + b"[" * 100_000,
        b'{"results": [{"report": ' + b"9" * 10_000 + b"}]}",
        "ü".encode("latin-1"),
    ],
    ids=range(11),
)
def test_what_is_no_result_is_refused(client, body) -> None:
    answer = client().post("/v1/report", content=body, headers={"Content-Type": "application/json"})
    told = answer.json()
    assert answer.status_code == told["status"] == 422
    assert told["remedy"].startswith("send what /v1/protect gave as JSON")
    assert len(answer.text) < 500


def test_what_was_tampered_with_is_refused(client, results) -> None:
    sent = client()
    for path, value in [
        (("report", "photos", 0, "status"), "magic"),
        (("report", "photos", 0, "seconds"), "long"),
        (("report", "photos", 0, "models", 0, "before", "icp"), "high"),
        (("previews", "before"), "no base64!"),
        (("previews", "after"), "PHN2Zz4="),  # a drawing, in base64
        (("previews", "amplification"), -1),
    ]:
        result = json.loads(json.dumps(results[0]))
        place = result
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        answer = sent.post("/v1/report", json={"results": [result]})
        assert answer.status_code == 422, path
        assert answer.json()["remedy"].startswith("send what /v1/protect gave as JSON")
    assert sent.post("/v1/report", json={"results": results}).status_code == 200


def test_a_report_has_a_limit_too(client) -> None:
    answer = client(bytes=1000).post("/v1/report", json={"results": ["x" * 2000]})
    assert answer.status_code == 413
