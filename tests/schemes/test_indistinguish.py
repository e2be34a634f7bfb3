from typing import Any

import numpy as np
import pytest
import torch

import unseen
from unseen.ascent import LANES, ascend
from unseen.budget import Linf
from unseen.grid import quantise
from unseen.models import Network
from unseen.objective import Toward
from unseen.shaping import shaping_named
from unseen.types import Classifier, Images, Protected

from .classifiers import Linear, calm, random_linear
from .photos import judged

CLASSES, SHAPE, PIXELS = 20, (3, 16, 16), 3 * 16 * 16


def noises(
    scheme: unseen.ClassIndistinguishability, images: Images, classifier: Classifier, drawn: torch.Tensor
) -> Images:
    """The noise of class replacement toward one class a photo, on its own."""
    ascent = ascend(
        images,
        classifier,
        Toward(target=drawn, required_score=scheme.required_score),
        budget=Linf(scheme.epsilon),
        step=scheme.step,
        max_iterations=scheme.max_iterations,
        shaping=shaping_named(scheme.shaping),
        lanes=LANES,
    )
    assert ascent.achieved.all()
    return (ascent.images - images).mul(255).round()


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("clip", ["limit", "range"])
def test_the_sum_of_the_noises_is_released(count: int, clip: str) -> None:
    images, classifier = calm(5, *SHAPE), random_linear(CLASSES, PIXELS)
    scheme = unseen.ClassIndistinguishability(targets=count, clip=clip, attempts=9)
    protected = scheme(images, classifier)
    assert protected.targets is not None
    assert protected.targets.shape == (5, count)
    assert all(len(set(row)) == count for row in protected.targets.tolist())
    total = sum(noises(scheme, images, classifier, protected.targets[:, each]) for each in range(count))
    allowed = total.clamp(-2, 2) if clip == "limit" else total
    expected = (images * 255 + allowed).clamp(0, 255).round() / 255
    assert torch.equal(protected.images, expected)
    assert (total.abs().max() > 2) == (count > 1)


def test_the_sum_is_cut_to_the_range_of_the_pixels() -> None:
    images = calm(4, *SHAPE)
    images[:, :, :8], images[:, :, 8:] = 1 / 255, 254 / 255
    classifier = random_linear(CLASSES, PIXELS, scale=8)
    protected = unseen.ClassIndistinguishability(targets=3, clip="range")(images, classifier)
    assert protected.images.min() == 0
    assert protected.images.max() == 1
    assert torch.equal(protected.images, quantise(protected.images))


@pytest.fixture(scope="module")
def protected(photos: Images, lite0: Network) -> Protected:
    return unseen.ClassIndistinguishability(targets=2)(photos[:2], lite0)


def test_a_real_network_is_left_undecided(photos: Images, lite0: Network, plain: Network, protected: Protected) -> None:
    assert protected.achieved.all()
    assert protected.targets is not None
    change = (protected.images - photos[:2]).mul(255).round()
    assert change.abs().max() == 2
    before, after = judged(plain, photos[:2]), judged(plain, protected.images)
    references = before.argmax(1)
    assert (after.argmax(1) != references).all()
    assert (after[range(2), references] < 0.5 * before[range(2), references]).all()
    risen = np.take_along_axis(after - before, protected.targets.numpy(), 1)
    assert (risen > 0).all()


def test_the_whole_list_is_drawn_again_when_one_of_it_fails() -> None:
    random = random_linear(CLASSES, PIXELS)
    impossible = list(range(0, CLASSES, 2))
    weight, bias = random.weight.clone(), random.bias.clone()
    weight[impossible], bias[impossible] = 0, -200
    images, classifier = calm(10, *SHAPE), Linear(weight, bias)
    settings: dict[str, Any] = {"targets": 2, "top_k": 1, "draws": 1, "max_iterations": 30}
    once = unseen.ClassIndistinguishability(attempts=1, **settings)(images, classifier)
    often = unseen.ClassIndistinguishability(attempts=6, **settings)(images, classifier)
    assert once.targets is not None
    assert often.targets is not None
    hopeless = torch.isin(once.targets, torch.tensor(impossible)).any(1)
    assert 0 < hopeless.sum() < 10
    assert not once.achieved[hopeless].any()
    assert (once.iterations[hopeless] > 30).all()  # the other noises of the list are computed all the same
    assert often.achieved.sum() > once.achieved.sum()
    assert not torch.isin(often.targets[often.achieved], torch.tensor(impossible)).any()
    kept = once.achieved
    assert torch.equal(often.images[kept], once.images[kept])
    assert torch.equal(often.iterations[kept], once.iterations[kept])
    assert (often.iterations[~kept] > once.iterations[~kept]).all()


def test_achieved_says_that_the_reference_is_gone() -> None:
    images, classifier = calm(6, *SHAPE), random_linear(CLASSES, PIXELS)
    references = classifier(images).argmax(1)
    protected = unseen.ClassIndistinguishability(targets=3)(images, classifier)
    assert protected.achieved.any()
    assert (classifier(protected.images).argmax(1) != references)[protected.achieved].all()


def test_order_and_neighbours_change_nothing() -> None:
    images, classifier = calm(6, *SHAPE), random_linear(CLASSES, PIXELS)
    together = unseen.ClassIndistinguishability()(images, classifier, seed=2)
    part = unseen.ClassIndistinguishability()(images[[4, 1]], classifier, seed=2)
    assert torch.equal(part.images, together.images[[4, 1]])
    assert torch.equal(part.iterations, together.iterations[[4, 1]])
    other = unseen.ClassIndistinguishability()(images, classifier, seed=3)
    assert together.targets is not None
    assert other.targets is not None
    assert (other.targets != together.targets).any(1).sum() >= 4


def test_too_few_classes_for_a_list_without_repeats() -> None:
    images = calm(2, *SHAPE)
    assert unseen.ClassIndistinguishability(top_k=1, targets=4)(images, random_linear(5, PIXELS)).targets is not None
    with pytest.raises(ValueError, match="fewer targets"):
        unseen.ClassIndistinguishability(top_k=1, targets=5)(images, random_linear(5, PIXELS))


def test_grey_photos() -> None:
    images, classifier = calm(2, 1, 28, 28), random_linear(CLASSES, 28 * 28)
    protected = unseen.ClassIndistinguishability()(images + 0.2 / 255, classifier)
    assert protected.images.shape == images.shape
    assert (protected.images - images).mul(255).round().abs().max() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0, -1 / 255, 2.55, float("nan"))],
        *[("step", value) for value in (0, -0.1, float("nan"))],
        *[("required_score", value) for value in (0, 1.01)],
        *[
            (name, value)
            for name in ("targets", "max_iterations", "top_k", "draws", "attempts", "lanes")
            for value in (0, -1)
        ],
        ("clip", "nothing"),
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.ClassIndistinguishability(**{name: value})
