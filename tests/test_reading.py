import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from unseen.errors import UnseenError
from unseen.models import Network, load_classifier
from unseen.reading import answer, class_index, known_class, reading, reference_of, same_class


@pytest.fixture(scope="module")
def lite0() -> Network:
    return load_classifier("lite0")


@pytest.fixture
def network(tiny: str) -> Network:
    return load_classifier(tiny)


def test_the_numbers_of_an_answer() -> None:
    shares = torch.tensor([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.03125])
    read = reading(shares.log() + 7, 1, ("a", "b", "c", "d", "e", "f"))
    assert read.icp == pytest.approx(0.25)
    entropy = -sum(share * math.log(share) for share in shares.tolist())
    assert read.ice == pytest.approx(entropy, rel=1e-6)
    assert [guess.label for guess in read.top5[:4]] == ["a", "b", "c", "d"]
    assert [guess.probability for guess in read.top5] == pytest.approx([0.5, 0.25, 0.125, 0.0625, 0.03125])


def test_a_network_of_two_classes_has_two_guesses() -> None:
    assert len(reading(torch.tensor([0.0, 1.0]), 0, ("no", "yes")).top5) == 2


def test_grey_is_read_as_its_three_equal_channels(network: Network) -> None:
    grey = np.random.default_rng(0).integers(0, 256, (20, 30, 1), dtype=np.uint8)
    torch.testing.assert_close(answer(network, grey), answer(network, grey.repeat(3, axis=2)))


@pytest.mark.parametrize("label", ["285", "Egyptian cat", "egyptian CAT", "n02124075"])
def test_a_label_is_an_index_a_name_or_a_synset(label: str, lite0: Network) -> None:
    assert class_index(label, lite0) == known_class(label, lite0) == 285


@pytest.mark.parametrize(
    ("label", "remedy"),
    [("Egyptian cta", "did you mean 'Egyptian cat'"), ("1000", "give 0 to 999"), ("²", "choose one of"), ("-1", "")],
)
def test_an_unknown_label_is_told_with_the_nearest(label: str, remedy: str, lite0: Network) -> None:
    assert class_index(label, lite0) is None
    with pytest.raises(UnseenError, match=f"label '{label}' is no class of lite0; .*{remedy}"):
        known_class(label, lite0)


def test_a_class_is_found_in_another_network_by_its_name(network: Network, tiny: str) -> None:
    assert same_class(3, network, load_classifier(f"{tiny}?seed=5")) == 3
    other = load_classifier(tiny)
    other.spec = replace(other.spec, class_names=(*reversed(network.class_names[2:]), "new", "newer"))
    assert same_class(3, network, other) == other.class_names.index("thing 3")
    assert same_class(0, network, other) is None


def test_a_reference_is_the_given_class_or_the_networks_own_answer(network: Network, tiny: str) -> None:
    smaller = load_classifier(f"{tiny}?classes=4")
    own = torch.tensor([0.0, 0.0, 1.0, 0.0])
    assert reference_of(None, network, network, own) == 2
    assert reference_of("thing 1", network, smaller, own) == 1
    assert reference_of("thing 7", network, network, own) == 7
    assert reference_of("thing 7", network, smaller, own) == 2, "the smaller network does not know it"
    with pytest.raises(UnseenError, match="label 'thing 70' is no class"):
        reference_of("thing 70", network, smaller, own)
