from dataclasses import replace

import pytest

from unseen.errors import UnseenError
from unseen.models import Network
from unseen.protect import Protection, load_held_out, load_networks, settings_of
from unseen.schemes import ClassReplacement, Unchanged, Universal
from unseen.types import Protected


def test_the_batch_shape_is_fixed_whatever_the_number_of_photos(protection: Protection) -> None:
    assert protection.settled_scheme == replace(protection.scheme, lanes=4)
    alone = replace(protection, lanes=1)
    assert alone.settled_scheme.lanes == 1
    own = replace(alone, scheme=ClassReplacement(lanes=2))
    assert own.settled_scheme.lanes == 2
    assert settings_of(own)["lanes"] == 2


def test_a_scheme_without_lanes_is_taken_as_it_is(protection: Protection) -> None:
    def scheme(images, classifier, *, seed=0, references=None) -> Protected:
        raise AssertionError("nobody calls it here")

    assert replace(protection, scheme=scheme).settled_scheme is scheme


def test_the_settings_name_all_that_decides_a_pixel(protection: Protection, tiny: str) -> None:
    told = settings_of(protection)
    assert told["epsilon_levels"] == pytest.approx(8)
    assert told["models"] == [tiny]
    assert told["audit_models"] == [f"{tiny}?seed=1"]
    own = {"step", "required_score", "max_iterations", "top_k", "draws", "attempts", "shaping", "lanes"}
    run = {"seed", "format", "quality", "keep", "threads", "device", "precision", "torch"}
    assert own | run <= set(told)


def test_a_network_named_twice_is_loaded_once(tiny: str) -> None:
    (network,) = load_networks([tiny, tiny])
    assert load_networks([network]) == (network,)
    assert network.device.type in ("cpu", "cuda")


def test_a_surrogate_in_disguise_is_not_held_out(twins: tuple[Network, Network], tiny: str) -> None:
    surrogate, twin = twins
    held_out, notes = load_held_out([tiny, twin, surrogate, "one"], [surrogate], ClassReplacement())
    assert [network.name for network in held_out] == [tiny]
    assert notes == ("two is not held out: the protection was made against a network with its weights",)


def test_no_network_has_a_part_in_a_picture_alone(twins: tuple[Network, Network]) -> None:
    surrogate, twin = twins
    assert load_held_out([surrogate, twin], [surrogate], Unchanged()) == ((twin,), ())


def test_what_a_noise_was_trained_against_is_not_held_out_from_it(twins: tuple[Network, Network]) -> None:
    surrogate, twin = twins
    pictures = (Universal(),)
    held_out, _ = load_held_out([twin, "lite2"], [surrogate], Unchanged(), pictures=pictures)
    assert held_out == (twin,)
    settings = settings_of(Protection(scheme=Unchanged(), pictures=pictures, surrogates=(surrogate,)))
    assert settings["trained_against"] == ["lite0", "lite1", "lite2"]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"surrogates": ()}, "nothing to protect against; name at least one network"),
        ({"format": "bmp"}, "'bmp' is not a format; choose from keep, jpeg"),
        ({"quality": 101}, "quality 101 is out of range"),
        ({"keep": frozenset({"gps"})}, "'gps' cannot be kept"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong, problem: str, protection: Protection) -> None:
    with pytest.raises(UnseenError, match=problem):
        replace(protection, **wrong)
