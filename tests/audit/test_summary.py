import math
import random
from statistics import fmean, stdev

import pytest
import scipy.stats

from unseen.audit import METRICS, Row, estimate, summarise
from unseen.audit.summary import wilson


def row(photo: str, network: str = "n", role: str = "held-out", version: str = "protected", **numbers: object) -> Row:
    known = {"icp": 0.5, "ice": 1.0, "top1": False, "top5": True, "leaked": None} | numbers
    return Row(
        photo=photo,
        network=network,
        role=role,
        preset="file",
        version=version,
        reference="a",
        answer="b",
        **known,
    )


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (0, 20), (1, 1), (3, 40), (20, 20), (150, 300)])
def test_wilsons_interval_against_scipy(hits: int, count: int) -> None:
    expected = scipy.stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits / count, count) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Means of five networks' hits on a photo, which depend on each other."""
    dice = random.Random(0)
    held = 0
    for _ in range(400):
        chances = [dice.random() ** 3 for _ in range(40)]
        found = estimate([fmean(dice.random() < chance for _ in range(5)) for chance in chances])
        held += found.low <= 0.25 <= found.high
    assert held / 400 > 0.94


def test_mean_and_worst_tenth() -> None:
    values = [0.0] * 17 + [0.5, 0.75, 1.0]
    found = estimate(values)
    assert (found.mean, found.worst) == (pytest.approx(2.25 / 20), pytest.approx(0.875))
    assert estimate(values[-3:]).worst == 1
    assert estimate([]) is None


def test_an_entropy_is_worst_where_it_is_low_and_has_the_usual_interval() -> None:
    values = [random.Random(1).gauss(3, 1) for _ in range(30)] + [0.25] * 3
    found = estimate(values, is_share=False)
    reach = 1.959964 * stdev(values) / math.sqrt(33)
    assert (found.low, found.high) == (pytest.approx(fmean(values) - reach), pytest.approx(fmean(values) + reach))
    assert found.worst == pytest.approx(fmean(sorted(values)[:4]))
    alone = estimate([2.0], is_share=False)
    assert (alone.mean, alone.low, alone.high) == (2, None, None)


def test_networks_alone_and_the_held_out_ones_together() -> None:
    rows = [
        row("1", "held a", icp=0.25, top1=True),
        row("1", "held b", icp=0.75, top1=False),
        row("2", "held a", icp=0.5, top1=True),
        row("2", "held b", icp=0.5, top1=True),
        row("1", "used", role="surrogate", icp=0.0),
        row("1", "held a", version="noise", icp=1.0),
        row("1", "held b", version="noise", icp=0.5),
    ]
    read = {(one.network, one.version): one for one in summarise(rows)}
    assert set(read) == {
        (None, "protected"),
        (None, "noise"),
        ("held a", "protected"),
        ("held a", "noise"),
        ("held b", "protected"),
        ("held b", "noise"),
        ("used", "protected"),
    }
    together = read[None, "protected"]
    assert (together.photos, together.role, together.icp.mean, together.top1.mean) == (2, "held-out", 0.5, 0.75)
    assert together.top1.worst == 1
    assert (read[None, "noise"].photos, read[None, "noise"].icp.mean) == (1, 0.75)
    assert (read["held a", "protected"].icp.mean, read["held a", "protected"].top1.mean) == (0.375, 1)
    assert together.leaked is None
    assert summarise([]) == ()


def test_a_photo_counts_where_all_its_versions_have_numbers() -> None:
    rows = [row(photo, version=version) for photo in "123" for version in ("original", "protected", "noise")]
    rows[4] = row("2", version="protected", **dict.fromkeys(METRICS))
    rows = [one for one in rows if (one.photo, one.version) != ("3", "noise")]  # of another size
    counts = {one.version: one.photos for one in summarise(rows) if one.network == "n"}
    assert counts == {"original": 2, "protected": 2, "noise": 1}


def test_neither_order_nor_how_runs_were_joined_changes_a_bit() -> None:
    dice = random.Random(0)
    photos = [
        [
            row(str(photo), version=version, icp=dice.random() ** 8, ice=dice.random())
            for version in ("original", "protected")
        ]
        for photo in range(300)
    ]
    whole = summarise(one for rows in photos for one in rows)
    for _ in range(5):
        dice.shuffle(photos)
        assert summarise(one for rows in photos for one in rows) == whole
