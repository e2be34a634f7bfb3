import json
import math
from dataclasses import asdict

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from unseen.audit import METRICS, GivenAway, Row, audit, given_away
from unseen.models import Network
from unseen.models.places import places_names
from unseen.models.preprocessing import Unprepared
from unseen.models.spec import ModelSpec
from unseen.threats import PRESETS, Handling, Platform, Preset, Threat

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


def network(
    name: str = "crawler",
    light: tuple[float, ...] = SURE,
    dark: tuple[float, ...] = EVEN,
    names: tuple[str, ...] = NAMES,
) -> Network:
    spec = ModelSpec(
        name=name,
        source="",
        sha256=None,
        licence="",
        class_names=names,
        synsets=None,
        preprocessing=Unprepared(),
        parameters=0,
    )
    return Network(spec=spec, body=Known(light, dark), preprocessing=Unprepared())


def threat(reader: Network, handling: Handling | None = None) -> Threat:
    way = Preset(name="way", meaning="", kind="shared", handling=handling) if handling else PRESETS["file"]
    return Threat(network=reader, role="held-out", preset=way)


def row(version: str = "protected", **named: object) -> Row:
    usual = {"photo": "p", "network": "n", "role": "held-out", "preset": "file", "reference": "a", "answer": "a"}
    return Row(**usual | dict.fromkeys(METRICS) | {"version": version} | named)


BOTH = {"original": [LIGHT], "protected": [DARK]}


def test_every_number_of_an_answer() -> None:
    reader = network()
    before, after = audit("cat.jpg", BOTH, [threat(reader)], {reader: 1})
    entropy = -sum(share * math.log(share) for share in SURE)
    common = {"photo": "cat.jpg", "network": "crawler", "role": "held-out", "preset": "file", "reference": "b"}
    approximately = pytest.approx
    expected = {"icp": approximately(0.25), "ice": approximately(entropy), "top1": False, "top5": True}
    assert asdict(before) == {**common, **expected, "version": "original", "answer": "a", "leaked": None}
    expected = {"icp": approximately(0.125), "ice": approximately(math.log(8)), "top1": True, "top5": True}
    assert asdict(after) == {**common, **expected, "version": "protected", "answer": "a", "leaked": None}


def test_networks_are_judged_by_references_of_their_own() -> None:
    first, second = network("one"), network("two", dark=SURE[::-1])
    rows = audit("cat.jpg", BOTH, [threat(first), threat(second)], {first: 0, second: 7})
    read = {(found.network, found.version): (found.reference, found.icp, found.top1) for found in rows}
    assert read["one", "original"] == ("a", pytest.approx(0.5), True)
    assert read["one", "protected"] == ("a", pytest.approx(0.125), True)
    assert read["two", "original"] == ("h", pytest.approx(0.0078125), False)
    assert read["two", "protected"] == ("h", pytest.approx(0.5), True)


@pytest.mark.parametrize(("answer", "leaked"), [("bedroom", True), ("closet", True), ("beach", False)])
def test_an_answer_of_the_same_meaning_leaks(answer: str, leaked: bool) -> None:
    names = places_names()
    shares = [0.001] * len(names)
    shares[names.index(answer)] = 1.0
    reader = network(light=tuple(shares), dark=tuple(shares), names=names)
    rows = audit("a", BOTH, [threat(reader)], {reader: names.index("bedroom")})
    assert {(found.answer, found.leaked, found.top1) for found in rows} == {(answer, leaked, answer == "bedroom")}


def test_every_version_goes_the_threats_way_once() -> None:
    seen: list[tuple[int, ...]] = []

    def handling(pixels: np.ndarray) -> np.ndarray:
        seen.append(pixels.shape)
        return Platform(long_edge=3)(pixels)

    first, second = network("p"), network("q")
    versions = {"original": [LIGHT], "protected": [DARK[:2]], "noise": [LIGHT[:1]]}
    rows = audit(
        "a", versions, [threat(first, handling), threat(second, handling), threat(first)], {first: 0, second: 1}
    )
    assert seen == [(4, 6, 3), (2, 6, 3), (1, 6, 3)]
    assert [(found.version, found.network) for found in rows[:4]] == [
        ("original", "p"),
        ("original", "q"),
        ("protected", "p"),
        ("protected", "q"),
    ]
    assert [found.preset for found in rows] == ["way"] * 6 + ["file"] * 3


def test_several_copies_are_averaged_only_by_who_has_several() -> None:
    reader = network(light=SURE, dark=EVEN)
    versions = {"protected": [DARK, np.full_like(DARK, 255)]}
    threats = [threat(reader), Threat(network=reader, role="held-out", preset=PRESETS["copies"])]
    first, averaged = audit("a", versions, threats, {reader: 0})
    assert (first.icp, averaged.icp) == (pytest.approx(0.125), pytest.approx(0.5))


def test_an_answer_that_is_no_number_is_none() -> None:
    reader = network(dark=(math.nan,) * 8)
    before, after = audit("a", BOTH, [threat(reader)], {reader: 0})
    assert before.icp is not None
    assert {getattr(after, name) for name in ("answer", *METRICS)} == {None}
    json.dumps(asdict(after), allow_nan=False)


def test_a_label_is_given_away_by_a_photo_once_however_many_read_it() -> None:
    def pair(network: str, photo: str, reference: str, before: bool, after: bool) -> list[Row]:
        named = {"network": network, "photo": photo, "reference": reference}
        return [row("original", top5=before, **named), row("protected", top5=after, **named)]

    rows = [
        *pair("one", "1.jpg", "cat", True, True),
        *pair("two", "1.jpg", "cat", True, True),
        *pair("two", "2.jpg", "cat", True, False),
        *pair("one", "3.jpg", "cat", True, False),
        *pair("two", "3.jpg", "dog", False, False),
        *pair("one", "4.jpg", "bee", True, True),
        row("noise", top5=True, photo="2.jpg", reference="cat"),
    ]
    assert given_away(rows) == (
        GivenAway(label="cat", photos=3, before=3, after=1),
        GivenAway(label="bee", photos=1, before=1, after=1),
        GivenAway(label="dog", photos=1, before=0, after=0),
    )
    assert given_away(rows, "top1")[0] == GivenAway(label="bee", photos=1, before=0, after=0)


def test_what_is_no_number_gives_nothing_away() -> None:
    assert given_away([row(top5=None)]) == (GivenAway(label="a", photos=1, before=0, after=0),)
