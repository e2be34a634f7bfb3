import time

import pytest

from unseen.batch.tally import Tally


def test_former_photos_count_but_do_not_make_it_look_quicker() -> None:
    tally = Tally()
    for _ in range(1000):
        tally.add("protected", is_new=False)
    assert tally.standing(2000, is_planned=True).remaining is None
    time.sleep(0.02)
    tally.add("failed", is_new=True)
    standing = tally.standing(2000, is_planned=True)
    assert (standing.statuses, standing.done) == ({"protected": 1000, "failed": 1}, 1001)
    assert 0 < standing.rate < 50
    assert standing.remaining is not None
    assert standing.remaining * standing.rate == pytest.approx(999)
    assert tally.standing(2000, is_planned=False).remaining is None


def test_of_former_photos_those_that_failed_are_counted_apart() -> None:
    tally = Tally()
    tally.resume(["protected", "failed", "failed"])
    tally.resume([])
    tally.add("failed", is_new=True)
    standing = tally.standing(5, is_planned=True)
    assert (standing.statuses, standing.failed_before) == ({"protected": 1, "failed": 3}, 2)
