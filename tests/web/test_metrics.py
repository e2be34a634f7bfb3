"""What an operator can watch."""

from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(sent) -> Samples:
    """The value of every series, by its name and labels."""
    told = sent.get("/metrics")
    assert told.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(told.text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for each in families for one in each.samples}


def requests(found: Samples, route: str, status: int) -> float:
    return found.get(("unseen_requests_total", (("route", route), ("status", str(status)))), 0)


def test_requests_and_photos_are_counted(client, photos) -> None:
    sent = client()
    for _ in range(3):
        assert sent.post("/v1/protect", content=photos[0]).status_code == 200
    sent.post("/v1/protect", content=b"")
    sent.post("/v1/protect?label=nobody", content=photos[0])
    sent.get("/some/random/path")
    sent.get("/another")
    found = samples(sent)
    assert requests(found, "/v1/protect", 200) == 3
    assert requests(found, "/v1/protect", 422) == 2
    assert requests(found, "other", 404) == 2  # nobody can make up series
    done = sum(found.get(("unseen_photos_total", (("status", status),)), 0) for status in ("protected", "not_achieved"))
    assert done == found["unseen_photo_seconds_count", ()] == 3
    assert found["unseen_photos_total", (("status", "refused"),)] == 1
    assert found["unseen_batch_photos_count", ()] >= 3
    assert found["unseen_batch_photos_bucket", (("le", "8.0"),)] == found["unseen_batch_photos_count", ()]
    assert found["unseen_photos_waiting", ()] in (0, 1)
    assert found["process_resident_memory_bytes", ()] > 1 << 20


def test_each_server_counts_for_itself(client, photos) -> None:
    first, second = client(), client()
    first.post("/v1/inspect", content=photos[0])
    assert requests(samples(first), "/v1/inspect", 200) == 1
    assert requests(samples(second), "/v1/inspect", 200) == 0


def test_who_is_refused_at_the_door_is_counted(client) -> None:
    sent = client()
    sent.get("/v1/models", headers={"Host": "evil.example"})
    assert requests(samples(sent), "other", 400) == 1


def test_nothing_of_a_photo_is_told(client, photos) -> None:
    sent = client()
    sent.post("/v1/protect?name=secret-name.jpg&label=thing+1", content=photos[0])
    told = sent.get("/metrics").text
    assert "secret-name" not in told
    assert "thing" not in told
