import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.budget import L2, Linf
from unseen.errors import PhotoError, UnseenError
from unseen.models import Network, load_classifier
from unseen.objective import Miss
from unseen.schemes.deepfool import DeepFool
from unseen.schemes.universal import load_noise
from unseen.train.augmented import Ascent, ascending
from unseen.train.copies import answers, as_images, copies_of, fooled_share, order, training_photos
from unseen.train.fooling import fooling
from unseen.train.noise import Training, train_noise
from unseen.train.stage import Stage, keep_stage, kept_stage

from ..conftest import Draw
from ..schemes.classifiers import Linear, random_linear

SHAPE, PIXELS, COUNT = (3, 8, 8), 192, 24
TWO = Linear(random_linear(2, PIXELS, scale=1.0).weight, torch.zeros(2))
"""Two classes: whatever the image, the gradient is along the difference of their weights."""
UPHILL = (TWO.weight[1] - TWO.weight[0]).reshape(1, *SHAPE)
COPIES = torch.randint(110, 146, (200, *SHAPE), generator=torch.Generator().manual_seed(5), dtype=torch.uint8)
FIRST = COPIES[(TWO(as_images(COPIES)).argmax(1) == 0)][:COUNT]
"""Copies that are read as the first class."""
ZEROS = torch.zeros(COUNT, dtype=torch.long)
BLANK = Stage(noise=torch.zeros(1, *SHAPE))


@pytest.fixture
def album(draw: Draw) -> list[Path]:
    sizes = [(64, 48), (40, 70), (33, 33)]
    return [draw(f"album/{number:02}.png", seed=number, size=sizes[number % 3]) for number in range(12)]


@pytest.fixture
def networks(tiny: str) -> list[Network]:
    return [load_classifier(f"{tiny}?seed={seed}") for seed in (1, 2)]


def last(stages: Iterable[Stage]) -> Stage:
    return list(stages)[-1]


def climbed(**changes: object) -> Stage:
    settings = {"iterations": 40, "batch": 6, "step": 0.02, "smallest_view": 1.0} | changes
    objective = Miss(label=ZEROS, softness=4.0)
    return last(
        ascending(FIRST, [TWO], [objective], budget=Linf(0.1), ascent=Ascent(**settings), stage=BLANK)  # type: ignore[arg-type]
    )


def test_the_ascent_goes_all_the_way_uphill() -> None:
    torch.testing.assert_close(climbed().noise, 0.1 * UPHILL.sign())


def test_every_so_manieth_batch_is_a_networks_own() -> None:
    asked: list[str] = []

    def network(name: str) -> Linear:
        class Named(Linear):
            def __call__(self, images: torch.Tensor) -> torch.Tensor:
                asked.append(name)
                return super().__call__(images)

        return Named(TWO.weight, TWO.bias)

    objectives = [Miss(label=ZEROS, softness=4.0)] * 2
    ascent = Ascent(iterations=5, smallest_view=1.0)
    last(ascending(FIRST, [network("a"), network("b")], objectives, budget=Linf(0.1), ascent=ascent, stage=BLANK))
    assert "".join(asked) == "ababa"


def test_every_photo_comes_before_any_comes_again() -> None:
    assert all(sorted(order(COUNT, 3, time).tolist()) == list(range(COUNT)) for time in range(3))
    assert order(COUNT, 3, 0).tolist() != order(COUNT, 3, 1).tolist() != order(COUNT, 4, 1).tolist()


def test_an_ascent_goes_on_bit_for_bit() -> None:
    objective = Miss(label=torch.arange(COUNT) % 5, softness=4.0)
    five = random_linear(5, PIXELS, scale=1.0)

    def run(stage: Stage) -> Iterator[Stage]:
        ascent = Ascent(iterations=20, batch=7, smallest_view=1.0)
        return ascending(FIRST, [five], [objective], budget=Linf(0.1), ascent=ascent, stage=stage)

    stages = list(run(BLANK))
    assert [stage.done for stage in stages] == list(range(1, 21))
    assert [stage.finished for stage in stages] == [False] * 19 + [True]
    assert torch.equal(last(run(stages[8])).noise, stages[-1].noise)
    assert not BLANK.noise.any()


