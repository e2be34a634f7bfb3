"""The loop on classifiers whose optimum is known, and that nothing but a photo itself decides its pixels."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from unseen.ascent import LANES, Ascent, ascend
from unseen.budget import L2, Linf
from unseen.grid import quantise
from unseen.models import Network, load_classifier
from unseen.objective import Away, Toward, Uniform
from unseen.shaping import SHAPINGS, chain, momentum, unit
from unseen.types import Classifier, Images

from .schemes.classifiers import Counting, Linear, calm, random_linear
from .schemes.photos import real_photos

LEVEL = 1 / 255
SHAPE = (3, 8, 8)


def two_classes() -> Linear:
    """Logits 0 and w · (x - 1/2), with weights of ±1 and 0."""
    weight = torch.randint(-1, 2, (1, math.prod(SHAPE)), generator=torch.Generator().manual_seed(1)).float()
    return Linear(torch.cat([torch.zeros_like(weight), weight]), torch.zeros(2))


def toward_one(images: Images, required_score: float = 0.99) -> Toward:
    return Toward(target=torch.ones(len(images), dtype=torch.long), required_score=required_score)


def with_margin(classifier: Linear, margins: list[int]) -> Images:
    """Photos whose second logit is each of `margins` levels, nearly: grey, but for whole levels where a weight is."""
    active = classifier.weight[1].nonzero().flatten()
    photos = torch.full((len(margins), math.prod(SHAPE)), 127)
    for photo, margin in zip(photos, margins, strict=True):
        each, rest = divmod(abs(margin), len(active))
        change = torch.full((len(active),), each) + (torch.arange(len(active)) < rest)
        photo[active] += (math.copysign(1, margin) * change * classifier.weight[1, active]).long()
    return photos.reshape(-1, *SHAPE) / 255


def steps_needed(classifier: Linear, images: Images, limit: int, required: float, most: int) -> list[tuple[bool, int]]:
    """Whether and after how many steps of one level the goal holds, in whole levels and without a gradient."""
    direction = np.sign((classifier.weight[1] - classifier.weight[0]).double().numpy())
    found = []
    for photo in images.flatten(1).mul(255).round().double().numpy():
        for count in range(most + 1):
            moved = np.clip(photo + min(count, limit) * direction, 0, 255) / 255 - 0.5
            gap = float(moved @ (classifier.weight[1] - classifier.weight[0]).double().numpy())
            if 1 / (1 + math.exp(-gap)) >= required:
                break
        found.append((1 / (1 + math.exp(-gap)) >= required, count))
    return found


def climb(images: Images, classifier: Classifier, *, limit: float = 10, most: int = 20, **others: object) -> Ascent:
    """Toward the second class in steps of one level."""
    return ascend(
        images,
        classifier,
        toward_one(images),
        budget=Linf(limit * LEVEL),
        step=LEVEL,
        max_iterations=most,
        **others,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("limit", [1, 2, 2.55, 8])
@pytest.mark.parametrize("shaping", SHAPINGS)
def test_the_optimum_of_a_linear_classifier_is_reached(limit: float, shaping: str) -> None:
    classifier = two_classes()
    images = torch.randint(0, 256, (5, *SHAPE), generator=torch.Generator().manual_seed(0)) / 255
    objective = toward_one(images, required_score=2)  # out of reach: the last candidate is released
    ascent = ascend(
        images,
        classifier,
        objective,
        budget=Linf(limit * LEVEL),
        step=0.5 * LEVEL,
        max_iterations=60,
        shaping=SHAPINGS[shaping],
    )
    direction = (classifier.weight[1] - classifier.weight[0]).sign().reshape(SHAPE)
    optimum = (images * 255 + math.floor(limit) * direction).clamp(0, 255).round() / 255
    assert torch.equal(ascent.images, optimum)
    assert not ascent.achieved.any()
    assert ascent.iterations.tolist() == [60] * 5


def test_the_loop_stops_at_the_earliest_step_that_will_do() -> None:
    classifier = two_classes()
    images = with_margin(classifier, [-1500, -700, -100, 0, 300, 1000, 1500, 1800])
    expected = steps_needed(classifier, images, 10, 0.99, 20)
    assert len(set(expected)) > 5
    for lanes in (1, 3, None):
        ascent = climb(images, classifier, lanes=lanes)
        found = zip(ascent.achieved.tolist(), ascent.iterations.tolist(), strict=True)
        assert list(found) == expected


def test_a_goal_that_holds_at_once_costs_nothing() -> None:
    classifier = Counting(two_classes())
    images = with_margin(two_classes(), [1800, 1800])
    ascent = climb(images, classifier)
    assert torch.equal(ascent.images, images)
    assert ascent.achieved.all()
    assert ascent.iterations.tolist() == [0, 0]
    assert len(classifier.shapes) == 1


def test_what_is_released_is_what_was_judged() -> None:
    classifier = two_classes()
    images = with_margin(classifier, [-100, 0, 300, 700])
    ascent = climb(images, classifier)
    assert (classifier(ascent.images).softmax(1)[:, 1] >= 0.99 - 1e-6).all()
    assert torch.equal(ascent.images, quantise(ascent.images))
    change = (ascent.images.double() - images) * 255
    assert (change.abs().amax((1, 2, 3)) - ascent.iterations).abs().max() < 1e-4


def test_dark_and_bright_values_are_exactly_on_the_grid() -> None:
    images = (torch.arange(2 * 256).reshape(2, 1, 16, 16) % 256) / 255
    classifier = Linear(torch.stack([torch.zeros(256), torch.ones(256)]), torch.tensor([0.0, -1e3]))
    for limit in range(1, 33):
        released = climb(images, classifier, limit=limit, most=limit).images
        assert torch.equal(released, (images * 255 + limit).clamp(0, 255).round() / 255)


def test_steps_below_a_level_add_up() -> None:
    images = torch.full((1, *SHAPE), 100 / 255)
    ascent = ascend(
        images,
        two_classes(),
        toward_one(images, required_score=2),
        budget=Linf(8 * LEVEL),
        step=0.2 * LEVEL,
        max_iterations=13,  # 2.6 levels
    )
    assert (ascent.images - images).mul(255).round().abs().max() == 3


def test_away_and_uniform_climb_too() -> None:
    classifier = random_linear(6, math.prod(SHAPE))
    images = calm(5, *SHAPE)
    answer = classifier(images).softmax(1)
    label = answer.argmax(1)
    common = {"budget": Linf(8 * LEVEL), "step": 0.25 * LEVEL, "max_iterations": 60}
    away = ascend(images, classifier, Away(label=label, allowed_score=0.01), **common)  # type: ignore[arg-type]
    assert away.achieved.all()
    assert classifier(away.images).softmax(1)[range(5), label].max() <= 0.01 + 1e-6
    even = ascend(images, classifier, Uniform(label=label, required_share=0.8), **common)  # type: ignore[arg-type]
    after = classifier(even.images).softmax(1)
    assert even.achieved.all()
    assert (-(after * after.log()).sum(1)).min() >= 0.8 * math.log(6) - 1e-5


def test_a_euclidean_budget_reaches_its_optimum() -> None:
    """Without rounding the best change of a linear classifier lies along its weights; on the grid nearly so."""
    weight = torch.randn(1, math.prod(SHAPE), generator=torch.Generator().manual_seed(0))
    classifier = Linear(torch.cat([-weight, weight]), torch.tensor([0.0, -1e4]))
    images = torch.full((2, *SHAPE), 127 / 255)
    limit = 200 * LEVEL
    ascent = ascend(
        images,
        classifier,
        toward_one(images),
        budget=L2(limit),
        step=limit / 5,
        max_iterations=10,
        shaping=chain(momentum(0.5), unit()),
    )
    change = (ascent.images - images).flatten(1)
    assert change.norm(dim=1).max() <= limit * (1 + 1e-5)
    assert torch.cosine_similarity(change, weight).min() > 0.99
    assert change.norm(dim=1).min() > 0.95 * limit


def mixed() -> tuple[Linear, Images]:
    """Photos that need from no to all steps, in no order."""
    classifier = two_classes()
    margins = [1800, -3000, 300, 0, 1500, -700, -100, 1000, -3000, 1800, 700]
    return classifier, with_margin(classifier, margins)


@pytest.mark.parametrize("shaping", SHAPINGS)
@pytest.mark.parametrize("lanes", [1, 3, 4])
def test_order_and_neighbours_change_nothing(shaping: str, lanes: int) -> None:
    classifier, images = mixed()
    together = climb(images, classifier, shaping=SHAPINGS[shaping], lanes=lanes)
    assert 0 < together.achieved.sum() < len(images)
    for chosen in ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [1], [7, 1], [0, 0, 8, 2, 6]):
        part = climb(images[chosen], classifier, shaping=SHAPINGS[shaping], lanes=lanes)
        assert torch.equal(part.images, together.images[chosen])
        assert torch.equal(part.achieved, together.achieved[chosen])
        assert torch.equal(part.iterations, together.iterations[chosen])


def test_a_photo_that_is_done_leaves_its_lane() -> None:
    classifier = two_classes()
    images = with_margin(classifier, [-3000] + [1000] * 15)  # the first never gets there
    counting = Counting(classifier)
    ascent = climb(images, counting, most=60, lanes=4)
    assert ascent.iterations[0] == 60
    visits = ascent.iterations[1:] + 1
    assert 1 < visits.min() <= visits.max() < 12
    assert len(counting.shapes) == 61  # the others passed through the three lanes beside it


@pytest.mark.parametrize("lanes", [1, 2, 4, 7])
def test_lanes_are_kept_full(lanes: int) -> None:
    classifier, images = mixed()
    counting = Counting(classifier)
    ascent = climb(images, counting, lanes=lanes)
    visits = (ascent.iterations + 1).tolist()
    assert sum(visits) / lanes <= len(counting.shapes) <= sum(visits) / lanes + max(visits)
    assert set(counting.shapes) == {(lanes, *SHAPE)}


def test_a_photo_alone_is_a_batch_of_one_and_several_fill_the_lanes() -> None:
    classifier, images = mixed()
    for count, lanes, expected in [(1, None, 1), (2, None, LANES), (3, None, LANES), (9, None, LANES), (1, 3, 3)]:
        counting = Counting(classifier)
        climb(images[1 : 1 + count], counting, lanes=lanes)
        assert set(counting.shapes) == {(expected, *SHAPE)}


def test_a_caller_s_no_grad_does_not_matter() -> None:
    classifier, images = mixed()
    with torch.no_grad():
        assert torch.equal(climb(images, classifier).images, climb(images, classifier).images)
    assert climb(images, classifier).images.grad_fn is None


def test_its_images_are_left_alone() -> None:
    classifier, images = mixed()
    before = images.clone()
    climb(images, classifier)
    assert torch.equal(images, before)


@pytest.fixture(scope="module")
def lite0() -> Network:
    return load_classifier("lite0")


@pytest.fixture(scope="module")
def photos() -> Images:
    squares = real_photos(160)
    return torch.cat([squares, squares.flip(3)[:2]])


TARGETS = (7, 130, 301, 555, 804, 910)
CLIMB = """
import sys, torch
from unseen.ascent import ascend
from unseen.budget import Linf
from unseen.models import load_classifier
from unseen.objective import Toward
from unseen.shaping import SHAPINGS
torch.set_num_threads(int(sys.argv[3]))
images, target = torch.load(sys.argv[1])
objective = Toward(target=target, required_score=0.6)
ascent = ascend(images, load_classifier("lite0"), objective, budget=Linf(2.55 / 255), step=0.5 / 255, max_iterations=6,
                shaping=SHAPINGS["ramp"])
