import pytest
import torch

from unseen.ascent import ascend
from unseen.budget import Linf
from unseen.grid import quantise
from unseen.models import load_classifier
from unseen.objective import Toward
from unseen.schemes import Away, Chain, DeepFool, Enhance, Shield
from unseen.watch import GivenUpError, carried_over, require_wanted, wanted, watching, while_wanted

from .schemes.classifiers import random_linear

LEVEL = 1 / 255


def photos(count: int) -> torch.Tensor:
    return quantise(torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(4)))


class Told:
    """Notes the steps it is told of, and gives its photo up after `patience` of them."""

    def __init__(self, patience: int = 10**6) -> None:
        self.steps: list[tuple[int, int]] = []
        self.patience = patience

    def __call__(self, step: int, of: int) -> bool:
        self.steps.append((step, of))
        return len(self.steps) <= self.patience


def test_nobody_watches_and_all_are_wanted() -> None:
    assert wanted(photos(2), 5)([0, 1, 1], [0, 3, 4]).tolist() == [True, True, True]


def test_every_photo_has_its_own_watch_and_twins_share_theirs() -> None:
    images, first, second, twin = photos(2), Told(), Told(patience=1), Told(patience=0)
    with watching(torch.cat([images, images[:1]]), [first, second, twin]):
        told = wanted(images, 9)
        assert told([0, 1], [1, 2]).tolist() == [True, True]
        assert told([0, 1], [2, 3]).tolist() == [True, False]
    assert first.steps == twin.steps == [(1, 9), (2, 9)]
    assert second.steps == [(2, 9), (3, 9)]
    assert told([0, 1], [2, 3]).tolist() == [True, False], "what began under a watch stays under it"
    assert wanted(images, 9)([0, 1], [1, 1]).tolist() == [True, True]


def test_what_a_scheme_made_of_a_photo_is_watched_as_the_photo() -> None:
    images, watch = photos(1), Told(patience=0)
    with watching(images, [watch]), carried_over(images, 1 - images):
        assert wanted(1 - images, 3)([0], [2]).tolist() == [False]
        assert wanted(images, 3)([0], [2]).tolist() == [True]
    assert watch.steps == [(2, 3)]


def test_a_photo_given_up_frees_its_lane_and_changes_no_other() -> None:
    images, classifier = photos(3), random_linear(classes=5, pixels=3 * 8 * 8)
    goal = Toward(target=torch.tensor([1, 2, 3]), required_score=2.0)

    def ascended(*watches: Told) -> torch.Tensor:
        with watching(images, watches):
            return ascend(images, classifier, goal, budget=Linf(8 * LEVEL), step=LEVEL, max_iterations=6, lanes=1)

    whole = ascended(Told(), Told(), Told())
    watches = (Told(), Told(patience=2), Told())
    partly = ascended(*watches)
    assert whole.iterations.tolist() == [6, 6, 6]
    assert partly.iterations.tolist() == [6, 2, 6]
    assert torch.equal(whole.images[[0, 2]], partly.images[[0, 2]])
    assert [len(watch.steps) for watch in watches] == [7, 3, 7]


def test_every_scheme_that_takes_steps_gives_a_photo_up() -> None:
    images, classifier = photos(2), random_linear(classes=5, pixels=3 * 8 * 8)
    limit = {"epsilon": 64 * LEVEL}
    schemes = [
        Shield(steps=30, extra_steps=0, **limit),
        Away(allowed_score=1e-30, max_iterations=30, step=LEVEL / 8, **limit),
        Enhance(max_iterations=30, margin=1e30),
        Chain(schemes=(Enhance(max_iterations=30, margin=1e30), Shield(steps=30, extra_steps=0, **limit))),
        DeepFool(max_iterations=30, overshoot=-0.0, lanes=1),
    ]
    for scheme in schemes:
        kept, gone = Told(), Told(patience=0)
        with watching(images, [kept, gone]):
            protected = scheme(images, classifier)
        assert protected.iterations[1] == 0, scheme
        assert protected.iterations[0] > 0, scheme
        assert kept.steps[0][0] == 0, scheme
        assert gone.steps, scheme


def test_no_network_is_asked_once_nobody_waits(tiny: str) -> None:
    network, patience = load_classifier(tiny), [True, True, False]
    require_wanted()
    with while_wanted(lambda: patience.pop(0)):  # asked once at the start
        network(photos(1))
        with pytest.raises(GivenUpError, match="was given up; send it again if it is wanted after all"):
            network(photos(1))
    network(photos(1))
    with pytest.raises(GivenUpError), while_wanted(lambda: False):
        raise AssertionError("what nobody waits for is not begun")


def test_what_takes_long_between_two_steps_ends_as_well(tiny: str) -> None:
    network, asked = load_classifier(tiny), []

    def patience() -> bool:
        asked.append(True)
        return len(asked) < 30

    scheme = DeepFool(max_iterations=3, turns=10**6, narrowings=10**6)
    with pytest.raises(GivenUpError), while_wanted(patience):
        scheme(photos(1), network)
    assert len(asked) == 30
