"""What can be checked of numbers copied by hand: that they agree with each other, and stand in one place."""

import re
from pathlib import Path

import pytest

import unseen
from unseen.lab import paper_b

RUNS = [paper_b.ORIGINAL, paper_b.UAP, *paper_b.OTHER_RUNS]


def test_the_first_guess_is_right_less_often_than_one_of_five() -> None:
    assert all(0 < run.top1 < run.top5 < 1 for run in RUNS)


def test_every_run_protects() -> None:
    assert all(run.top1 < paper_b.ORIGINAL.top1 and run.top5 < paper_b.ORIGINAL.top5 for run in RUNS[1:])
    assert paper_b.SCALE_AND_CROP[1] < paper_b.SCALE_AND_CROP[0] < paper_b.ORIGINAL.top1
    assert paper_b.NIMA_ORIGINAL < paper_b.NIMA_HAYAO


def test_there_is_a_run_for_every_other_approach() -> None:
    assert len(paper_b.OTHER_RUNS) == len(paper_b.OTHER_APPROACHES) == 4


@pytest.mark.parametrize("number", [r"0\.6023", r"0\.4533", r"0\.3423", r"0\.6317", r"4\.472", r"5\.09\b", r"0\.419"])
def test_no_other_file_repeats_them(number: str) -> None:
    package = Path(unseen.__file__).parent
    files = [path.name for path in package.rglob("*.py") if re.search(number, path.read_text("utf-8"))]
    assert files == ["paper_b.py"]
