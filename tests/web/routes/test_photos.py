"""`/v1/inspect` and `/v1/picture`."""

import base64
import io
import time
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from starlette.testclient import TestClient

from unseen.photo import read_photo
from unseen.protect import load_networks
from unseen.reading import answer, reading
from unseen.web import studio
from unseen.web.app import create_app
from unseen.web.desk import Desk
from unseen.web.limits import Limits

from ..served import until


def test_what_networks_read_is_what_the_command_tells(client, draw, tiny) -> None:
    path: Path = draw("me.jpg", size=(64, 48))
    told = client().post("/v1/inspect?name=me.jpg", content=path.read_bytes()).json()
    assert [told[key] for key in ("name", "width", "height", "format", "picture")] == ["me.jpg", 64, 48, "jpeg", None]
    networks = load_networks([tiny, f"{tiny}?seed=1"])
    assert [model["name"] for model in told["models"]] == [network.name for network in networks]
    assert [model["role"] for model in told["models"]] == ["surrogate", "held-out"]
    for model, network in zip(told["models"], networks, strict=True):
        logits = answer(network, read_photo(path).srgb)
        read = reading(logits, int(logits.argmax()), network.class_names)
        assert model["ice"] == read.ice
        assert model["classes"] == 12
        assert model["top5"] == [{"label": one.label, "probability": one.probability} for one in read.top5]


def test_networks_may_be_named(client, photos, tiny) -> None:
    sent = client()
    one = sent.post("/v1/inspect", content=photos[0], params={"model": f"{tiny}?seed=1"}).json()
    assert [model["name"] for model in one["models"]] == [f"{tiny}?seed=1"]
    two = sent.post("/v1/inspect", content=photos[0], params={"model": [f"{tiny}?seed=1", tiny]}).json()
    assert [model["role"] for model in two["models"]] == ["held-out", "surrogate"]


def test_what_the_file_tells_is_named(client, draw) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    path: Path = draw("me.jpg", exif=exif)
    told = client().post("/v1/inspect?name=me.png", content=path.read_bytes()).json()
    assert "GPS position" in told["metadata"]
    assert told["notes"] == ["its name ends in .png but its content is JPEG, and stays so"]


def test_a_small_picture_comes_along_where_it_is_wanted(client, draw) -> None:
    path: Path = draw("me.tiff", size=(200, 100))
    told = client().post("/v1/inspect?picture=50", content=path.read_bytes()).json()
    picture = Image.open(io.BytesIO(base64.b64decode(told["picture"])))
    assert (picture.format, picture.size) == ("JPEG", (50, 25))


@pytest.mark.parametrize("name", ["me.tiff", "me.heic", "me.avif", "me.png"])
def test_every_format_becomes_a_picture_that_browsers_show(client, draw, name) -> None:
    pillow_heif.register_heif_opener()
    path: Path = draw(name, size=(200, 100))
    answered = client().post("/v1/picture", content=path.read_bytes())
    assert (answered.status_code, answered.headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(answered.content)) as picture:
        assert np.array_equal(np.asarray(picture), read_photo(path).srgb)
        assert picture.info == {}


def test_a_picture_is_upright(client, draw) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path: Path = draw("me.jpg", size=(200, 100), exif=exif)
    with Image.open(io.BytesIO(client().post("/v1/picture", content=path.read_bytes()).content)) as picture:
        assert picture.size == (100, 200)


def test_who_hangs_up_while_looking_harms_nobody(serve, slow, photos) -> None:
    served = serve(slow)
    for _ in range(5):
        connection = served.connected("POST /v1/inspect HTTP/1.1", Content_Length=len(photos[0]))
        connection.sendall(photos[0])
        connection.close()
    until(lambda: served.post("/v1/inspect", photos[0]).status_code == 200)
    served.require_well(photos[0])


def test_networks_that_are_still_being_loaded_are_waited_for(offer, photos) -> None:
    desk = Desk(offer, Limits())
    sent = TestClient(create_app(offer, desk, desk.limits), base_url="http://127.0.0.1")
    assert sent.get("/healthz").json()["networks"] == "loading"
    desk.start()
    try:
        started = time.monotonic()
        assert sent.post("/v1/inspect", content=photos[0]).status_code == 200
        assert time.monotonic() - started < 20
        assert sent.get("/healthz").json()["networks"] == "ready"
    finally:
        desk.stop()


def test_what_never_gets_ready_is_told(offer, photos, monkeypatch) -> None:
    monkeypatch.setattr(studio, "PATIENCE", 0.2)
    desk = Desk(offer, Limits())
    sent = TestClient(create_app(offer, desk, desk.limits), base_url="http://127.0.0.1")
    answered = sent.get("/v1/models")
    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "5")
    assert answered.json()["problem"] == "the networks are still being loaded"


@pytest.mark.parametrize(
    ("sent_name", "told"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.jpg", "y.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("x" * 5000 + ".jpg", "x" * 196 + ".jpg"),
        ("a\r\nX-Evil: 1.jpg", "aX-Evil_ 1.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("", "photo"),
    ],
)
def test_path_tricks_in_names_lead_nowhere(serve, photos, sent_name, told) -> None:
    served = serve()
    raw = served.post("/v1/inspect", photos[0], params={"name": sent_name})
    assert raw.json()["name"] == told
    copy = served.post("/v1/protect", photos[0], params={"name": sent_name})
    assert copy.status_code == 200
    assert "X-Evil" not in copy.headers
    assert f'filename="{Path(told).stem}.jpg"' in copy.headers["Content-Disposition"]
    refused = served.post("/v1/protect", b"no photo", params={"name": sent_name})
    assert refused.json()["problem"] == f"{told}: is not a photo"
    served.require_well(photos[0])
