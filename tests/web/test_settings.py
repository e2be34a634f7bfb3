"""Parameters are the command's flags: the same names, types and meanings, and nothing that reaches for a file."""

import re

import click
import pytest

from unseen.catalogue import WAYS, scheme_settings, setting_type
from unseen.cli.protect import protect
from unseen.web.settings import MOST, MOST_BY_SETTING, protect_parameters, wishes_of

NOT_ASKED = {
    *("output", "labels", "profiles", "device", "precision", "reports", "as_json", "dry_run", "weights"),
    *("workers", "retry_failed", "engine", "address"),
}
"""Flags of the command that are the server's own affair, or name files, or are for runs into a folder."""

OWN = {"name", "label", "lanes"}
"""Parameters that the command has no flag for: it has files and their number."""


@pytest.fixture
def described(client) -> dict[str, dict[str, object]]:
    """The parameters of `/v1/protect` by name, as OpenAPI tells them."""
    told = client().get("/openapi.json").json()["paths"]["/v1/protect"]["post"]["parameters"]
    return {parameter["name"]: parameter for parameter in told if parameter["in"] == "query"}


def test_every_flag_is_a_parameter_and_the_other_way_round(described) -> None:
    flags = {
        option.opts[0].removeprefix("--")
        for option in protect.params
        if isinstance(option, click.Option) and option.name not in NOT_ASKED
    }
    assert described.keys() - OWN == flags


def test_every_parameter_tells_its_type_and_its_meaning(described) -> None:
    kinds = {int: "integer", float: "number", str: "string"}
    for scheme in WAYS:
        for field in scheme_settings(scheme):
            if field.name in ("lanes", "weights"):
                continue
            told = described[field.name.replace("_", "-")]
            assert told["schema"]["type"] == kinds[setting_type(scheme, field.name)]
            if field.name != "epsilon":
                meaning = str(field.metadata["meaning"])
                assert meaning.lower() in told["description"].lower()
    assert all(len(told["description"]) > 10 for told in described.values())


def test_names_are_listed(described, tiny) -> None:
    networks = [tiny, f"{tiny}?seed=1"]
    assert described["model"]["schema"]["items"]["enum"] == networks
    assert described["audit-model"]["schema"]["items"]["enum"] == ["", *networks]
    way = re.compile(described["scheme"]["schema"]["pattern"])
    assert all(way.search(text) for text in ("shield", "crop+shield", "crop shield", "style:woodblock"))
    assert not any(way.search(text) for text in ("", "shild", "shield+", "universal?weights=x", "style:hayao"))
    assert described["seed"]["schema"]["default"] == 0
    assert described["strength"]["schema"]["enum"] == ["low", "medium", "high"]


def test_all_that_is_said_reaches_the_desk(offer, tiny) -> None:
    given = {
        "scheme": "crop+shield",
        "model": [tiny],
        "audit-model": [""],
        "label": "thing 1",
        "hide": ["thing 2,thing 3", "thing 4"],
        "strength": "low",
        "seed": -7,
        "quality": 80,
        "format": "webp",
        "keep": "date",
        "lanes": 3,
        "extra-steps": 4,
        "step": 0.5,
        "ratio": 0.9,
        "place": "random",
    }
    wishes = wishes_of(protect_parameters(offer).model_validate(given))
    assert vars(wishes) == {
        "scheme": "crop+shield",
        "settings": {"extra_steps": 4, "step": 0.5, "ratio": 0.9, "place": "random"},
        "strength": "low",
        "models": (tiny,),
        "audit_models": (),
        "label": "thing 1",
        "hide": ("thing 2,thing 3", "thing 4"),
        "seed": -7,
        "quality": 80,
        "format": "webp",
        "keep": "date",
        "lanes": 3,
    }


def test_nothing_said_is_the_command_s_default(offer) -> None:
    wishes = wishes_of(protect_parameters(offer).model_validate({}))
    assert (wishes.scheme, wishes.settings, wishes.models, wishes.audit_models) == ("shield", {}, (), None)
    assert wishes_of(protect_parameters(offer).model_validate({"epsilon": 3})).settings == {"epsilon": 3}


