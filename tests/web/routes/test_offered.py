"""`/v1/models`, `/v1/schemes` and `/healthz`."""

from unseen import __version__
from unseen.catalogue import WAYS
from unseen.web.offer import Offer


def test_the_networks_of_the_server(client, tiny) -> None:
    told = client().get("/v1/models").json()["models"]
    assert [(one["name"], one["role"], one["classes"]) for one in told] == [
        (tiny, "surrogate", 12),
        (f"{tiny}?seed=1", "held-out", 12),
    ]
    assert [one["input_size"] for one in told] == [None, None]


def test_a_shipped_network_tells_its_input_and_licence(client) -> None:
    (told,) = client(Offer(models=("lite0",), audit_models=(), device="cpu")).get("/v1/models").json()["models"]
    assert (told["input_size"], told["licence"], told["classes"]) == ([224, 224], "apache-2.0", 1000)


def test_the_ways_to_protect(client, tiny) -> None:
    offer = Offer(models=(tiny,), audit_models=(), added=(("gentle", "crop+shield"),), device="cpu")
    told = client(offer).get("/v1/schemes").json()
    assert told["default"] == "shield"
    assert told["strengths"] == {"low": 4, "medium": 8, "high": 16}
    ways = {one["name"]: one for one in told["schemes"]}
    assert ways.keys() == {*WAYS, "style:woodblock", "gentle"}
    assert {name: one["kind"] for name, one in ways.items() if one["kind"] != "noise"} == {
        "crop": "picture",
        "blur": "picture",
        "pixelate": "picture",
        "filter": "picture",
        "universal": "picture",
        "style:woodblock": "style",
    }
    assert {name for name, one in ways.items() if one["hides"]} == {"shield", "away", "gentle"}
    assert {name for name, one in ways.items() if not one["has_strength"]} >= {"enhance", "crop", "style:woodblock"}
    assert all(one["about"].endswith((".", "network")) for one in ways.values())


def test_a_setting_tells_all_that_a_parameter_takes(client) -> None:
    ways = {one["name"]: one for one in client().get("/v1/schemes").json()["schemes"]}
    settings = {one["name"]: one for one in ways["shield"]["settings"]}
    assert settings["extra-steps"] == {
        "name": "extra-steps",
        "type": "integer",
        "default": 20,
        "unit": None,
        "meaning": "steps at most, without views, for a photo that is still recognised after them",
    }
    assert (settings["calm"]["unit"], settings["calm"]["type"]) == ("levels", "number")
    assert "weights" not in {one["name"] for way in ways.values() for one in way["settings"]}
    tone = next(one for one in ways["enhance"]["settings"] if one["name"] == "tone")
    assert (tone["default"], tone["unit"]) == (64, "levels")


def test_health_tells_the_version(client) -> None:
    assert client().get("/healthz").json() == {"status": "ok", "version": __version__, "networks": "ready"}
