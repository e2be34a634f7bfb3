from pathlib import Path

import pytest
import torch
from scipy.special import softmax

from unseen.errors import UnseenError
from unseen.metrics import icp
from unseen.models.places import places_names
from unseen.profiles import PROFILES, Profile, class_group, group_icp, in_group, profile_named, reveals


def test_the_sixty_are_those_of_the_task(shared: Path) -> None:
    text = (shared / "data/pixel-privacy/MEPP18senscats.txt").read_text(encoding="utf-8-sig")
    indices = [int(line.split()[1]) for line in text.splitlines() if line.strip()]
    profile = profile_named("places-60")
    assert len(set(profile.classes)) == 60
    assert class_group(profile, places_names()).tolist() == sorted(indices)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_says_what_it_is(name: str) -> None:
    profile = profile_named(name)
    assert profile.name == name
    assert profile.meaning
    assert all(len(word) == len(word.strip()) > 0 for word in profile.classes)


def test_the_group_is_what_its_classes_add_up_to() -> None:
    logits = 4 * torch.randn(5, 365, generator=torch.Generator().manual_seed(0))
    group = class_group(profile_named("places-60"), places_names())
    expected = softmax(logits.double().numpy(), axis=1)[:, group].sum(1)
    assert group_icp(logits, group).numpy() == pytest.approx(expected, rel=1e-5)
    alone = sum(icp(logits, torch.full((5,), index)) for index in group.tolist())
    torch.testing.assert_close(group_icp(logits, group), alone)
    assert group_icp(logits, torch.arange(365)).numpy() == pytest.approx(1.0)


def test_each_network_of_an_ensemble_has_its_own() -> None:
    logits = torch.randn(3, 2, 10, generator=torch.Generator().manual_seed(0))
    group = torch.tensor([1, 7])
    for member in range(2):
        torch.testing.assert_close(group_icp(logits, group)[:, member], group_icp(logits[:, member], group))


def test_which_labels_are_of_the_group() -> None:
    assert in_group(torch.tensor([[3, 1], [7, 2]]), torch.tensor([1, 7])).tolist() == [[False, True], [True, False]]


def test_names_are_found_whatever_their_case() -> None:
    names = [name.upper() for name in places_names()]
    profile = profile_named("places-60")
    assert torch.equal(class_group(profile, names), class_group(profile, places_names()))


def test_a_network_that_does_not_know_the_classes_is_refused() -> None:
    profile: Profile = profile_named("places-60")
    known = [name for name in places_names() if name not in ("pharmacy", "beach")]
    with pytest.raises(UnseenError, match=r"lacks 2 of its 60 classes \(beach, pharmacy\); give one that knows them"):
        class_group(profile, known)
    with pytest.raises(UnseenError, match=r"lacks 60 of its 60 classes \(airplane_cabin, .*, …\)"):
        class_group(profile, ["cat", "dog"])


def test_an_unknown_profile_gets_a_suggestion() -> None:
    with pytest.raises(UnseenError, match="unknown profile 'place-60'; did you mean 'places-60'"):
        profile_named("place-60")


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([0.04, 0.05, 0.91], False),
        ([0.06, 0.05, 0.89], True),  # together
        ([0.2, 0.2, 0.6], True),
        ([0.05, 0.04, *([0.0455] * 20)], True),  # one of them is first
    ],
)
def test_an_answer_reveals_a_group(shares: list[float], told: bool) -> None:
    logits = torch.tensor(shares).log()
    assert reveals(logits, torch.tensor([0, 1])) is told
    assert not reveals(logits, torch.tensor([]).long())