def test_one_photo_extends_the_noise_by_the_way_to_its_boundary() -> None:
    """For two linear classes DeepFool's step is the closed form: the gap divided by the squared slope, and 2 % more."""
    picture = as_images(FIRST[:1])
    stage = last(fooling(FIRST[:1], TWO, ZEROS[:1], budget=L2(9.0), wanted=1.0, passes=1, stage=BLANK))
    logits = TWO(picture)[0]
    way = (logits[0] - logits[1]) / UPHILL.square().sum() * UPHILL
    torch.testing.assert_close(stage.noise, 1.02 * way, rtol=2e-3, atol=1e-6)
    assert stage.finished


@pytest.mark.parametrize("budget", [L2(0.02), Linf(0.001)])
def test_the_papers_noise_stays_in_its_ball(budget: L2 | Linf) -> None:
    stages = list(fooling(FIRST, TWO, ZEROS, budget=budget, wanted=1.0, passes=2, stage=BLANK))
    assert all(budget.size(stage.noise).item() <= budget.epsilon * 1.0001 for stage in stages)
    assert len(stages) == 2 * COUNT
    torch.testing.assert_close(budget.size(stages[-1].noise), torch.tensor([budget.epsilon]))


def test_the_papers_noise_ends_after_the_pass_that_fools_enough() -> None:
    stages = list(fooling(FIRST, TWO, ZEROS, budget=L2(9.0), wanted=0.9, passes=50, stage=BLANK))
    assert stages[-1].finished
    assert len(stages) % COUNT == 0
    assert len(stages) < 50 * COUNT
    assert fooled_share(FIRST, TWO, ZEROS, stages[-1].noise).item() >= 0.9


def test_a_photo_that_is_fooled_already_changes_nothing() -> None:
    enough = Stage(noise=0.2 * UPHILL.sign())
    assert fooled_share(FIRST, TWO, ZEROS, enough.noise).item() == 1
    stages = list(fooling(FIRST, TWO, ZEROS, budget=Linf(0.2), wanted=1.0, passes=1, stage=enough))
    assert all(torch.equal(stage.noise, enough.noise) for stage in stages)


def test_deepfool_is_asked_with_the_noise_on_the_photo() -> None:
    """The second photo's extension begins where the first one's ended, so it is what DeepFool says there."""
    stages = list(fooling(FIRST, TWO, ZEROS, budget=L2(9.0), wanted=1.0, passes=1, stage=BLANK))
    first = int(order(COUNT, 0, 0)[1])
    picture = (as_images(FIRST[first, None]) + stages[0].noise).clamp(0, 1)
    found = DeepFool(turns=0, max_iterations=10).perturbation(picture, TWO, references=ZEROS[:1])
    torch.testing.assert_close(stages[1].noise, stages[0].noise + found.delta)


def test_a_stage_comes_back_only_to_the_run_that_it_is_of(tmp_path: Path) -> None:
    path = tmp_path / "noise.stage"
    assert kept_stage(path, {"seed": 1}) is None
    stage = Stage(noise=UPHILL, done=7, memory=(UPHILL + 1, torch.ones(1, 1, 1, 1)))
    keep_stage(path, stage, {"seed": 1})
    keep_stage(path, replace(stage, done=8), {"seed": 1})
    again = kept_stage(path, {"seed": 1})
    assert again is not None
    assert (again.done, torch.equal(again.noise, UPHILL), len(again.memory)) == (8, True, 2)
    assert all(torch.equal(one, other) for one, other in zip(again.memory, stage.memory, strict=True))
    assert kept_stage(path, {"seed": 2}) is None
    assert [found.name for found in tmp_path.iterdir()] == ["noise.stage"]
    path.write_bytes(path.read_bytes()[:50])
    assert kept_stage(path, {"seed": 1}) is None


def test_copies_are_small_bytes_of_photos_of_any_size(album: list[Path], draw: Draw) -> None:
    grey = draw("grey.png", mode="L")
    copies = copies_of([*album, grey], 32)
    assert (copies.dtype, tuple(copies.shape)) == (torch.uint8, (13, 3, 32, 32))
    with Image.open(album[1]) as image:
        wanted = np.asarray(image.resize((32, 32), Image.Resampling.BICUBIC))
    assert np.abs(copies[1].permute(1, 2, 0).numpy().astype(int) - wanted).max() <= 1
    assert torch.equal(copies[12, 0], copies[12, 2])


def test_photos_are_found_and_drawn(album: list[Path]) -> None:
    assert training_photos([album[0].parent]) == tuple(album)
    drawn = training_photos([album[0].parent], 5, seed=1)
    assert len(set(drawn)) == 5
    assert drawn == training_photos([album[0].parent], 5, seed=1) != training_photos([album[0].parent], 5, seed=2)
    assert training_photos([*album[:2]], 9) == (album[0], album[1])


