from pathlib import Path

import pytest

from unseen.errors import UnseenError
from unseen.models.class_names import ClassNames, class_names
from unseen.models.libraries import prepare_imports
from unseen.models.places import places_names
from unseen.profiles import Secret, check_known, classes_meant, hidden_names, read_profile

PLACES = places_names()


@pytest.fixture(scope="module")
def imagenet() -> ClassNames:
    prepare_imports()
    return class_names(1000)


def names_of(secrets: tuple[Secret, ...]) -> list[str]:
    return [secret.name for secret in secrets]


def test_a_group_is_all_its_classes(imagenet: ClassNames) -> None:
    assert classes_meant("dog", imagenet.names, imagenet.synsets) == tuple(range(151, 269))  # as everybody counts
    assert classes_meant("Dog", imagenet.names) == tuple(range(151, 269))
    assert classes_meant("dog", PLACES) == ()


@pytest.mark.parametrize("name", ["tabby", "TABBY", "n02123045"])
def test_a_class_is_itself(name: str, imagenet: ClassNames) -> None:
    assert classes_meant(name, imagenet.names, imagenet.synsets) == (281,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bedroom", {"bedroom"}),
        ("living room", {"living_room"}),
        ("Living_Room", {"living_room"}),
        ("church", {"church/indoor", "church/outdoor"}),
        ("church/indoor", {"church/indoor"}),
        ("bar", {"bar"}),  # though "restaurant or bar" is a group
        ("hotel", {"hotel/outdoor", "hotel_room", "inn/outdoor", "motel", "youth_hostel", "berth"}),
        ("ice", {"glacier", "ice_floe", "ice_shelf", "iceberg", "mountain_snowy", "snowfield", "tundra"}),
        ("tabby", set()),
    ],
)
def test_names_of_scenes(name: str, expected: set[str]) -> None:
    assert {PLACES[index] for index in classes_meant(name, PLACES)} == expected


def test_a_word_of_a_group_means_all_of_it(imagenet: ClassNames) -> None:
    foxes = classes_meant("fox", imagenet.names)
    assert foxes == classes_meant("wolf, fox or wild dog", imagenet.names) == classes_meant("wild dog", imagenet.names)
    assert {imagenet.names[index] for index in foxes} >= {"timber wolf", "red fox", "dingo"}


def test_the_sixty_scenes_mean_sixty_classes() -> None:
    found = [classes_meant(name, PLACES) for name in names_of(read_profile("places-60"))]
    assert [len(classes) for classes in found] == [1] * 60
    assert len(set(found)) == 60


def test_names_are_joined_by_commas() -> None:
    assert names_of(hidden_names(" dog, ,living room ")) == ["dog", "living room"]
    with pytest.raises(UnseenError, match="--hide names nothing to hide; give names joined by commas, such as dog"):
        hidden_names(" ,")


def test_a_profile_has_a_name_a_line_and_remarks(tmp_path: Path) -> None:
    path = tmp_path / "family.txt"
    path.write_text("﻿# what is ours\r\ndog\n\n  wolf, fox or wild dog   # all of them\n", encoding="utf-8")
    assert read_profile(str(path)) == (
        Secret(name="dog", source=f"{path}, line 2"),
        Secret(name="wolf, fox or wild dog", source=f"{path}, line 4"),
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is no such profile file; write one with a name a line, or name a profile .*: places-60"),
        (b"", "names nothing to hide; write a name a line, such as dog"),
        (b"# dog\n\n", "names nothing to hide"),
        (b"\xff\xfe\x00", r"cannot be read \(it is no text in UTF-8\); give a text file with a name a line"),
    ],
)
def test_a_profile_that_says_nothing_is_refused(content: bytes | None, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "family.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnseenError, match=f"^{path}: {problem}"):
        read_profile(str(path))


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"cannot be read \(Is a directory\)"):
        read_profile(str(tmp_path))


def known(names: tuple[str, ...], name: str = "net") -> dict[str, tuple[tuple[str, ...], None]]:
    return {name: (names, None)}


def test_a_misspelt_name_is_told_with_its_place_and_near_ones(imagenet: ClassNames) -> None:
    secrets = (Secret(name="dog", source="a.txt, line 1"), Secret(name="dgo", source="a.txt, line 2"))
    message = "^a.txt, line 2: no network here knows 'dgo' \\(net\\); did you mean .*'dog'"
    with pytest.raises(UnseenError, match=message):
        check_known(secrets, known(imagenet.names), {})


def test_a_scene_that_needs_another_network_is_told(imagenet: ClassNames) -> None:
    secrets = (Secret(name="bedroom", source="--hide"),)
    with pytest.raises(UnseenError, match=r"'bedroom' .*scene of Places365; add a network that knows scenes"):
        check_known(secrets, known(imagenet.names), {})
    with pytest.raises(UnseenError, match="only networks that judge know 'bedroom'; give --model places to protect"):
        check_known(secrets, known(imagenet.names), known(PLACES, "places"))
    check_known(secrets, known(imagenet.names) | known(PLACES, "places"), {})
