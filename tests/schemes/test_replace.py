from typing import Any

import numpy as np
import pytest
import torch

import unseen
from unseen.grid import quantise
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.types import Images, Protected

from .classifiers import Counting, Linear, calm, random_linear
from .photos import judged

CLASSES, SHAPE = 20, (3, 16, 16)
PIXELS = 3 * 16 * 16


@pytest.fixture(scope="module")
def protected(photos: Images, lite0: Network) -> Protected:
    return unseen.ClassReplacement()(photos, lite0)


def linear_with_impossible(impossible: list[int]) -> Linear:
    classifier = random_linear(CLASSES, PIXELS)
    weight, bias = classifier.weight.clone(), classifier.bias.clone()
    weight[impossible], bias[impossible] = 0, -200
    return Linear(weight, bias)


def test_the_target_is_certain_on_what_is_saved(photos: Images, plain: Network, protected: Protected) -> None:
    assert protected.targets is not None
    target = protected.targets[:, 0].numpy()
    after = judged(plain, protected.images)[range(4), target]
    assert protected.achieved.all()
    assert (after >= 0.99 - 1e-4).all()
    before = judged(plain, photos)
    ranks = (-before).argsort(1).argsort(1)[range(4), target]
    assert (ranks >= 5).all()


def test_the_reference_is_gone(photos: Images, plain: Network, protected: Protected) -> None:
    reference = judged(plain, photos).argmax(1)
    assert (judged(plain, protected.images)[range(4), reference] < 0.01).all()


def test_no_value_changes_by_more_than_two_levels(photos: Images, protected: Protected) -> None:
    change = (protected.images - photos).mul(255).round()
    assert torch.equal(protected.images, quantise(protected.images))
    assert change.abs().max() == 2


def test_no_channel_is_left_out(photos: Images, protected: Protected) -> None:
    assert ((protected.images != photos).double().mean((2, 3)) > 0.02).all()


def test_all_channels_are_treated_alike() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    order = [2, 0, 1]
    turned = Linear(classifier.weight.unflatten(1, SHAPE)[:, order].flatten(1), classifier.bias)
    candidates = torch.tensor([[3], [7], [11], [15]])
    scheme = unseen.ClassReplacement()
    expected = scheme.toward_candidates(images, classifier, candidates)
    found = scheme.toward_candidates(images[:, order], turned, candidates)
    assert torch.equal(found.images, expected.images[:, order])
    assert torch.equal(found.iterations, expected.iterations)


def test_photos_leave_when_they_are_done(photos: Images, protected: Protected) -> None:
    assert (protected.iterations > 0).all()
    assert (protected.iterations < 100).all()


def published(images: Images, device: str) -> Protected:
    model = unseen.load_classifier("lite0", device=device)
    scheme = unseen.ClassReplacement(epsilon=2.55 / 255, step=0.5 / 255, required_score=0.99, max_iterations=100)
    return scheme(images.to(device), model, seed=0)


def test_the_published_example(photos: Images, protected: Protected) -> None:
    example = published(photos, "cpu")
    assert torch.equal(example.images, protected.images)  # the defaults are the paper's
    assert example.images.shape == photos.shape
    assert example.achieved.tolist() == [True] * 4
    assert torch.equal(example.iterations, protected.iterations)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_published_example_on_a_gpu(photos: Images, plain: Network) -> None:
    example = published(photos, "cuda")
    assert example.images.device.type == example.achieved.device.type == example.iterations.device.type == "cuda"
    assert example.targets is not None
    after = judged(plain, example.images.cpu())[range(4), example.targets[:, 0].cpu().numpy()]
    assert (after >= 0.98).all()
    assert (example.images.cpu() - photos).mul(255).round().abs().max() == 2