@pytest.mark.parametrize("method", ["augmented", "uap"])
@pytest.mark.parametrize(("norm", "epsilon"), [("linf", 10.0), ("l2", 400.0)])
def test_a_noise_is_trained_from_files(
    method: str, norm: str, epsilon: float, album: list[Path], networks: list[Network], tmp_path: Path
) -> None:
    training = Training(epsilon=epsilon, norm=norm, method=method, side=40, passes=20)
    trained = train_noise(album, networks, training, told="drawings")
    levels = trained.noise * 255
    assert torch.equal(levels, levels.round())
    assert (levels.abs().max() if norm == "linf" else levels.norm()).item() <= epsilon * 1.0001
    assert len(trained.fooled) == 2
    assert min(trained.fooled) >= 0.5
    copies = copies_of(album, 40)
    for network, share in zip(networks, trained.fooled, strict=True):
        pictures = (as_images(copies) + trained.noise).mul(255).round().clamp(0, 255) / 255
        assert share == pytest.approx((network(pictures).argmax(1) != answers(copies, network)).double().mean().item())
    trained.save(tmp_path / "own.safetensors")
    noise, about = load_noise(tmp_path / "own.safetensors")
    torch.testing.assert_close(noise, trained.noise)
    assert (about["photos"], about["trained_on"], about["norm"], about["method"]) == ("12", "drawings", norm, method)
    assert json.loads(about["networks"]) == [network.name for network in networks]
    assert json.loads(about["settings"])["epsilon"] == epsilon
    assert about.get("limit_levels") == (f"{epsilon:g}" if norm == "linf" else None)


@pytest.mark.parametrize("method", ["augmented", "uap"])
def test_an_interrupted_run_ends_as_if_it_had_not_been(
    method: str, album: list[Path], networks: list[Network], tmp_path: Path
) -> None:
    training = Training(epsilon=4, method=method, side=40, passes=40 if method == "augmented" else 5, wanted=1.0)
    whole = train_noise(album, networks, training)
    stages = tmp_path / "noise.stage"

    def interrupted(found: Iterable[Any], total: int, doing: str, /) -> Iterator[Any]:
        for number, stage in enumerate(found):
            if number == 30 and doing == "Training":
                raise KeyboardInterrupt
            yield stage

    with pytest.raises(KeyboardInterrupt):
        train_noise(album, networks, training, stages=stages, progress=interrupted)
    assert stages.exists()
    seen: list[int] = []

    def watching(found: Iterable[Any], total: int, doing: str, /) -> Iterator[Any]:
        for stage in found:
            if doing == "Training":
                seen.append(stage.done)
            yield stage

    again = train_noise(album, networks, training, stages=stages, progress=watching)
    assert seen[:26] == [25] * 25 + [26]
    assert torch.equal(again.noise, whole.noise)
    assert again.about == whole.about
    assert not stages.exists()


def test_training_goes_on_from_a_noise(album: list[Path], networks: list[Network]) -> None:
    start = torch.full((1, 3, 40, 40), 5 / 255)
    trained = train_noise(album, networks[:1], Training(epsilon=2, side=40, passes=1), start=start)
    assert trained.noise.max() * 255 <= 2
    assert trained.noise.mean() > 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "best"}, "method is 'best': choose augmented or uap"),
        ({"norm": "l1"}, "norm is 'l1': choose linf or l2"),
        ({"epsilon": 0.5}, "epsilon is 0.5 levels: give 1 to 127"),
        ({"epsilon": float("nan")}, "epsilon is nan levels: give 1 to 127"),
        ({"epsilon": 128}, "epsilon is 128 levels: give 1 to 127"),
        ({"passes": 0}, "passes is 0: give a number above 0"),
        ({"wanted": 1.5}, "wanted is 1.5: give a share above 0 and at most 1"),
        ({"side": 2}, "side is 2: give at least 8 pixels"),
    ],
)
def test_what_makes_no_sense_is_named(settings: dict[str, object], said: str) -> None:
    with pytest.raises(UnseenError) as caught:
        Training(**settings)  # type: ignore[arg-type]
    assert str(caught.value) == said


def test_photos_that_cannot_be_read_or_are_not_there_are_named(album: list[Path], networks: list[Network]) -> None:
    album[3].write_text("no picture")
    with pytest.raises(PhotoError, match=r"03\.png: "):
        train_noise(album, networks, Training(side=40))
    with pytest.raises(UnseenError, match="no photos to train on"):
        train_noise([], networks, Training(side=40))
