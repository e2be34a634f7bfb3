"""What a class means to people: the groups in which an answer counts as the same thing.

A network that says "Egyptian cat" of a tabby is wrong by the book, and has still told that there is a cat. ImageNet's
classes are grouped by WordNet (`imagenet-meanings.txt`, made by `docs/generate_meanings.py`, which tells the rule; its
licence is `WORDNET-LICENCE.txt`). Places365's are grouped by hand (`places365-meanings.txt`): one group a kind of place
that a person would name when asked where a photo was taken, a bedroom and a closet both at "home". Where a scene fits
two kinds, it is in the one that tells more about a private life: a garage is at home, a pharmacy is about health.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

IMAGENET_FILE = "imagenet-meanings.txt"
PLACES_FILE = "places365-meanings.txt"


def meanings(class_names: Sequence[str], synsets: Sequence[str] | None = None) -> tuple[str, ...] | None:
    """The meaning of each class, such as "cat" of "tabby"; None where the classes are of neither known set.

    Args:
        class_names: of the network, in the order of its answers.
        synsets: WordNet's name of each class, where they are known; they outrank the names, whose case matters
            because a Cardigan is a dog.
    """
    for table, words in ((_by_synset(), synsets), (_by_name(), class_names), (_by_place(), class_names)):
        found = tuple(table.get(word, "") for word in words or ())
        if found and all(found):
            return found
    return None


@cache
def places() -> tuple[str, ...]:
    """Every scene of Places365, in no order that a network answers in."""
    return tuple(_by_place())


@cache
def _by_synset() -> Mapping[str, str]:
    return {synset: meaning for synset, meaning, _ in _rows(IMAGENET_FILE)}


@cache
def _by_name() -> Mapping[str, str]:
    return {name: meaning for _, meaning, name in _rows(IMAGENET_FILE)}


@cache
def _by_place() -> Mapping[str, str]:
    return {place: meaning for meaning, places in _rows(PLACES_FILE) for place in places.split()}


def _rows(file: str) -> list[list[str]]:
    text = files("unseen.profiles").joinpath(file).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]
