"""`/v1/protect`: what comes back, for whom, and what becomes of photos whose senders leave."""

import base64
import json
import socket
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from unseen.plan import Job
from unseen.protect import Protection, load_networks, protect_photos
from unseen.report.as_json import from_json
from unseen.schemes import ClassReplacement
from unseen.web import waiting
from unseen.web.offer import Offer

from ..served import Served, read_all, until

STREAM = {"Accept": "application/x-ndjson"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def sleepy(tiny: str) -> Offer:
    """A network that takes seconds for a photo."""
    return Offer(models=(f"{tiny}?pause=0.05",), audit_models=(), device="cpu")


def test_the_copy_is_the_one_that_the_command_writes(client, photos, tiny, tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    source.write_bytes(photos[0])
    job = Job(source=source, target=tmp_path / "out" / "photo.jpg")
    protection = Protection(
        scheme=ClassReplacement(epsilon=6 / 255, max_iterations=70),
        surrogates=load_networks([tiny]),
        held_out=load_networks([f"{tiny}?seed=1"]),
        seed=5,
        lanes=1,
    )
    (outcome,) = protect_photos([job], protection)
    answer = client().post("/v1/protect?scheme=replace&epsilon=6&max-iterations=70&seed=5", content=photos[0])
    assert answer.content == job.target.read_bytes()
    assert answer.headers["X-Unseen-Status"] == outcome.row.status


def test_a_photo_comes_back_as_a_file(client, photos) -> None:
    answer = client().post("/v1/protect?name=me.jpg&format=png", content=photos[0], headers={"Accept": "image/*"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["X-Unseen-Status"] in ("protected", "not_achieved")
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"me.png\"; filename*=UTF-8''me.png"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_report_is_the_command_s(client, photos) -> None:
    sent = client()
    told = sent.post("/v1/protect?name=me.jpg", content=photos[0], headers=JSON).json()
    assert base64.b64decode(told["photo"]) == sent.post("/v1/protect?name=me.jpg", content=photos[0]).content
    assert (told["name"], told["type"]) == ("me.jpg", "image/jpeg")
    report = from_json(json.dumps(told["report"]))
    assert report.settings["scheme"] == "shield"
    assert report.photos[0].input == report.photos[0].output == "me.jpg"
    assert {read.photo for read in report.photos[0].audit} == {"me.jpg"}
    for name in ("before", "after", "noise"):
        assert base64.b64decode(told["previews"][name]).startswith(b"\xff\xd8")
    assert told["previews"]["amplification"] >= 1


def test_what_shows_nothing_to_hide_is_left_untouched(client, photos) -> None:
    sent = client()
    seen = sent.post("/v1/inspect", content=photos[0]).json()["models"][0]["top5"]
    hidden = next(f"thing {index}" for index in range(12) if f"thing {index}" not in [one["label"] for one in seen])
    plain = sent.post("/v1/protect", content=photos[0], params={"hide": hidden})
    assert (plain.status_code, plain.headers["X-Unseen-Status"], plain.content) == (204, "untouched", b"")
    told = sent.post("/v1/protect", content=photos[0], params={"hide": hidden}, headers=JSON)
    assert told.status_code == 200
    assert (told.json()["photo"], told.json()["type"]) == (None, None)
    assert told.json()["report"]["photos"][0]["status"] == "untouched"


def test_a_stream_tells_of_every_stage(serve, sleepy, photos) -> None:
    served = serve(sleepy)
    answer = served.post("/v1/protect?name=me.jpg", photos[0], headers=STREAM, stream=True)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    lines = [json.loads(line) for line in answer.iter_lines()]
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    assert [stage for stage in stages if stage not in ("reading", "checking")] == ["waiting", "protecting", "done"]
    steps = [line["step"] for line in lines if line["stage"] == "protecting"]
    assert steps == sorted(steps)
    assert steps[-1] > steps[0]
    assert all(line["step"] <= line["of"] for line in lines if line["stage"] == "protecting")
    result = lines[-1]["result"]
    assert result.keys() == {"report", "name", "photo", "type", "previews"}
    assert base64.b64decode(result["photo"]) == served.post("/v1/protect", photos[0]).content


def test_a_stream_ends_with_what_went_wrong(serve, photos) -> None:
    served = serve()
    answer = served.post("/v1/protect?name=me.jpg&label=nobody", photos[0], headers=STREAM)
    assert answer.status_code == 200
    last = json.loads(answer.text.splitlines()[-1])
    assert last["stage"] == "failed"
    assert last["problem"]["status"] == 422
    assert last["problem"]["problem"].startswith("label 'nobody' is no class")
    served.require_well(photos[0])


def test_a_stream_is_refused_before_it_begins(client, photos) -> None:
    sent = client()
    answer = sent.post("/v1/protect?scheme=shild", content=photos[0], headers=STREAM)
    assert (answer.status_code, answer.json()["remedy"]) == (422, "did you mean 'shield'?")
    answer = sent.post("/v1/protect?name=me.gif", content=b"GIF89a", headers=STREAM)
    assert (answer.status_code, answer.json()["problem"]) == (415, "me.gif: is a GIF")


@pytest.mark.parametrize("accept", ["image/*", "application/json", "application/x-ndjson"])
def test_who_hangs_up_frees_the_lane(serve, sleepy, photos, accept) -> None:
    served = serve(sleepy)
    connection = served.connected("POST /v1/protect?steps=1000 HTTP/1.1", Content_Length=len(photos[0]), Accept=accept)
    connection.sendall(photos[0])
    until(lambda: served.desk.waiting == 1)
    time.sleep(0.5)  # it is being computed
    started = time.monotonic()
    connection.close()
    until(lambda: served.desk.waiting == 0, seconds=5)
    assert time.monotonic() - started < 3
    until(lambda: 'unseen_photos_total{status="given_up"} 1.0' in requests.get(served.url + "/metrics", timeout=9).text)
    served.require_well(photos[0])


@pytest.mark.parametrize("accept", ["image/*", "application/x-ndjson"])
def test_who_hangs_up_at_once_leaves_nothing_behind(serve, sleepy, photos, accept) -> None:
    served = serve(sleepy)
    for seed in range(20):
        path = f"/v1/protect?steps=1000&seed={seed}"
        connection = served.connected(f"POST {path} HTTP/1.1", Content_Length=len(photos[0]), Accept=accept)
        connection.sendall(photos[0])
        connection.close()
    until(lambda: metric(served, "unseen_requests_total") >= 20)
    until(lambda: served.desk.waiting == 0)
    served.require_well(photos[0])


def metric(served: Served, name: str) -> float:
    """The sum of a metric's series about photos."""
    told = requests.get(served.url + "/metrics", timeout=9).text
    return sum(float(line.rpartition(" ")[2]) for line in told.splitlines() if line.startswith(f'{name}{{route="/v1/'))


def test_who_hangs_up_in_the_line_leaves_it(serve, sleepy, photos) -> None:
    served = serve(sleepy)
    connections = []
    for number in range(3):
        path = f"/v1/protect?steps=1000&seed={number}"  # of different settings, so that none shares a batch
        connections.append(served.connected(f"POST {path} HTTP/1.1", Content_Length=len(photos[0])))
        connections[-1].sendall(photos[0])
        until(lambda number=number: served.desk.waiting == number + 1)
    connections[1].close()
    until(lambda: served.desk.waiting == 2)
    for connection in connections:
        connection.close()
    until(lambda: served.desk.waiting == 0)
    served.require_well(photos[0])


def test_what_takes_too_long_is_given_up(serve, sleepy, photos) -> None:
    served = serve(sleepy, seconds=1)
    started = time.monotonic()
    answer = served.post("/v1/protect?steps=1000", photos[0])
    assert time.monotonic() - started < 5
    assert answer.status_code == 504
    assert answer.json()["problem"] == "this took longer than 1 seconds"
    until(lambda: served.desk.waiting == 0)
    last = served.post("/v1/protect?steps=1000", photos[0], headers=STREAM).text.splitlines()[-1]
    assert json.loads(last)["problem"]["status"] == 504
    until(lambda: served.desk.waiting == 0)


def test_a_client_may_not_have_too_many_waiting(serve, sleepy, photos) -> None:
    served = serve(sleepy, waiting=4, waiting_each=2)
    first = [begun(served, photos[0], "one", number) for number in range(3)]  # one of them is being computed
    answer = served.post("/v1/protect?seed=9", photos[0], headers={"X-Unseen-Client": "one"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert answer.json()["remedy"] == "send more when some are done"
    second = [begun(served, photos[0], "two", number, of=4 + number) for number in range(2)]
    answer = served.post("/v1/protect?seed=9", photos[0], headers={"X-Unseen-Client": "three"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    for connection in first + second:
        connection.close()
    until(lambda: served.desk.waiting == 0)
    served.require_well(photos[0])


def test_clients_of_a_proxy_take_turns_by_their_own_address(serve, sleepy, photos) -> None:
    served = serve(sleepy, is_behind_proxy=True, waiting_each=1)
    held = [begun(served, photos[0], "one", number) for number in range(2)]  # one of them is being computed
    assert served.post("/v1/protect?seed=9", photos[0], headers={"X-Unseen-Client": "one"}).status_code == 429
    held.append(begun(served, photos[0], "one", 2, X_Forwarded_For="192.0.2.1"))
    for connection in held:
        connection.close()


def test_without_a_proxy_nobody_chooses_an_address(serve, sleepy, photos) -> None:
    served = serve(sleepy, waiting_each=1)
    held = [begun(served, photos[0], "one", number, X_Forwarded_For=f"192.0.2.{number}") for number in range(2)]
    headers = {"X-Unseen-Client": "one", "X-Forwarded-For": "192.0.2.9"}
    assert served.post("/v1/protect?seed=9", photos[0], headers=headers).status_code == 429
    for connection in held:
        connection.close()


def begun(
    served: Served, photo: bytes, client: str, number: int, of: int | None = None, **headers: str
) -> socket.socket:
    """A connection whose photo stands in the line."""
    told = {"Content_Length": len(photo), "X_Unseen_Client": client, **headers}
    connection = served.connected(f"POST /v1/protect?steps=1000&seed={number} HTTP/1.1", **told)
    connection.sendall(photo)
    until(lambda: served.desk.waiting == (of or number + 1))
    time.sleep(0.1)
    return connection


def test_time_in_the_line_does_not_count(serve, sleepy, photos) -> None:
    served = serve(sleepy, seconds=4)
    endless = begun(served, photos[0], "one", 0)
    started = time.monotonic()
    answer = served.post("/v1/protect?scheme=crop", photos[1], headers={"X-Unseen-Client": "two"})
    assert answer.status_code == 200
    assert time.monotonic() - started > 1, "it waited for the first one's time to be over"
    status, told = read_all(endless)
    assert status == 504
    assert told["problem"] == "this took longer than 4 seconds"
    waiting = served.post("/v1/protect?steps=1000", photos[1])
    assert waiting.status_code == 504


def test_ten_clients_at_once_get_what_each_would_get_alone(serve, photos) -> None:
    served = serve()
    wanted = {number: served.post("/v1/protect?lanes=4&seed=2", photos[number % 8]).content for number in range(8)}
    with ThreadPoolExecutor(10) as clients:
        got = list(clients.map(lambda number: served.post("/v1/protect?lanes=4&seed=2", photos[number % 8]), range(40)))
    assert [answer.status_code for answer in got] == [200] * 40
    assert [answer.content for answer in got] == [wanted[number % 8] for number in range(40)]
    served.require_well(photos[0])


def test_who_waits_when_the_server_stops_is_told(serve, sleepy, photos) -> None:
    served = serve(sleepy)
    answers: list[requests.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(served.post("/v1/protect?steps=1000&seed=1", photos[0]))),
        threading.Thread(target=lambda: answers.append(served.post("/v1/protect?steps=1000&seed=2", photos[1]))),
    ]
    for thread in threads:
        thread.start()
    until(lambda: served.desk.waiting == 2)
    served.desk.stop()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert {answer.json()["problem"] for answer in answers} == {"the server is stopping"}
    late = served.post("/v1/protect", photos[0])
    assert (late.status_code, late.headers["Retry-After"]) == (503, "5")


def test_a_stream_that_waits_long_says_that_it_is_alive(serve, sleepy, photos, monkeypatch) -> None:
    monkeypatch.setattr(waiting, "ALIVE", 0.5)
    served = serve(sleepy, seconds=3)
    first = begun(served, photos[0], "one", 0)
    lines = served.post("/v1/protect?seed=7", photos[1], headers=STREAM).text.splitlines()
    assert lines.count('{"stage": "waiting", "ahead": 1}') >= 3
    first.close()


@pytest.mark.parametrize("where", ["/v1/protect", "/v1/inspect", "/v1/picture"])
def test_what_is_no_photo_is_refused(serve, photos, where) -> None:
    header = chunk(b"IHDR", (20_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0")
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    served = serve()
    for name, body, status, problem in [
        ("moving.gif", b"GIF89a" + bytes(20), 415, "is a GIF"),
        ("film.mp4", b"\0\0\0\x18ftypmp42" + bytes(30), 415, "is a video"),
        ("words.txt", b"I am no photo.", 415, "is not a photo"),
        ("bomb.png", bomb, 413, "has more than the 64 megapixels allowed"),
        ("cut.jpg", photos[0][:900], 422, "is truncated or damaged"),
    ]:
        answer = served.post(f"{where}?name={name}", body)
        told = answer.json()
        assert (answer.status_code, told["status"]) == (status, status)
        assert told["problem"].startswith(f"{name}: {problem}")
        assert told["remedy"]
    served.require_well(photos[0])


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
