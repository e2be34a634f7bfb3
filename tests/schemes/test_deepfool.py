from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from unseen.grid import quantise
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.schemes.deepfool import DeepFool, Perturbation
from unseen.types import Images, Logits

from .classifiers import Counting, Linear, calm, random_linear
from .photos import judged

CLASSES, SHAPE, PIXELS = 12, (3, 16, 16), 3 * 16 * 16
PAPER: dict[str, Any] = {"turns": 0, "candidates": 999}
Array = NDArray[np.float64]


def flat(images: Images) -> Array:
    return images.flatten(1).double().numpy()


def size(delta: Array, norm: str) -> Array:
    return np.linalg.norm(delta, ord=2 if norm == "l2" else np.inf, axis=-1)


def boundaries(images: Images, classifier: Linear) -> tuple[Array, Array]:
    """The way of each image (B, K) to each class's boundary with the answer in logits, and the gradient (B, K, D)."""
    weight, bias = classifier.weight.double().numpy(), classifier.bias.double().numpy()
    logits = (flat(images) - 0.5) @ weight.T + bias
    answer = logits.argmax(1)
    return logits.max(1, keepdims=True) - logits, weight[None] - weight[answer][:, None]


def closed_form(images: Images, classifier: Linear, norm: str) -> tuple[Array, Array]:
    """The shortest change (B, D) onto any boundary, and its length: min over k of |f_k - f| / ||w_k - w||_dual."""
    gaps, weights = boundaries(images, classifier)
    dual = np.linalg.norm(weights, ord=2 if norm == "l2" else 1, axis=2)
    with np.errstate(invalid="ignore"):
        distance = np.where(dual > 0, gaps / dual, np.inf)
    nearest = distance.argmin(1)
    rows = np.arange(len(images))
    weight, length = weights[rows, nearest], distance[rows, nearest]
    if norm == "linf":
        return length[:, None] * np.sign(weight), length
    return (length / dual[rows, nearest])[:, None] * weight, length


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("classes", [2, 3, CLASSES, 200])
def test_on_a_linear_model_it_is_the_closed_form(classes: int, norm: str) -> None:
    images, classifier = calm(7, *SHAPE), random_linear(classes, PIXELS, scale=0.5)
    found = DeepFool(norm=norm, overshoot=0.01, **PAPER).perturbation(images, classifier)
    expected, length = closed_form(images, classifier, norm)
    assert found.fooled.all()
    assert found.iterations.tolist() == [1] * 7
    np.testing.assert_allclose(size(flat(found.delta), norm), 1.01 * length, rtol=1e-4)
    np.testing.assert_allclose(flat(found.delta), 1.01 * expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_turned_change_is_at_right_angles_to_the_boundary(norm: str) -> None:
    images, network = calm(9, *SHAPE), bent(3)
    paper = DeepFool(norm=norm, **PAPER).perturbation(images, network)
    turned = [DeepFool(norm=norm, candidates=999, turns=turns).perturbation(images, network) for turns in (1, 4)]
    assert all(found.fooled.all() for found in turned)
    lengths = [size(flat(found.delta), norm) for found in (paper, *turned)]
    assert (lengths[1] < lengths[0]).all()
    assert (lengths[2] <= lengths[1]).all()
    delta = flat(turned[1].delta)
    x = flat(images) + delta
    first, second = network.first.double().numpy(), network.second.double().numpy()
    gradients = np.einsum("kh,bh,hd->bkd", second, 1 - np.tanh((x - 0.5) @ first.T) ** 2, first)
    best = np.argsort(np.tanh((x - 0.5) @ first.T) @ second.T)[:, -2:]
    rows = np.arange(9)
    normal = gradients[rows, best[:, 1]] - gradients[rows, best[:, 0]]
    if norm == "linf":
        normal = np.sign(normal)
    cosine = (normal * delta).sum(1) / np.linalg.norm(normal, axis=1) / np.linalg.norm(delta, axis=1)
    assert np.median(cosine) > (0.999 if norm == "l2" else 0.97)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_cut_change_ends_at_the_boundary(norm: str) -> None:
    images, classifier = calm(7, *SHAPE), random_linear(CLASSES, PIXELS)
    _, length = closed_form(images, classifier, norm)
    found = DeepFool(norm=norm, overshoot=0.5).perturbation(images, classifier)
    assert found.fooled.all()
    assert (classifier(images + found.delta).argmax(1) != classifier(images).argmax(1)).all()
    np.testing.assert_allclose(size(flat(found.delta), norm), 1.001 * length, rtol=4e-4)


def test_only_the_likeliest_classes_are_measured() -> None:
    images, even = calm(40, *SHAPE), random_linear(CLASSES, PIXELS, scale=0.5)
    classifier = Linear(even.weight * torch.linspace(0.2, 2, CLASSES)[:, None], even.bias)
    gaps, weights = boundaries(images, classifier)
    with np.errstate(invalid="ignore"):
        distance = gaps / np.linalg.norm(weights, axis=2)
    likeliest = gaps.argsort(1)[:, 1:]
    assert (np.nanargmin(distance, 1) != likeliest[:, 0]).any()  # the second answer is not always the nearest
    for count in (1, 2, 5):
        found = DeepFool(candidates=count, turns=0, overshoot=0).perturbation(images, classifier)
        expected = np.take_along_axis(distance, likeliest[:, :count], 1).min(1)
        np.testing.assert_allclose(size(flat(found.delta), "l2"), expected, rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_values_at_the_end_of_their_range_take_no_part(norm: str) -> None:
    classifier = random_linear(2, PIXELS, scale=1)
    images = calm(5, *SHAPE)
    images[..., :8] = 1.0
    images[..., 8:10] = 0.0
    gaps, weights = boundaries(images, classifier)
    downhill = np.take_along_axis(weights, gaps.argmax(1)[:, None, None], 1)[:, 0]
    stuck = ((flat(images) == 1) & (downhill > 0)) | ((flat(images) == 0) & (downhill < 0))
    free = np.where(stuck, 0, downhill)
    expected = gaps.max(1) / np.linalg.norm(free, ord=2 if norm == "l2" else 1, axis=1)
    found = DeepFool(norm=norm, turns=0).perturbation(images, classifier)
    assert found.iterations.tolist() == [1] * 5
    assert found.fooled.all()
    assert (flat(found.delta)[stuck] == 0).all()
    np.testing.assert_allclose(size(flat(found.delta), norm), 1.02 * expected, rtol=1e-3)


@dataclass(frozen=True)
class Bent:
    """logits = second · tanh(first · (image - 1/2)): not linear, and its gradient is easily written down."""

    first: torch.Tensor
    second: torch.Tensor
    class_names: tuple[str, ...]

    def __call__(self, images: Images) -> Logits:
        return (self.first @ (images.flatten(1) - 0.5).T).tanh().T @ self.second.T


def bent(seed: int) -> Bent:
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.randn(20, PIXELS, generator=generator), torch.randn(CLASSES, 20, generator=generator)
    return Bent(first, second, tuple(f"class {number}" for number in range(CLASSES)))


def algorithm_2(image: Array, network: Bent, norm: str, overshoot: float) -> tuple[Array, int]:
    """The paper's Algorithm 2 for one image, in numpy and double precision."""
    first, second = network.first.double().numpy(), network.second.double().numpy()

    def logits(x: Array) -> Array:
        return second @ np.tanh(first @ (x - 0.5))

    label, total, steps = logits(image).argmax(), np.zeros_like(image), 0
    while logits(image + (1 + overshoot) * total).argmax() == label:
        x = image + (1 + overshoot) * total
        gradients = (second * (1 - np.tanh(first @ (x - 0.5)) ** 2)) @ first
        others = [number for number in range(CLASSES) if number != label]
        values = np.abs((logits(x) - logits(x)[label])[others])
        weights = (gradients - gradients[label])[others]
        q = 2 if norm == "l2" else 1
        duals = np.linalg.norm(weights, ord=q, axis=1)
        nearest = (values / duals).argmin()
        weight = weights[nearest]
        total += values[nearest] / duals[nearest] ** q * np.abs(weight) ** (q - 1) * np.sign(weight)
        steps += 1
    return (1 + overshoot) * total, steps


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_on_a_bent_model_it_is_the_paper_s_algorithm(norm: str) -> None:
    images, network = calm(9, *SHAPE), bent(3)
    found = DeepFool(norm=norm, **PAPER).perturbation(images, network)
    expected = [algorithm_2(image, network, norm, 0.02) for image in flat(images)]
    assert found.fooled.all()
    assert found.iterations.tolist() == [steps for _, steps in expected]
    assert max(steps for _, steps in expected) > 1
    np.testing.assert_allclose(flat(found.delta), np.stack([delta for delta, _ in expected]), rtol=0.02, atol=2e-5)


@pytest.mark.parametrize("scale", [0.02, 0.1, 0.5])
def test_in_whole_levels_it_is_nearly_the_shortest_there_is(scale: float) -> None:
    images, classifier = calm(6, *SHAPE), random_linear(2, PIXELS, scale=scale)
    protected = DeepFool(overshoot=0, narrowings=8)(images, classifier)
    gaps, weights = boundaries(images, classifier)
    downhill = np.abs(np.take_along_axis(weights, gaps.argmax(1)[:, None, None], 1)[:, 0])
    assert protected.achieved.all()
    levels = (flat(protected.images) - flat(images)) * 255
    np.testing.assert_allclose(levels, levels.round(), atol=1e-3)
    for gap, weight, change in zip(gaps.max(1), downhill, levels.round(), strict=True):
        # One level more costs 2k + 1 squared levels: the best purchases first, until the gap is closed.
        costs = 2 * np.arange(64)[:, None] + 1
        order = (weight / costs).ravel().argsort()[::-1]
        gained = (np.broadcast_to(weight, (64, PIXELS)).ravel()[order] / 255).cumsum()
        bought = int(np.searchsorted(gained, gap)) + 1
        shortest = np.broadcast_to(costs, (64, PIXELS)).ravel()[order][:bought].sum()
        assert shortest - costs.max() <= (change**2).sum() <= 1.02 * shortest + 2


@pytest.fixture(scope="module")
def on_lite0(photos: Images, lite0: Network) -> Perturbation:
    return DeepFool().perturbation(photos, lite0)


def test_a_real_network_is_fooled_by_very_little(
    on_lite0: Perturbation, photos: Images, lite0: Network, plain: Network
) -> None:
    references = judged(plain, photos).argmax(1)
    assert on_lite0.fooled.all()
    assert (on_lite0.iterations <= 8).all()
    assert (size(flat(on_lite0.delta), "l2") < 1.2).all()
    with torch.no_grad():
        answers = plain(photos + on_lite0.delta).argmax(1)
        half = plain(photos + 0.9 * on_lite0.delta).argmax(1)
    assert (answers != torch.from_numpy(references)).sum() >= 3  # on the boundary, so the last bits may decide
    assert torch.equal(half, torch.from_numpy(references))


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_what_is_released_is_on_the_grid_and_fools(norm: str, photos: Images, lite0: Network, plain: Network) -> None:
    protected = DeepFool(norm=norm)(photos, lite0)
    assert torch.equal(protected.images, quantise(protected.images))
    assert protected.achieved.all()
    assert protected.targets is None
    assert (judged(plain, protected.images).argmax(1) != judged(plain, photos).argmax(1)).sum() >= 3
    change = (protected.images - photos).mul(255).round()
    if norm == "linf":
        assert change.abs().max() <= 2
    assert change.abs().mean() < 1.1


def test_further_beyond_the_boundary_with_more_overshoot(photos: Images, lite0: Network, plain: Network) -> None:
    references = judged(plain, photos).argmax(1)
    near, far = (DeepFool(overshoot=overshoot)(photos, lite0).images for overshoot in (0.02, 1.0))
    scores = [judged(plain, images)[range(4), references] for images in (near, far)]
    assert (scores[1] < 0.8 * scores[0]).all()
    assert (size(flat(far - photos), "l2") > 1.1 * size(flat(near - photos), "l2")).all()


def test_the_two_norms_keep_small_what_they_are_named_by() -> None:
    images, classifier = calm(7, *SHAPE), random_linear(CLASSES, PIXELS, scale=0.5)
    euclidean, largest = (flat(DeepFool(norm=norm).perturbation(images, classifier).delta) for norm in ("l2", "linf"))
    assert (size(euclidean, "l2") < size(largest, "l2")).all()
    assert (size(euclidean, "linf") > size(largest, "linf")).all()


def test_every_network_of_an_ensemble_is_fooled() -> None:
    images = calm(6, *SHAPE)
    members = [random_linear(CLASSES, PIXELS), Linear(random_linear(13, PIXELS).weight[:CLASSES], torch.zeros(CLASSES))]
    own = [member(images).argmax(1) for member in members]
    assert (own[0] != own[1]).any()
    found = DeepFool().perturbation(images, Ensemble(members))
    protected = DeepFool()(images, Ensemble(members))
    assert found.fooled.all()
    assert protected.achieved.all()
    for member, labels in zip(members, own, strict=True):
        assert (member(images + found.delta).argmax(1) != labels).all()
        assert (member(protected.images).argmax(1) != labels).all()


def test_the_same_network_twice_is_one_network() -> None:
    images, network = calm(6, *SHAPE), bent(3)
    once, twice = (DeepFool().perturbation(images, classifier) for classifier in (network, Ensemble([network] * 2)))
    assert torch.equal(once.iterations, twice.iterations)
    torch.testing.assert_close(once.delta, twice.delta, rtol=1e-2, atol=1e-5)


def test_of_two_classes_two_networks_are_fooled_nearly_where_both_boundaries_meet() -> None:
    images = calm(40, *SHAPE)
    members = [random_linear(2, PIXELS), Linear(random_linear(5, PIXELS).weight[:2], torch.zeros(2))]
    own = [member(images).argmax(1) for member in members]
    assert (own[0] != own[1]).any()
    assert (own[0] == own[1]).any()
    found = DeepFool().perturbation(images, Ensemble(members))
    assert found.fooled.all()
    # The boundaries are nearly at right angles, so the shortest way onto both follows Pythagoras.
    both = np.hypot(*(closed_form(images, member, "l2")[1] for member in members))
    ratio = size(flat(found.delta), "l2") / both
    assert ratio.min() > 0.9
    assert np.median(ratio) < 1.2


def test_a_photo_that_is_read_as_something_else_stays_as_it_is() -> None:
    images, classifier = calm(4, *SHAPE), random_linear(CLASSES, PIXELS)
    answers = classifier(images).argmax(1)
    references = answers.clone()
    references[:2] = (answers[:2] + 1) % CLASSES
    protected = DeepFool()(images, classifier, references=references)
    assert protected.achieved.all()
    assert protected.iterations.tolist()[:2] == [0, 0]
    assert torch.equal(protected.images[:2], images[:2])
    assert (protected.images[2:] != images[2:]).flatten(1).any(1).all()


def test_a_network_without_a_way_out_is_said_not_to_be_fooled() -> None:
    images = calm(3, *SHAPE)
    constant = Linear(torch.zeros(CLASSES, PIXELS), torch.arange(float(CLASSES)))
    protected = DeepFool(max_iterations=4)(images, constant)
    assert not protected.achieved.any()
    assert protected.iterations.tolist() == [4] * 3
    assert torch.equal(protected.images, images)
    found = DeepFool(max_iterations=4).perturbation(images, constant)
    assert not found.fooled.any()
    assert (found.delta == 0).all()


def test_a_photo_that_cannot_be_fooled_is_released_with_a_small_change() -> None:
    images = calm(3, *SHAPE)
    weight = torch.randn(2, PIXELS, generator=torch.Generator().manual_seed(0)) / 50
    stubborn = Linear(weight, torch.tensor([50.0, 0.0]))
    protected = DeepFool(max_iterations=3)(images, stubborn)
    assert not protected.achieved.any()
    assert ((protected.images >= 0) & (protected.images <= 1)).all()


def test_neighbours_and_order_change_nothing() -> None:
    images, network = calm(9, *SHAPE), bent(3)
    scheme = DeepFool(lanes=3)
    together = scheme(images, network)
    for chosen in ([4], [8, 0, 5, 2, 1]):
        part = scheme(images[chosen], network)
        assert torch.equal(part.images, together.images[chosen])
        assert torch.equal(part.iterations, together.iterations[chosen])
    assert torch.equal(scheme(images, network, seed=7).images, together.images)


@pytest.mark.parametrize(("count", "lanes"), [(1, 1), (3, 1), (6, 4), (3, 2), (1, 3)])
def test_every_batch_has_the_shape_of_the_lanes(count: int, lanes: int) -> None:
    counting = Counting(bent(3))
    DeepFool(lanes=lanes)(calm(count, *SHAPE), counting)
    assert {shape[0] for shape in counting.shapes} == {lanes}


def test_grey_photos_between_levels() -> None:
    images, classifier = calm(2, 1, 28, 28), random_linear(CLASSES, 28 * 28)
    protected, expected = DeepFool()(images - 0.2 / 255, classifier), DeepFool()(images, classifier)
    assert protected.images.shape == images.shape
    assert torch.equal(protected.images, expected.images)


def test_images_between_levels_are_not_rounded_for_the_change_itself() -> None:
    images, classifier = calm(3, *SHAPE) + 0.3 / 255, random_linear(CLASSES, PIXELS)
    found = DeepFool(overshoot=0.01, **PAPER).perturbation(images, classifier)
    _, length = closed_form(images, classifier, "l2")
    np.testing.assert_allclose(size(flat(found.delta), "l2"), 1.01 * length, rtol=1e-4)


def test_wrong_references_are_refused() -> None:
    images, classifier = calm(2, *SHAPE), random_linear(CLASSES, PIXELS)
    with pytest.raises(ValueError, match=r"references have shape \(3,\): give one class a photo, \(2,\)"):
        DeepFool()(images, classifier, references=torch.tensor([0, 1, 2]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("norm", value) for value in ("l1", "L2", "")],
        *[(name, value) for name in ("candidates", "max_iterations", "lanes") for value in (0, -1)],
        *[("overshoot", value) for value in (-0.1, float("nan"))],
        *[(name, -1) for name in ("turns", "narrowings")],
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        DeepFool(**{name: value})
