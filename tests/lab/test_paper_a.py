"""What can be checked of numbers copied by hand: that they agree with each other, and stand in one place."""

import re
from pathlib import Path
from statistics import fmean

import pytest

import unseen
from unseen.lab import paper_a


def test_the_ten_accuracies_have_the_printed_mean() -> None:
    assert len(paper_a.TABLE_2) == 10
    assert round(fmean(paper_a.TABLE_2), 3) == paper_a.TABLE_2_MEAN
    assert max(paper_a.TABLE_2) == paper_a.TABLE_2[1]  # "1 is hard to imitate"


def test_the_split_is_all_of_mnist() -> None:
    assert paper_a.MNIST_TRAINING + paper_a.MNIST_VALIDATION + paper_a.MNIST_TEST == 70_000


def test_shares_are_shares() -> None:
    shares = [*paper_a.TABLE_2, paper_a.MNIST_ACCURACY, *(entry.accuracy for entry in paper_a.SUMS)]
    shares += [paper_a.TABLE_3.icp_before, paper_a.TABLE_3.icp_after, paper_a.TABLE_3.target_probability]
    shares += [share for example in paper_a.EXAMPLES for _, share in example.after]
    assert all(0 < share < 1 for share in shares)
    assert all(sum(share for _, share in example.after) <= 1 for example in paper_a.EXAMPLES)


def test_the_two_photos_are_shown_under_both_schemes() -> None:
    assert [(example.figure, example.photo) for example in paper_a.EXAMPLES] == [
        (8, paper_a.SWAN),
        (9, paper_a.MINIBUS),
        (10, paper_a.SWAN),
        (11, paper_a.MINIBUS),
    ]
    assert [len({example.scheme for example in paper_a.EXAMPLES[half]}) for half in (slice(2), slice(2, 4))] == [1, 1]


@pytest.mark.parametrize("number", [r"0\.564", r"0\.821", r"17\.205", r"48[_,]?238", r"0\.0379", r"0\.585", r"0\.9623"])
def test_no_other_file_repeats_them(number: str) -> None:
    package = Path(unseen.__file__).parent
    files = [path.name for path in package.rglob("*.py") if re.search(number, path.read_text("utf-8"))]
    assert files == ["paper_a.py"]