REFUSED = [
    ("seed=abc", "seed is 'abc'", "give a whole number"),
    ("seed=1&seed=2", "seed is given 2 times", "keep one of them"),
    ("seed=" + "9" * 400, "seed is '9999999999999999999999999999999999999999…'", "give at most"),
    ("steps=1" + "0" * 400, "steps is '1", "give at most 1000"),
    ("steps=" + "1" * 5000, "steps is '1", "give a whole number with fewer digits"),
    ("steps=-5", "scheme 'shield': steps is -5", "give at least 1"),
    ("views=9", "views is '9'", "give at most 8"),
    ("scheme=deepfool&turns=11", "turns is '11'", "give at most 10"),
    ("steps=1.5", "steps is '1.5'", "give a whole number"),
    ("seedd=1", "unknown parameter 'seedd'", "did you mean 'seed'?"),
    ("extra_steps=1", "unknown parameter 'extra_steps'", "did you mean 'extra-steps'?"),
    ("epsilon=nan", "epsilon is 'nan'", "give a number that is finite"),
    ("epsilon=inf", "epsilon is 'inf'", "give a number that is finite"),
    ("epsilon=1e999", "epsilon is '1e999'", "give a number that is finite"),
    ("epsilon=0.5", "epsilon is '0.5'", "give at least 1"),
    ("epsilon=300", "epsilon is '300'", "give at most 255"),
    ("epsilon=", "epsilon is ''", "give a number"),
    ("knee=-inf", "knee is '-inf'", "give a number that is finite"),
    ("quality=0", "quality is '0'", "give at least 1"),
    ("lanes=9", "lanes is '9'", "give at most 8"),
    ("format=gif", "format is 'gif'", "give 'keep', 'png', 'jpeg' or 'webp'"),
    ("strength=huge", "strength is 'huge'", "give 'low', 'medium' or 'high'"),
    ("strength=low&epsilon=3", "strength and epsilon say the same", "give one of them"),
    ("scheme=shild", "no way to protect 'shild' is offered here", "did you mean 'shield'?"),
    ("scheme=shield%2Bcrop", "'shield+crop': crop makes another picture, so it comes first", "give crop+shield"),
    ("scheme=" + "shield%2B" * 50, "scheme is 'shield+shield", "give at most 200 letters"),
    ("scheme=" + "%2B".join(["crop"] * 5), "scheme is 'crop+crop+crop+crop+crop'", "give at most 4 ways, joined by +"),
    ("scheme=" + "+".join(["crop"] * 5), "scheme is 'crop crop crop crop crop'", "give at most 4 ways, joined by +"),
    ("model=lite", "no network 'lite' is offered here", "choose one of"),
    ("radius=1", "scheme 'shield' has no setting 'radius'", "choose one of"),
    ("shaping=x", "scheme 'shield': shaping is 'x'", "choose one of"),
    ("keep=everything", "'everything' cannot be kept", "choose"),
    ("keep=da%00te", "keep is 'da\\x00te'", "leave out control characters"),
    ("label=a%0Ab", "label is 'a\\nb'", "leave out control characters"),
    ("label=nobody", "label 'nobody' is no class of", "choose one of thing 0"),
    ("hide=", "hide names nothing to hide", "give names joined by commas"),
    ("hide=zebra", "hide: no network here knows 'zebra'", "choose one of"),
    ("hide=" + "&hide=".join(["dog"] * 51), "hide is", "give at most 50 of them"),
    ("scheme=uniform&hide=thing+1", "the scheme cannot push down a whole group of classes", "give shield or away"),
    ("weights=/etc/passwd", "unknown parameter 'weights'", "choose one of"),
    ("profile=/etc/passwd", "unknown parameter 'profile'", "choose one of"),
    ("labels=/etc/passwd", "unknown parameter 'labels'", "did you mean 'label'?"),
    ("output=/tmp", "unknown parameter 'output'", "choose one of"),
    ("model=evil.py:load", "no network 'evil.py:load' is offered here", "choose one of"),
    ("audit-model=timm:resnet50", "no network 'timm:resnet50' is offered here", "choose one of"),
    ("scheme=universal%3Fweights=/etc/passwd", "no way to protect 'universal?weights=/etc/passwd'", "choose one of"),
    ("scheme=style:hayao", "no way to protect 'style:hayao' is offered here", "choose one of"),
    ("scheme=style:woodblock%3Fweights=x", "no way to protect 'style:woodblock?weights=x'", "did you mean"),
]


@pytest.mark.parametrize(("query", "problem", "remedy"), REFUSED, ids=lambda part: part[:30])
def test_what_cannot_be_used_is_refused_with_a_remedy(client, photos, query, problem, remedy) -> None:
    sent = client()
    answer = sent.post(f"/v1/protect?{query}", content=photos[0])
    told = answer.json()
    assert answer.status_code == told["status"] == 422, told
    assert told["problem"].startswith(problem)
    assert told["remedy"].startswith(remedy)
    assert len(told["problem"]) < 300
    assert "--" not in told["problem"] + told["remedy"]


def test_a_plus_may_be_written_as_a_space(client, photos) -> None:
    sent = client()
    answers = [sent.post(f"/v1/protect?scheme={way}", content=photos[0]) for way in ("crop%2Bshield", "crop+shield")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("query", ["picture=15", "picture=2049", "seed=0", "model=nobody", "name=a&name=b"])
def test_looking_has_parameters_of_its_own(client, photos, query) -> None:
    assert client().post(f"/v1/inspect?{query}", content=photos[0]).status_code == 422


def test_what_memory_grows_with_is_bounded() -> None:
    known = {field.name for scheme in WAYS for field in scheme_settings(scheme)}
    assert MOST_BY_SETTING.keys() <= known
    assert all(most <= MOST for most in MOST_BY_SETTING.values())
