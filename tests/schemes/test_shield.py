from typing import Any

import pytest
import torch

import unseen
from unseen.grid import quantise
from unseen.models import Network, load_classifier
from unseen.models.ensemble import Ensemble
from unseen.types import Images

from .classifiers import Counting, Linear, Named, calm, random_linear
from .photos import judged

CLASSES, SHAPE, PIXELS = 12, (3, 16, 16), 3 * 16 * 16


def test_a_network_that_was_not_asked_is_misled_and_more_than_by_stopping(photos: Images, lite0: Network) -> None:
    other = load_classifier("lite1")
    references = judged(other, photos).argmax(1)
    shielded = unseen.Shield()(photos, lite0)
    stopped = unseen.Away(epsilon=8 / 255)(photos, lite0)
    left, more = (judged(other, made.images)[range(4), references].mean() for made in (shielded, stopped))
    assert left < 0.8 * more
    assert shielded.achieved.all()
    assert shielded.iterations.tolist() == [20] * 4
    assert torch.equal(shielded.images, quantise(shielded.images))
    assert (shielded.images - photos).mul(255).round().abs().max() <= 8


def test_neighbours_change_nothing_and_the_seed_does(photos: Images, lite0: Network) -> None:
    scheme = unseen.Shield(steps=2, lanes=2)
    alone, together = scheme(photos[2:3], lite0, seed=3), scheme(photos, lite0, seed=3)
    assert torch.equal(alone.images, together.images[2:3])
    assert not torch.equal(scheme(photos[2:3], lite0, seed=4).images, alone.images)


def test_every_network_is_shown_its_number_of_views_every_step() -> None:
    members = [Counting(random_linear(CLASSES, PIXELS)), Counting(random_linear(CLASSES, PIXELS))]
    unseen.Shield(steps=3, views=2)(calm(1, *SHAPE), Ensemble(members))
    for member in members:
        # Once before, once after; the loop looks once more than it steps.
        assert member.shapes == [(1, *SHAPE)] * (2 + 2 * 4)


def test_handled_views_make_another_change() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, PIXELS)
    plain, some = unseen.Shield()(images, classifier), unseen.Shield(sharing=0.5)(images, classifier)
    assert torch.equal(unseen.Shield(sharing=0.0)(images, classifier).images, plain.images)
    assert not torch.equal(some.images, plain.images)
    assert torch.equal(unseen.Shield(sharing=0.5)(images, classifier).images, some.images)


def test_networks_keep_their_own_references() -> None:
    images = calm(4, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), random_linear(CLASSES, PIXELS, scale=-2.0)]
    own = torch.stack([member(images).argmax(1) for member in members], 1)
    assert (own[:, 0] != own[:, 1]).all()
    found = unseen.Shield(views=2)(images, Ensemble(members))
    assert torch.equal(found.images, unseen.Shield(views=2)(images, Ensemble(members), references=own).images)
    swapped = unseen.Shield(views=2)(images, Ensemble(members), references=own.flip(1))
    assert not torch.equal(found.images, swapped.images)


def test_what_means_the_same_is_moved_away_from_as_well() -> None:
    """Of a cat that could be another cat or a fish, less is left of either cat."""
    names = ("tabby", "Egyptian cat", "tench", "goldfish")
    cat, striped, golden = torch.randn(3, PIXELS, generator=torch.Generator().manual_seed(0))
    weight = torch.stack([cat + striped, cat - striped, -cat - golden, -cat + golden])
    images = torch.full((1, *SHAPE), 128 / 255)
    classifier = Named(weight, torch.tensor([4.0, 3.0, 2.0, 2.1]) - weight.sum(1) * (128 / 255 - 0.5), names)
    ends = [
        unseen.Shield(epsilon=3 / 255, calm=3 / 255, smallest=1.0, meaning=share)(images, classifier)
        for share in (0.0, 1.0)
    ]
    any_cat = [classifier(end.images).softmax(1)[0, :2].sum().item() for end in ends]
    assert any_cat[1] < 0.5 * any_cat[0]