torch.save(ascent.images, sys.argv[2])
"""


def climb_lite0(photos: Images, chosen: list[int], network: Network, lanes: int | None = None) -> Ascent:
    return ascend(
        photos[chosen],
        network,
        Toward(target=torch.tensor(TARGETS)[chosen], required_score=0.6),
        budget=Linf(2.55 / 255),
        step=0.5 / 255,
        max_iterations=6,
        shaping=SHAPINGS["ramp"],
        lanes=lanes,
    )


@pytest.fixture(scope="module")
def together(photos: Images, lite0: Network) -> Ascent:
    return climb_lite0(photos, list(range(6)), lite0)


@pytest.mark.parametrize("chosen", [[5, 4, 3, 2, 1, 0], [3, 0, 0]])
def test_neighbours_change_no_pixel_on_a_real_network(
    photos: Images, lite0: Network, together: Ascent, chosen: list[int]
) -> None:
    assert len(set(together.iterations.tolist())) > 1  # photos do leave at different times
    part = climb_lite0(photos, chosen, lite0)
    assert torch.equal(part.images, together.images[chosen])
    assert torch.equal(part.achieved, together.achieved[chosen])
    assert torch.equal(part.iterations, together.iterations[chosen])


def test_a_lone_photo_at_the_lanes_of_several_is_the_same(photos: Images, lite0: Network, together: Ascent) -> None:
    assert torch.equal(climb_lite0(photos, [3], lite0, lanes=LANES).images, together.images[[3]])


def test_a_fresh_process_changes_no_pixel(photos: Images, together: Ascent, tmp_path: Path) -> None:
    given, made = tmp_path / "given.pt", tmp_path / "made.pt"
    torch.save((photos, torch.tensor(TARGETS)), given)
    threads = str(torch.get_num_threads())
    script = [sys.executable, "-c", CLIMB, str(given), str(made), threads]
    subprocess.run(script, check=True, env={**os.environ, "OMP_NUM_THREADS": threads})
    assert torch.equal(torch.load(made), together.images)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_climbs_the_same_hill(photos: Images, together: Ascent) -> None:
    network = load_classifier("lite0", device="cuda")
    target = torch.tensor(TARGETS, device="cuda")
    ascent = ascend(
        photos.cuda(),
        network,
        Toward(target=target, required_score=0.6),
        budget=Linf(2.55 / 255),
        step=0.5 / 255,
        max_iterations=6,
        shaping=SHAPINGS["ramp"],
    )
    assert ascent.images.device.type == ascent.achieved.device.type == ascent.iterations.device.type == "cuda"
    assert torch.equal(ascent.images, quantise(ascent.images))
    assert (ascent.iterations.cpu() - together.iterations).abs().max() <= 1


def test_who_is_asked_learns_which_photo_it_is_and_how_many_steps_it_has_taken() -> None:
    classifier, images = two_classes(), with_margin(two_classes(), [3, 200, -40])
    heard: dict[int, list[int]] = {}

    def asked(candidates: Images, index: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
        for photo, step in zip(index.tolist(), steps.tolist(), strict=True):
            heard.setdefault(photo, []).append(step)
        return classifier(candidates)

    common = {"budget": Linf(8 * LEVEL), "step": LEVEL, "max_iterations": 4, "lanes": 1}
    found = ascend(images, classifier, toward_one(images, 2), **common, asked=asked)  # type: ignore[arg-type]
    assert heard == {photo: [0, 1, 2, 3, 4] for photo in range(3)}
    expected = ascend(images, classifier, toward_one(images, 2), **common)  # type: ignore[arg-type]
    assert torch.equal(found.images, expected.images)
