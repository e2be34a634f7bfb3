"""Chains by name: `enhance+uniform`."""

from pathlib import Path

import pytest

from unseen.catalogue import PICTURES, check_way, scheme_named, scheme_parts, way_name, way_named
from unseen.errors import UnseenError
from unseen.schemes import Chain, Crop, Enhance, Filter, Pixelate, Unchanged, Uniform


def test_a_chain_is_made_of_its_parts_with_their_own_options() -> None:
    chain = scheme_named("enhance?knots=4&tone=20+uniform?epsilon=4", {})
    assert chain == Chain(schemes=(Enhance(knots=4, tone=20 / 255), Uniform(epsilon=4 / 255)))


def test_settings_and_defaults_reach_the_schemes_that_have_them() -> None:
    chain = scheme_named("enhance+uniform+uniform?epsilon=3", {"max_iterations": 7}, defaults={"epsilon": 8})
    assert chain == Chain(
        schemes=(
            Enhance(max_iterations=7),
            Uniform(max_iterations=7, epsilon=8 / 255),
            Uniform(max_iterations=7, epsilon=3 / 255),
        )
    )
    assert scheme_named("enhance", {}, defaults={"epsilon": 8}) == Enhance()


def test_a_plus_within_an_option_is_spelt_out() -> None:
    parts = ["enhance", "universal?weights=a%2Bb.safetensors"]
    assert scheme_parts("+".join(parts)) == parts


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_alone_goes_with_no_noise(name: str) -> None:
    assert way_named(name, {}, defaults={"epsilon": 8}) == ((PICTURES[name](),), Unchanged())


def test_pictures_come_first_and_the_rest_is_the_scheme() -> None:
    assert way_named("crop?ratio=0.5+filter+uniform", {"look": "warm"}, defaults={"epsilon": 8}) == (
        (Crop(ratio=0.5), Filter(look="warm")),
        Uniform(epsilon=8 / 255),
    )
    assert way_named("pixelate+enhance+uniform?epsilon=4", {"squares": 9, "knots": 4}) == (
        (Pixelate(squares=9),),
        Chain(schemes=(Enhance(knots=4), Uniform(epsilon=4 / 255))),
    )
    assert way_named("uniform", {}) == ((), Uniform())


@pytest.mark.parametrize(
    ("text", "settings", "problem"),
    [
        ("uniform+crop", {}, "crop makes another picture, so it comes first; give crop+uniform"),
        ("crop+away+blur?radius=1", {}, "blur makes another picture, so it comes first; give crop+blur?radius=1+away"),
        ("away+style:hayao", {}, "style:hayao makes another picture, so it comes first; give style:hayao+away"),
        ("crp", {}, "unknown scheme 'crp'; did you mean 'crop'?"),
        ("crop+awya", {}, "unknown scheme 'awya'; did you mean 'away'?"),
        ("hayao", {}, "unknown scheme 'hayao'; did you mean 'style:hayao'?"),
        ("style:hayoa+away", {}, "unknown style 'hayoa'; did you mean 'hayao'?"),
        ("style:hayao", {"epsilon": 8}, "style:hayao has no setting 'epsilon'"),
        ("crop", {"epsilon": 8}, "scheme 'crop' has no setting 'epsilon'"),
        ("crop?ratio=2", {}, "scheme 'crop': ratio is 2"),
        ("filter?look=wrm", {}, "look is 'wrm': choose one of warm, cool"),
    ],
)
def test_what_is_wrong_with_pictures_is_said(text: str, settings: dict[str, object], problem: str) -> None:
    with pytest.raises(UnseenError) as error:
        way_named(text, settings)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["replace", "crop", "pixelate+crop+away", "crop+enhance+uniform", "enhance+away"])
def test_a_way_knows_its_name(text: str) -> None:
    assert way_name(*way_named(text, {})) == text


def test_a_check_refuses_what_making_would(tmp_path: Path) -> None:
    weights = tmp_path / "style.pth"
    weights.write_bytes(b"nothing to load")
    check_way(f"crop+style:hayao?weights={weights}+away", {"ratio": 0.5}, defaults={"epsilon": 8})
    for text, settings in [
        ("away+crop", {}),
        ("crop?ratio=2", {}),
        ("crop+away", {"radius": 2}),
        (f"style:hayao?weights={weights}", {"epsilon": 8}),
        ("style:hayao?weights=none.pth", {}),
        ("uniform?epsilon=0", {}),
    ]:
        with pytest.raises(UnseenError) as made:
            way_named(text, settings)
        with pytest.raises(UnseenError) as checked:
            check_way(text, settings)
        assert str(checked.value) == str(made.value)


def test_where_no_picture_may_be_made_one_is_refused() -> None:
    with pytest.raises(UnseenError, match=r"'crop\+away' makes another picture; give only shield, replace"):
        scheme_named("crop+away", {})


@pytest.mark.parametrize(
    ("text", "settings", "problem"),
    [
        ("enhance+unifrm", {}, "unknown scheme 'unifrm'; did you mean 'uniform'?"),
        ("enhance+", {}, "nothing stands before the '?'"),
        ("enhance+uniform", {"toward": 3}, "no scheme of 'enhance+uniform' has a setting 'toward'"),
        ("enhance", {"epsilon": 8}, "scheme 'enhance' has no setting 'epsilon'"),
        ("enhance?slope=0.9+uniform", {}, "slope is 0.9: with vividness 0.2 give less than 0.9"),
        ("enhance+uniform?epsilon=0.5", {}, "epsilon is 0.5 levels; give 1 to 255"),
    ],
)
def test_what_is_wrong_is_said(text: str, settings: dict[str, object], problem: str) -> None:
    with pytest.raises(UnseenError) as error:
        scheme_named(text, settings)
    assert problem in str(error.value)
