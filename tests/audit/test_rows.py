import json
import math
import random
from dataclasses import asdict

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from unseen.audit import METRICS, Leak, Row, Summary, audit, leaks, summarise
from unseen.models import Network
from unseen.models.preprocessing import Unprepared
from unseen.models.spec import ModelSpec
from unseen.threats import AS_POSTED, Platform, Threat

NAMES = tuple("abcdefgh")
LIGHT, DARK = np.full((4, 6, 3), 200, np.uint8), np.full((4, 6, 3), 20, np.uint8)
SURE = (0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.0078125)
EVEN = (0.125,) * 8


class Known(nn.Module):
    """Answers with these probabilities to light pictures, and with the others to dark ones."""

    def __init__(self, light: tuple[float, ...], dark: tuple[float, ...]) -> None:
        super().__init__()
        self.light, self.dark = torch.tensor(light).log() + 3, torch.tensor(dark).log() - 2

    def forward(self, images: Tensor) -> Tensor:
        return torch.where(images.mean((1, 2, 3), keepdim=True)[..., 0, 0] > 0.5, self.light, self.dark)


def threat(name: str = "crawler", light: tuple[float, ...] = SURE, dark: tuple[float, ...] = EVEN) -> Threat:
    spec = ModelSpec(
        name=name,
        source="",
        sha256=None,
        licence="",
        class_names=NAMES,
        synsets=None,
        preprocessing=Unprepared(),
        parameters=0,
    )
    network = Network(spec=spec, body=Known(light, dark), preprocessing=Unprepared())
    return Threat(name=name, platform=AS_POSTED, classifier=network)


def row(threat: str = "t", metric: str = "icp", before: float | None = 1.0, after: float | None = 0.0, **named) -> Row:
    return Row(**{"photo": "p", "reference": "a"} | named, threat=threat, metric=metric, before=before, after=after)


def test_every_metric_of_an_answer_before_and_after() -> None:
    rows = {found.metric: found for found in audit("cat.jpg", LIGHT, DARK, [threat()], [1])}
    assert set(rows) == set(METRICS) == {"icp", "ice", "top1", "top5"}
    entropy = -sum(share * math.log(share) for share in SURE)
    expected = {"icp": (0.25, 0.125), "ice": (entropy, math.log(8)), "top1": (0.0, 1.0), "top5": (1.0, 1.0)}
    for metric, (before, after) in expected.items():
        assert (rows[metric].before, rows[metric].after) == (pytest.approx(before), pytest.approx(after)), metric
        assert (rows[metric].photo, rows[metric].threat, rows[metric].reference) == ("cat.jpg", "crawler", "b")


def test_threats_are_judged_by_references_of_their_own() -> None:
    rows = audit("cat.jpg", LIGHT, DARK, [threat("one"), threat("two", dark=SURE[::-1])], [0, 7])
    read = {(found.threat, found.metric): (found.reference, found.before, found.after) for found in rows}
    assert len(read) == 2 * len(METRICS)
    assert read["one", "icp"] == ("a", pytest.approx(0.5), pytest.approx(0.125))
    assert read["two", "icp"] == ("h", pytest.approx(0.0078125), pytest.approx(0.5))
    assert read["two", "top1"] == ("h", 0, 1)
    assert read["two", "top5"] == ("h", 0, 1)


def test_both_versions_go_the_threats_way() -> None:
    seen: list[tuple[int, ...]] = []

    def handling(pixels: np.ndarray) -> np.ndarray:
        seen.append(pixels.shape)
        return Platform(long_edge=3)(pixels)

    crawler = threat()
    audit("a", LIGHT, DARK[:2], [Threat(name="", platform=handling, classifier=crawler.classifier)], [0])
    assert seen == [(4, 6, 3), (2, 6, 3)]


def test_a_platform_that_threats_share_handles_each_version_once() -> None:
    calls: list[int] = []

    def handling(pixels: np.ndarray) -> np.ndarray:
        calls.append(int(pixels[0, 0, 0]))
        return pixels

    crawlers = [Threat(name=name, platform=handling, classifier=threat(name).classifier) for name in "pq"]
    together = audit("a", LIGHT, DARK, [*crawlers, threat()], [0, 1, 2])
    assert calls == [200, 20]
    alone = [
        found for index, one in enumerate([*crawlers, threat()]) for found in audit("a", LIGHT, DARK, [one], [index])
    ]
    assert together == tuple(alone)


def test_each_threat_needs_a_reference() -> None:
    with pytest.raises(ValueError, match="zip"):
        audit("a", LIGHT, DARK, [threat()], [])


def test_an_answer_that_is_no_number_is_none_and_counts_nowhere() -> None:
    broken = audit("a", LIGHT, DARK, [threat(dark=(math.nan,) * 8)], [0])
    assert all(found.after is None and found.before is not None for found in broken)
    json.dumps([asdict(found) for found in broken], allow_nan=False)
    whole = audit("b", LIGHT, LIGHT, [threat()], [0])
    assert {(mean.count, mean.before, mean.after) for mean in summarise(broken)} == {(0, None, None)}
    both = {mean.metric: mean for mean in summarise(broken + whole)}
    assert (both["icp"].count, both["icp"].after) == (1, pytest.approx(0.5))


def test_the_mean_of_each_metric_of_each_threat() -> None:
    rows = [
        row("one", "icp", 0.75, 0.25),
        row("one", "top1", 1, 0),
        row("two", "icp", 1, 1),
        row("one", "icp", 0.25, 0.125),
        row("one", "icp", None, 0.5),
    ]
    assert summarise(rows) == (
        Summary(threat="one", metric="icp", count=2, before=0.5, after=0.1875),
        Summary(threat="one", metric="top1", count=1, before=1, after=0),
        Summary(threat="two", metric="icp", count=1, before=1, after=1),
    )
    assert summarise([]) == ()


def test_neither_order_nor_how_runs_were_joined_changes_a_bit() -> None:
    dice = random.Random(0)
    rows = [row("t", "icp", dice.random() ** 8, dice.random() ** 8) for _ in range(500)]
    whole = summarise(rows)
    for _ in range(5):
        dice.shuffle(rows)
        assert summarise(rows[200:] + rows[:200]) == whole


def test_a_label_leaks_from_a_photo_once_however_many_read_it() -> None:
    rows = [
        row("one", "top5", 1, 1, photo="1.jpg", reference="cat"),
        row("two", "top5", 1, 1, photo="1.jpg", reference="cat"),
        row("two", "top5", 1, 0, photo="2.jpg", reference="cat"),
        row("one", "top5", 1, 0, photo="3.jpg", reference="cat"),
        row("two", "top5", 0, 0, photo="3.jpg", reference="dog"),
        row("one", "top5", 1, 1, photo="4.jpg", reference="bee"),
        row("one", "top1", 1, 1, photo="3.jpg", reference="cat"),
        row("one", "icp", 1, 1, photo="5.jpg", reference="cow"),
    ]
    assert leaks(rows) == (
        Leak(label="cat", photos=3, before=3, after=1),
        Leak(label="bee", photos=1, before=1, after=1),
        Leak(label="dog", photos=1, before=0, after=0),
    )
    assert leaks(rows, "top1") == (Leak(label="cat", photos=1, before=1, after=1),)


def test_what_is_no_number_does_not_leak() -> None:
    assert leaks([row(metric="top5", before=None, after=None)]) == (Leak(label="a", photos=1, before=0, after=0),)