def test_hiding_moves_away_from_every_class_of_a_set() -> None:
    images = calm(3, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), random_linear(CLASSES, PIXELS, scale=-2.0)]
    ensemble, answers = Ensemble(members), torch.stack([member(images) for member in members], 1)
    secret = torch.zeros(2, CLASSES, dtype=torch.bool)
    secret[0, answers[:, 0].topk(2).indices.flatten()] = True  # the second network knows none of it
    protected = unseen.Shield(views=2).hiding(images, ensemble, secret)
    assert protected.achieved.all()
    read = members[0](protected.images).argmax(1)
    assert not secret[0, read].any()
    assert torch.equal(unseen.Shield(views=2).hiding(images[1:2], ensemble, secret).images, protected.images[1:2])


def test_the_limit_follows_the_texture_and_the_rest_is_left_two_levels() -> None:
    smooth, busy = torch.full((1, 3, 32, 32), 128 / 255), torch.zeros(1, 3, 32, 32)
    busy[..., ::2, :] = 102 / 255
    classifier = random_linear(CLASSES, 3 * 32 * 32)
    changes = [
        (unseen.Shield()(images, classifier).images - images).mul(255).abs() for images in (smooth, busy + 51 / 255)
    ]
    assert [round(change.max().item()) for change in changes] == [2, 8]


def test_a_photo_that_keeps_its_reference_is_said_to() -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, PIXELS)
    assert not unseen.Shield()(images, stubborn(classifier, images)).achieved.any()
    last = classifier(images).argmin(1)
    assert unseen.Shield()(images, classifier, references=last).achieved.all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epsilon", 0.0),
        ("steps", 0),
        ("step", 0.0),
        ("extra_steps", -1),
        ("views", 0),
        ("smallest", 0.0),
        ("sharing", 1.5),
        ("branches", 1.5),
        ("knee", -1.0),
        ("calm", 0.0),
        ("texture", -1.0),
        ("meaning", -1.0),
        ("shaping", "nothing"),
        ("lanes", 0),
    ],
)
def test_impossible_settings_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        unseen.Shield(**{name: value})


def stubborn(classifier: Linear, images: Images) -> Linear:
    """Sure of what it saw in the first of the images, whatever is done to them."""
    return Linear(classifier.weight * 1e-3, classifier(images[:1])[0] * 100)


def test_a_photo_that_its_networks_still_recognise_gets_more_steps_until_they_do_not() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    brief = {"epsilon": 8 / 255, "step": 0.1 / 255, "steps": 2, "lanes": 2}
    before = unseen.Shield(**brief, extra_steps=0)(images, classifier)
    after = unseen.Shield(**brief, extra_steps=60)(images, classifier)
    helped = ~before.achieved
    assert helped.any()
    assert after.achieved.all()
    assert (before.iterations == 2).all()
    assert ((after.iterations > 2) & (after.iterations < 62))[helped].all()
    assert torch.equal(after.images[~helped], before.images[~helped])
    assert (after.images - images).mul(255).abs().max() <= 8
    place = int(helped.nonzero()[0])
    alone = unseen.Shield(**brief, extra_steps=60)(images[place : place + 1], classifier)
    assert torch.equal(alone.images, after.images[place : place + 1])


def test_a_photo_that_resists_costs_all_steps() -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, PIXELS)
    hard = unseen.Shield(steps=5, extra_steps=3)(images, stubborn(classifier, images))
    assert hard.iterations.tolist() == [8] * 3


@pytest.mark.parametrize("views", [1, 2])
def test_networks_of_different_classes_hide_each_its_own(views: int) -> None:
    images = calm(3, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), random_linear(7, PIXELS)]
    secret = torch.zeros(2, CLASSES, dtype=torch.bool)
    for row, member in zip(secret, members, strict=True):
        row[member(images).argmax(1)] = True
    protected = unseen.Shield(views=views).hiding(images, Ensemble(members, mixed=True), secret)
    assert protected.achieved.all()
    for row, member in zip(secret, members, strict=True):
        assert not row[member(protected.images).argmax(1)].any()


@pytest.mark.parametrize("count", [1, 2])
def test_one_set_of_classes_is_for_every_network(count: int) -> None:
    images, classifier = calm(3, *SHAPE), random_linear(CLASSES, PIXELS)
    secret = torch.zeros(CLASSES, dtype=torch.bool)
    secret[classifier(images).argmax(1)] = True
    protected = unseen.Shield(views=2).hiding(images, Ensemble([classifier] * count), secret)
    assert protected.achieved.all()
    assert not secret[classifier(protected.images).argmax(1)].any()
