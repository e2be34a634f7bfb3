"""Every setting of every scheme has a flag, and the flag reaches its field."""

from collections.abc import Iterator
from dataclasses import fields

import click
import pytest

from unseen.catalogue import PICTURES, WAYS, in_unit_range, scheme_settings
from unseen.cli.main import commands
from unseen.cli.options import flag, given_settings
from unseen.cli.protect import protect as command
from unseen.protect import Outcome, Protection
from unseen.schemes.universal import SHIPPED

OTHERS = {
    "sharing": "0.5",
    "shaping": "momentum",
    "clip": "range",
    "epsilon": "7",
    "norm": "linf",
    "place": "random",
    "look": "warm",
    "weights": str(SHIPPED),
}
"""Values unlike the defaults, where a larger number is none."""

SETTINGS = [(scheme, field) for scheme in WAYS for field in fields(WAYS[scheme]) if field.name != "lanes"]


def another_value(name: str, default: object) -> str:
    if name in OTHERS:
        return OTHERS[name]
    if default is None:
        return "1"
    return str(default / 2 if isinstance(default, float) else default + 1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Protection]:
    """The protections that commands come to, which are not carried out."""
    found: list[Protection] = []

    def caught(jobs: object, protection: Protection, *, previews: int, presets: object) -> Iterator[Outcome]:
        found.append(protection)
        return iter(())

    monkeypatch.setattr("unseen.cli.running.protect_photos", caught)
    return found


@pytest.mark.parametrize(("scheme", "field"), SETTINGS, ids=lambda value: getattr(value, "name", value))
def test_every_setting_has_a_flag_that_reaches_its_field(scheme, field, draw, protect, seen) -> None:
    value = another_value(field.name, field.default)
    result = protect(draw("a.png"), "--scheme", scheme, flag(field.name), value)
    assert result.err == ""
    chosen = seen[0].pictures[0] if scheme in PICTURES else seen[0].scheme
    arrived = getattr(chosen, field.name)
    assert arrived != field.default
    wanted = value if isinstance(arrived, str) else in_unit_range(field, float(value))
    assert arrived == (wanted if isinstance(arrived, str) else pytest.approx(wanted))


@pytest.mark.parametrize("scheme", WAYS)
def test_an_option_in_the_name_does_the_same(scheme: str) -> None:
    names = {field.name for field in scheme_settings(scheme)} - {"lanes", "epsilon"}
    parameters = {parameter.name for parameter in command.params}
    assert names <= parameters


def test_every_other_option_reaches_the_protection(draw, protect, seen) -> None:
    options = ["--seed", 5, "--quality", 77, "--format", "jpeg", "--keep", "date,copyright"]
    protect(draw("a.png"), *options)
    by = seen[0]
    assert (by.seed, by.quality, by.format, by.keep) == (5, 77, "jpeg", {"date", "copyright"})
    assert (by.lanes, by.precision, by.held_out) == (1, None, ())


def test_what_is_to_be_hidden_reaches_the_protection(draw, protect, seen) -> None:
    source = draw("a.png")
    protect(source, "--hide", "thing 1,thing 2")
    protect(source, "--hide", "thing 3", "--scheme", "crop+away?step=2")
    protect(source)
    assert [by.hidden_names for by in seen] == [("thing 1", "thing 2"), ("thing 3",), ()]
    assert [type(by.scheme).__name__ for by in seen] == ["Shield", "Away", "Shield"]
    assert [len(by.pictures) for by in seen] == [0, 1, 0]


def test_several_photos_share_lanes_and_one_has_its_own(draw, protect, seen) -> None:
    protect(draw("a.png"), draw("b.png"))
    protect("a.png", "--scheme", "replace?lanes=3")
    assert [by.settled_scheme.lanes for by in seen] == [4, 3]


def test_models_are_loaded_once_and_a_surrogate_is_not_held_out_too(draw, unseen, tiny, seen) -> None:
    other = f"{tiny}?seed=1"
    unseen("protect", draw("a.png"), "--model", tiny, "--model", tiny, "--audit-model", tiny, "--audit-model", other)
    assert [network.name for network in seen[0].surrogates] == [tiny]
    assert [network.name for network in seen[0].held_out] == [other]


def test_a_surrogate_by_its_weights_is_not_held_out_by_another_name(draw, unseen, tiny, seen) -> None:
    disguised = ("--audit-model", "lite0?size=192", "--audit-model", tiny)
    result = unseen("protect", draw("a.png"), "--model", "lite0", *disguised)
    assert [network.name for network in seen[0].held_out] == [tiny]
    told = "Note: lite0?size=192 is not held out: the protection was made against a network with its weights"
    assert told in result.err.splitlines()


def test_a_flag_of_another_scheme_is_refused_but_not_before_an_unknown_scheme() -> None:
    assert given_settings("replace?step=1", {"step": None, "top_k": 3}) == {"top_k": 3}
    with pytest.raises(click.UsageError, match="--allowed-score is for among and away, not for --scheme replace"):
        given_settings("replace", {"allowed_score": 0.5})
    assert given_settings("replce", {"allowed_score": 0.5}) == {"allowed_score": 0.5}


def test_the_group_has_the_verbs_of_the_issue() -> None:
    assert set(commands.commands) >= {"inspect", "protect", "models", "schemes", "demo"}
