import pytest
import torch

from unseen.schemes.boundaries import asked, gaps, leads, likeliest

from .classifiers import Counting, Linear, calm, random_linear

ONE = torch.tensor([[5.0, 1.0, 4.0, 2.0], [0.0, 1.0, 2.0, 9.0]])
TWO = torch.tensor([[[5.0, 1.0, 4.0, 2.0], [0.0, 7.0, 2.0, 3.5]]])


def test_a_lead_is_over_the_best_other_class() -> None:
    assert leads(ONE, torch.tensor([0, 2])).tolist() == [[1.0], [-7.0]]
    assert leads(TWO, torch.tensor([0])).tolist() == [[1.0, -7.0]]
    assert leads(TWO, torch.tensor([[2, 1]])).tolist() == [[-1.0, 3.5]]


def test_the_likeliest_leave_out_each_network_s_own_reference() -> None:
    assert likeliest(ONE, torch.tensor([0, 3]), 2).tolist() == [[[2, 3]], [[2, 1]]]
    shared = torch.log_softmax(TWO[0], 1).mean(0).argsort(descending=True).tolist()
    assert likeliest(TWO, torch.tensor([[0, 1]]), 9).tolist() == [
        [[one for one in shared if one != 0], [one for one in shared if one != 1]]
    ]


def test_gaps_count_only_networks_that_answer_with_the_reference() -> None:
    classes = torch.tensor([[[2, 3], [2, 3]]])
    assert gaps(TWO, torch.tensor([[0, 1]]), classes).tolist() == [[1.0 + 5.0, 3.0 + 3.5]]
    assert gaps(TWO, torch.tensor([[0, 0]]), classes).tolist() == [[1.0, 3.0]]
    assert gaps(TWO, torch.tensor([[1, 0]]), classes).tolist() == [[0.0, 0.0]]


def test_what_is_read_in_pictures() -> None:
    images, classifier = calm(5, 1, 4, 4), random_linear(6, 16)
    photos = asked(images, classifier, None, 2)
    assert torch.equal(photos.labels, classifier(images).argmax(1))
    lead, fooled = photos.read(images)
    assert (lead >= 0).all()
    assert not fooled.any()
    lead, fooled = photos.read(1 - images)  # the other side of the middle turns every logit around
    assert (lead < 0).all()
    assert fooled.all()
    assert [len(part) for part in photos.take(torch.arange(0)).read(images[:0])] == [0, 0]


@pytest.mark.parametrize(("lanes", "shapes"), [(1, [1] * 5), (3, [3, 3]), (9, [9])])
def test_functions_are_computed_in_full_batches_in_order(lanes: int, shapes: list[int]) -> None:
    images = calm(5, 1, 4, 4)
    photos = asked(images, Linear(torch.eye(16), torch.zeros(16)), None, lanes)
    counting = Counting(photos.classifier)
    found = photos.take(torch.tensor([4, 3, 2, 1, 0])).in_lanes(
        lambda _, pictures, labels: counting(pictures)[:, :1].reshape(-1, 1, 1, 1) + labels.reshape(-1, 1, 1, 1),
        images.flip(0),
        photos.labels.flip(0),
    )
    expected = images[:, 0, 0, 0] - 0.5 + photos.labels
    torch.testing.assert_close(found.flatten(), expected.flip(0))
    assert [shape[0] for shape in counting.shapes] == shapes
