import pytest
import torch

from unseen.schemes.unchanged import Unchanged

from .classifiers import Counting, calm, random_linear


def test_nothing_is_changed_and_the_goal_is_that_of_the_others() -> None:
    images, classifier = calm(5, 3, 16, 16), Counting(random_linear(12, 768))
    answers = classifier(images).argmax(1)
    references = torch.where(torch.arange(5) < 2, answers, (answers + 1) % 12)
    protected = Unchanged()(images, classifier, references=references)
    assert torch.equal(protected.images, images)
    assert protected.achieved.tolist() == [False, False, True, True, True]
    assert protected.iterations.tolist() == [0] * 5
    assert {shape[0] for shape in classifier.shapes[1:]} == {4}
    assert not Unchanged()(images, classifier).achieved.any()


def test_lanes_that_make_no_sense_are_named() -> None:
    with pytest.raises(ValueError, match=r"^lanes is 0"):
        Unchanged(lanes=0)
