from collections import Counter

import pytest
import torch

from unseen.schemes import hidden
from unseen.schemes.targets import candidate_targets, original_logits, reference_labels, same_meaning

from .classifiers import Counting, Named, calm, random_linear

SHAPE = (1, 4, 4)


def named(*names: str) -> Named:
    return Named(torch.zeros(len(names), 16), torch.zeros(len(names)), names)


def draw(logits: torch.Tensor, count: int = 1, **changes: int) -> torch.Tensor:
    settings = {"top_k": 2, "draws": 1, "count": count, "seed": 0} | changes
    return candidate_targets(calm(len(logits), *SHAPE), logits, logits.argmax(-1), **settings)


@pytest.mark.parametrize("count", [1, 3, 4, 9])
@pytest.mark.parametrize("lanes", [None, 1, 4, 5])
def test_answers_on_the_originals_come_in_full_batches(count: int, lanes: int | None) -> None:
    images, classifier = calm(count, *SHAPE), random_linear(5, 16)
    counting = Counting(classifier)
    torch.testing.assert_close(original_logits(images, counting, lanes), classifier(images))
    assert {shape[0] for shape in counting.shapes} == {lanes or (1 if count == 1 else 4)}


def test_references_are_the_given_ones_or_each_network_s_answer() -> None:
    logits = torch.tensor([[[0.0, 1.0, 2.0], [5.0, 1.0, 2.0]], [[0.0, 3.0, 2.0], [0.0, 1.0, 2.0]]])
    assert reference_labels(logits, None).tolist() == [[2, 0], [1, 2]]
    for given in (torch.tensor([0, 1]), torch.tensor([[0, 1], [1, 1]])):
        assert torch.equal(reference_labels(logits, given), given)


@pytest.mark.parametrize("given", [[0], [0, 1, 2], [[0], [1]], [[0, 1, 2], [0, 1, 2]], [0, 3], [-1, 0]])
def test_references_that_are_none_are_refused(given: list[int]) -> None:
    with pytest.raises(ValueError, match="references"):
        reference_labels(torch.zeros(2, 2, 3), torch.tensor(given))


def test_all_free_classes_are_equally_likely() -> None:
    logits = torch.arange(10.0).repeat(1, 1)  # 8 and 9 are the top 2
    counted = Counter(draw(logits, seed=seed).item() for seed in range(4000))
    assert set(counted) == set(range(8))
    expected = 4000 / 8
    assert sum((count - expected) ** 2 / expected for count in counted.values()) < 24.3  # chi-square, 7, p = 0.001


def test_each_is_the_least_unlikely_of_its_draws() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(50, 40, generator=generator)
    free = logits.argsort(1, descending=True)[:, 2:]
    assert torch.equal(draw(logits, draws=38)[:, 0], free[:, 0])
    ranks = {
        draws: (draw(logits, draws=draws) == free).double().argmax(1).double().mean().item() for draws in (1, 4, 16)
    }
    # The best of d out of n ranks has the mean (n - d) / (d + 1), counted from 0.
    for draws, rank in ranks.items():
        assert rank == pytest.approx((38 - draws) / (draws + 1), abs=4)


def test_networks_are_asked_together_for_the_least_unlikely() -> None:
    logits = torch.tensor([[[9.0, 0.0, 3.0, -9.0], [9.0, 0.0, -9.0, 3.0]]])
    (drawn,) = candidate_targets(calm(1, *SHAPE), logits, logits.argmax(-1), top_k=1, draws=3, count=1, seed=0).tolist()
    assert drawn == [1]


@pytest.mark.parametrize("count", [1, 4, 8, 11])
@pytest.mark.parametrize("draws", [1, 3])
def test_candidates_differ_while_there_are_enough(count: int, draws: int) -> None:
    logits = torch.randn(20, 10, generator=torch.Generator().manual_seed(0))
    drawn = draw(logits, count, draws=draws)
    assert drawn.shape == (20, count)
    for row, top in zip(drawn.tolist(), logits.topk(2).indices.tolist(), strict=True):
        assert len(set(row)) == min(count, 8)
        assert not set(row) & set(top)


@pytest.mark.parametrize("together", [2, 5, 8])
def test_those_needed_together_differ(together: int) -> None:
    logits = torch.randn(20, 10, generator=torch.Generator().manual_seed(0))
    for row in draw(logits, 3 * together, together=together):
        for group in row.split(together):
            assert len(set(group.tolist())) == together


@pytest.mark.parametrize(("top_k", "together"), [(10, 1), (11, 1), (8, 3), (2, 9)])
def test_too_few_classes(top_k: int, together: int) -> None:
    with pytest.raises(ValueError, match="give a smaller top_k"):
        draw(torch.randn(3, 10), together, top_k=top_k, together=together)


def test_hidden_is_when_no_network_answers_with_the_reference() -> None:
    answers = torch.eye(3)[torch.tensor([[0, 1], [1, 1], [2, 0], [2, 2]])]
    assert hidden(answers, torch.tensor([0, 0, 0, 0])).tolist() == [False, True, False, True]
    assert hidden(answers, torch.tensor([[1, 0], [0, 1], [0, 1], [2, 1]])).tolist() == [True, False, True, False]
    assert hidden(answers[:, 0], torch.tensor([0, 0, 0, 2])).tolist() == [False, True, True, False]


def test_classes_that_mean_the_same_are_found_by_their_names() -> None:
    names = ("tabby", "tench", "Egyptian cat")
    found = same_meaning(torch.tensor([0, 1]), named(*names), 4)
    assert found.tolist() == [[True, False, True, False], [False, True, False, False]]


def test_a_class_of_unknown_meaning_means_itself() -> None:
    found = same_meaning(torch.tensor([1]), named("tabby", "thing", "Egyptian cat"), 3)
    assert found.tolist() == [[False, True, False]]