def test_a_seed_is_repeatable_and_another_one_draws_another_target() -> None:
    images, classifier = calm(6, *SHAPE), random_linear(200, PIXELS)
    scheme = unseen.ClassReplacement()
    first, again, other = (scheme(images, classifier, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first.images, again.images)
    assert first.targets is not None
    assert again.targets is not None
    assert other.targets is not None
    assert torch.equal(first.targets, again.targets)
    assert (first.targets != other.targets).sum() >= 4


def test_order_and_neighbours_change_nothing() -> None:
    images, classifier = calm(7, *SHAPE), random_linear(CLASSES, PIXELS)
    together = unseen.ClassReplacement()(images, classifier)
    assert together.targets is not None
    for chosen in ([6, 5, 4, 3, 2, 1, 0], [2, 4], [5, 5, 0]):
        part = unseen.ClassReplacement()(images[chosen], classifier)
        assert torch.equal(part.images, together.images[chosen])
        assert torch.equal(part.targets, together.targets[chosen])  # type: ignore[arg-type]
        assert torch.equal(part.iterations, together.iterations[chosen])


def test_an_impossible_target_is_replaced_by_another() -> None:
    impossible = list(range(0, CLASSES, 2))
    images, classifier = calm(12, *SHAPE), linear_with_impossible(impossible)
    settings: dict[str, Any] = {"top_k": 1, "draws": 1, "max_iterations": 30}
    once = unseen.ClassReplacement(attempts=1, **settings)(images, classifier)
    often = unseen.ClassReplacement(attempts=8, **settings)(images, classifier)
    assert once.targets is not None
    assert often.targets is not None
    hopeless = torch.isin(once.targets[:, 0], torch.tensor(impossible))
    assert 0 < hopeless.sum() < 12
    assert torch.equal(once.achieved, ~hopeless)
    assert often.achieved.all()
    assert not torch.isin(often.targets, torch.tensor(impossible)).any()
    # Those that were reached at once stay as they were; the others start from the original and count every step.
    assert torch.equal(often.images[~hopeless], once.images[~hopeless])
    assert torch.equal(often.iterations[~hopeless], once.iterations[~hopeless])
    assert (often.iterations[hopeless] > 30).all()
    assert (often.iterations[~hopeless] <= 30).all()
    answers = classifier(often.images).softmax(1).gather(1, often.targets)
    assert (answers >= 0.99 - 1e-6).all()


def test_a_photo_that_never_gets_there_is_said_not_to() -> None:
    images, classifier = calm(3, *SHAPE), linear_with_impossible(list(range(1, CLASSES)))
    protected = unseen.ClassReplacement(top_k=1, attempts=2, max_iterations=7)(images, classifier)
    assert not protected.achieved.any()
    assert protected.iterations.tolist() == [14] * 3
    assert (protected.images != images).any()


@pytest.mark.parametrize("members", [1, 2])
def test_references_and_the_top_k_are_never_targets(members: int) -> None:
    images, classifier = calm(6, *SHAPE), random_linear(8, PIXELS)
    turned = Linear(classifier.weight.roll(3, 0), classifier.bias)
    ensemble = Ensemble([classifier, turned][:members])
    top = ensemble(images).topk(2).indices.flatten(1)
    references = torch.tensor([[(row[0] + 4) % 8] * members for row in top.tolist()])
    scheme = unseen.ClassReplacement(top_k=2, max_iterations=1, attempts=1, draws=1)
    seen: set[int] = set()
    for seed in range(40):
        targets = scheme(images, ensemble, seed=seed, references=references).targets
        assert targets is not None
        assert not (targets == references).any()
        assert not (targets == top).any()
        seen |= set(targets.flatten().tolist())
    assert len(seen) > 4


def test_every_network_of_an_ensemble_is_convinced() -> None:
    images = calm(5, *SHAPE)
    classifiers = [random_linear(CLASSES, PIXELS), random_linear(CLASSES + 1, PIXELS)]
    classifiers[1] = Linear(classifiers[1].weight[:CLASSES], classifiers[1].bias[:CLASSES])
    protected = unseen.ClassReplacement(epsilon=6 / 255)(images, Ensemble(classifiers))
    assert protected.achieved.all()
    assert protected.targets is not None
    for classifier in classifiers:
        assert (classifier(protected.images).softmax(1).gather(1, protected.targets) >= 0.99 - 1e-6).all()


def test_grey_photos(photos: Images, lite0: Network) -> None:
    grey = quantise(photos[:2].mean(1, keepdim=True))
    protected = unseen.ClassReplacement()(grey, lite0)
    assert protected.images.shape == (2, 1, 224, 224)
    assert protected.achieved.all()
    assert (protected.images - grey).mul(255).round().abs().max() <= 2


def test_values_between_levels_are_rounded_first() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    between = images + 0.3 / 255 * torch.randn(images.shape, generator=torch.Generator().manual_seed(0)).clamp(-1, 1)
    assert not torch.equal(between, quantise(between))
    found, expected = unseen.ClassReplacement()(between, classifier), unseen.ClassReplacement()(images, classifier)
    assert torch.equal(found.images, expected.images)
    assert torch.equal(found.targets, expected.targets)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "lanes", "expected"), [(1, None, 1), (3, None, 4), (3, 2, 2), (1, 3, 3)])
def test_every_batch_has_the_shape_of_the_lanes(count: int, lanes: int | None, expected: int) -> None:
    counting = Counting(linear_with_impossible(list(range(0, CLASSES, 2))))
    scheme = unseen.ClassReplacement(lanes=lanes, top_k=1, draws=1, max_iterations=20)
    scheme(calm(count, *SHAPE), counting)
    assert {shape[0] for shape in counting.shapes} == {expected}


def test_too_few_classes() -> None:
    images = calm(2, *SHAPE)
    with pytest.raises(ValueError, match="give a smaller top_k"):
        unseen.ClassReplacement()(images, random_linear(5, PIXELS))
    assert unseen.ClassReplacement(top_k=1)(images, random_linear(2, PIXELS)).achieved.all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0, -1 / 255, 2.55, float("nan"))],
        *[("step", value) for value in (0, -0.1, float("nan"))],
        *[("required_score", value) for value in (0, -0.5, 1.01, 99, float("nan"))],
        *[(name, value) for name in ("max_iterations", "top_k", "draws", "attempts", "lanes") for value in (0, -1)],
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        unseen.ClassReplacement(**{name: value})


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        unseen.ClassReplacement().epsilon = 1  # type: ignore[misc]


def test_the_change_is_small(photos: Images, protected: Protected) -> None:
    assert np.abs((protected.images - photos).double().numpy()).mean() <= 0.0055
