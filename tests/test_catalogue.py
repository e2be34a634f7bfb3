from dataclasses import fields

import pytest

from unseen.catalogue import DEFAULT_SCHEME, SCHEMES, STRENGTHS, in_levels, scheme_named, scheme_settings, setting_type
from unseen.errors import UnseenError
from unseen.schemes import ClassIndistinguishability, ClassReplacement, DeepFool


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_is_made_by_its_name_with_its_own_defaults(name: str) -> None:
    assert scheme_named(name, {}) == SCHEMES[name]()


@pytest.mark.parametrize("name", SCHEMES)
def test_every_setting_has_a_meaning_and_a_type_that_can_be_typed(name: str) -> None:
    for field in scheme_settings(name):
        assert field.metadata["meaning"]
        assert setting_type(name, field.name) in (int, float, str)


def test_flags_outrank_options_and_options_outrank_defaults() -> None:
    scheme = scheme_named("replace?epsilon=4&top-k=2", {"top_k": 3}, defaults={"epsilon": 8, "step": 1})
    assert scheme == ClassReplacement(epsilon=4 / 255, top_k=3, step=1 / 255)


def test_a_scheme_without_a_limit_takes_no_default_one_and_refuses_a_given_one() -> None:
    assert scheme_named("deepfool?norm=linf", {}, defaults={"epsilon": 8}) == DeepFool(norm="linf")
    with pytest.raises(UnseenError, match="scheme 'deepfool' has no setting 'epsilon'"):
        scheme_named("deepfool", {"epsilon": 8})


def test_words_and_lengths_arrive_as_fields() -> None:
    scheme = scheme_named("indistinguish?clip=range&targets=3", {})
    assert scheme == ClassIndistinguishability(clip="range", targets=3)


def test_defaults_are_told_in_levels() -> None:
    told = {field.name: in_levels(field) for field in fields(ClassReplacement)}
    assert (told["epsilon"], told["step"], told["top_k"]) == (2.55, 0.5, 5)


def test_strengths_are_those_of_the_default_scheme() -> None:
    assert {name: scheme_named(DEFAULT_SCHEME, {"epsilon": limit}).epsilon for name, limit in STRENGTHS.items()} == {
        "low": 4 / 255,
        "medium": 8 / 255,
        "high": 16 / 255,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("replce", "unknown scheme 'replce'; did you mean 'replace'?"),
        ("replace?stpe=1", "has no setting 'stpe'; did you mean 'step'?"),
        ("uniform?top_k=3", "scheme 'uniform' has no setting 'top_k'"),
        ("replace?epsilon=big", "epsilon is 'big'; give a number"),
        ("replace?epsilon=0.5", "epsilon is 0.5 levels; give 1 to 255"),
        ("replace?epsilon=256", "epsilon is 256 levels; give 1 to 255"),
        ("replace?epsilon=nan", "epsilon is 'nan'; give a number"),
        ("replace?step=300", "step is 300 levels; give more than 0 and at most 255"),
        ("enhance?tone=400", "tone is 400 levels; give more than 0 and at most 255"),
        ("enhance?colour=0", "colour is 0 levels; give more than 0 and at most 255"),
        ("enhance?epsilon=8", "has no setting 'epsilon'; it is not within a limit of levels, so give no strength"),
        ("replace?step=1e999", "step is inf; give a number"),
        ("replace?max_iterations=2.5", "max_iterations is 2.5; give a whole number"),
        ("replace?max_iterations=True", "max_iterations is True; give a whole number"),
        ("replace?max_iterations=0", "max_iterations is 0: give at least 1"),
        ("replace?required_score=1.5", "required_score is 1.5: give a number above 0 and at most 1"),
        ("replace?shaping=3", "shaping is 3; give a word"),
        ("replace?shaping=rump", "shaping is 'rump': choose one of"),
        ("replace?epsilon=None", "epsilon is None; give a number"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_in_which_it_was_given(text: str, problem: str) -> None:
    with pytest.raises(UnseenError) as error:
        scheme_named(text, {})
    assert problem in str(error.value)
