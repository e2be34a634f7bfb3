from collections import Counter
from importlib.resources import files

import pytest

from unseen.models.class_names import class_names
from unseen.models.libraries import prepare_imports
from unseen.models.places import places_names
from unseen.profiles import meanings


@pytest.fixture(scope="module")
def imagenet() -> dict[str, str]:
    prepare_imports()
    classes = class_names(1000)
    found = meanings(classes.names, classes.synsets)
    assert found is not None
    return dict(zip(classes.names, found, strict=True))


@pytest.fixture(scope="module")
def places() -> dict[str, str]:
    found = meanings(places_names())
    assert found is not None
    return dict(zip(places_names(), found, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("tabby", "Egyptian cat", True),
        ("tabby", "tiger cat", True),
        ("tabby", "sports car", False),
        ("tabby", "Chihuahua", False),
        ("Chihuahua", "Great Dane", True),
        ("sports car", "minivan", True),
        ("sports car", "speedboat", False),
        ("sunglass", "sunglasses", True),
        ("laptop", "desktop computer", True),
        ("goldfinch", "great grey owl", True),
        ("goldfinch", "goldfish", False),
        ("Granny Smith", "pizza", True),
        ("electric guitar", "violin", True),
        ("electric guitar", "revolver", False),
        ("abacus", "lighter", False),
    ],
)
def test_what_people_would_call_the_same(first: str, second: str, is_same: bool, imagenet: dict[str, str]) -> None:
    assert (imagenet[first] == imagenet[second]) is is_same


def test_groups_are_neither_trivial_nor_huge(imagenet: dict[str, str]) -> None:
    sizes = Counter(imagenet.values())
    assert (sizes["dog"], max(sizes.values())) == (118, 118)
    alone = [name for name, meaning in imagenet.items() if sizes[meaning] == 1]
    assert len(alone) < 50
    assert all(imagenet[name] == name for name in alone)
    assert 45 <= len(sizes) - len(alone) <= 70


def test_a_group_is_of_one_kind_in_wordnet(imagenet: dict[str, str]) -> None:
    """Independent of how the table was made: ImageNet lists its classes so that the animals come first (0 to 397)."""
    animals = {meaning for number, meaning in enumerate(imagenet.values()) if number < 398}
    things = {meaning for number, meaning in enumerate(imagenet.values()) if number >= 398}
    assert animals & things == set()
    dogs = [number for number, meaning in enumerate(imagenet.values()) if meaning == "dog"]
    assert dogs == list(range(151, 269))  # as everybody counts ImageNet's dogs


def test_names_alone_are_enough(imagenet: dict[str, str]) -> None:
    assert meanings(list(imagenet)) == tuple(imagenet.values())
    assert (imagenet["Cardigan"], imagenet["cardigan"]) == ("dog", "clothing or jewellery")


def test_every_scene_has_a_place(places: dict[str, str]) -> None:
    lines = files("unseen.profiles").joinpath("places365-meanings.txt").read_text().splitlines()
    listed = [place for line in lines for place in line.split("\t")[1].split()]
    assert sorted(listed) == sorted(places_names())
    sizes = Counter(places.values())
    assert 20 <= len(sizes) <= 40
    assert max(sizes.values()) < 50


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("bedroom", "closet", True),
        ("bedroom", "kitchen", True),
        ("bedroom", "hotel_room", False),
        ("hospital_room", "operating_room", True),
        ("beach", "coast", True),
        ("beach", "bedroom", False),
        ("church/indoor", "mosque/outdoor", True),
        ("jail_cell", "classroom", False),
    ],
)
def test_places_that_people_would_call_the_same(first: str, second: str, is_same: bool, places) -> None:
    assert (places[first] == places[second]) is is_same


@pytest.mark.parametrize("names", [(), ("thing 1", "thing 2"), ("tabby", "thing 2"), ("tabby", "bedroom")])
def test_of_other_classes_no_meaning_is_made_up(names: tuple[str, ...]) -> None:
    assert meanings(names) is None


def test_the_licence_of_wordnet_comes_with_the_table() -> None:
    text = files("unseen.profiles").joinpath("WORDNET-LICENCE.txt").read_text()
    for part in ("WordNet 3.0 Copyright 2006 by Princeton University", "without fee or", 'PROVIDED "AS IS"'):
        assert part in text
