import math

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from unseen.datasets.mnist import Digits
from unseen.lab.mnist.measure import (
    SCALES,
    answers,
    choices,
    errors_by_answer,
    limits_of_surrender,
    noise_score,
    score,
    summed,
    surrender,
)

from ...schemes.classifiers import Linear, random_linear

CLASSES, PIXELS, COUNT = 10, 28 * 28, 40


def digits() -> Digits:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (COUNT, 1, 28, 28), generator=generator) / 255
    return Digits(images=images, labels=torch.arange(COUNT) % CLASSES)


def pixel_reader() -> Linear:
    """Reads the class whose own pixel, one of the first ten, is brightest."""
    return Linear(100 * torch.eye(CLASSES, PIXELS), torch.zeros(CLASSES))


def mark(target: int) -> torch.Tensor:
    noise = torch.zeros(1, 1, 28, 28)
    noise[0, 0, 0, target] = 1
    return noise


def blank() -> Digits:
    """Every image shows its class by a grey pixel and nothing else."""
    images = torch.zeros(COUNT, 1, 28, 28)
    labels = torch.arange(COUNT) % CLASSES
    images[torch.arange(COUNT), 0, 0, labels] = 115 / 255
    return Digits(images=images, labels=labels)


def test_answers_are_those_on_clipped_and_rounded_images() -> None:
    given, classifier = digits(), random_linear(CLASSES, PIXELS, scale=0.1)
    noise = 0.3 * torch.randn(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    seen = np.rint(np.clip(given.images.numpy() + noise.numpy(), 0, 1) * 255) / 255
    expected = (seen.reshape(COUNT, -1) - 0.5) @ classifier.weight.numpy().T
    np.testing.assert_allclose(answers(classifier, given.images, noise).numpy(), expected, atol=1e-3)


def test_the_score_is_the_share_of_right_answers_and_the_mean_entropy() -> None:
    logits = torch.randn(COUNT, CLASSES, generator=torch.Generator().manual_seed(2))
    labels = logits.argsort(1)[torch.arange(COUNT), 9 - torch.arange(COUNT) % 4]  # every fourth is right
    found = score(logits, labels)
    assert found["accuracy"] == 0.25
    assert found["ice"] == pytest.approx(entropy(softmax(logits.numpy(), axis=1), axis=1).mean(), rel=1e-5)


def test_a_noise_draws_all_answers_to_its_target() -> None:
    assert noise_score(pixel_reader(), blank(), None)["accuracy"] == 1
    assert noise_score(pixel_reader(), blank(), mark(3))["accuracy"] == 0.1
    labels = blank().labels
    marked, plain = (answers(pixel_reader(), blank().images, noise) for noise in (mark(3), None))
    assert errors_by_answer(marked, labels) == [0, 0, 0, 36, 0, 0, 0, 0, 0, 0]
    assert errors_by_answer(plain, labels) == [0] * 10


def test_every_choice_of_targets_is_there_once() -> None:
    every = [targets for size in range(1, 11) for targets in choices(size)]
    assert len(every) == len(set(every)) == 1023
    assert [len(choices(size)) for size in range(1, 11)] == [math.comb(10, size) for size in range(1, 11)]


def test_a_sum_is_not_clipped() -> None:
    noises = torch.randn(10, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(summed(noises, (2, 3, 8)), (noises[2] + noises[3] + noises[8])[None])


def test_classes_give_in_where_the_noise_outshines_them() -> None:
    """Marks as bright as 1 against pixels of 0.45: from half of the noise on."""
    shares = surrender(pixel_reader(), blank(), torch.cat([mark(target) for target in range(10)]))
    for position, scale in enumerate(SCALES):
        expected = torch.ones(10, 10) if scale > 0.45 else torch.eye(10)
        assert torch.equal(shares[position], expected), scale
    limits = limits_of_surrender(shares, 0.35)
    assert limits[0][0] == pytest.approx(0.035)
    assert limits[0][1] == limits[7][2] == pytest.approx(0.175)


def test_a_class_that_never_gives_in_has_no_limit() -> None:
    shares = torch.zeros(len(SCALES), 10, 10)
    shares[3:, 1, 2], shares[9:, 1, 3], shares[:, 1, 4] = 0.5, 0.9, 0.49
    row = limits_of_surrender(shares, 1.0)[1]
    assert row[2:5] == [pytest.approx(0.4), pytest.approx(1.0), None]
