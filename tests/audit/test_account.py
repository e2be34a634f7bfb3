import json
from dataclasses import replace
from statistics import fmean

import pytest

from unseen.audit import Audit, Readers, account, audit_pairs, load_readers, to_json
from unseen.threats import PRESETS, presets_named


def test_the_json_of_the_issue(audited: Audit, readers: Readers) -> None:
    data = json.loads(to_json(audited))
    assert set(data["rows"][0]) >= {"photo", "network", "role", "preset", "icp", "ice", "top1", "top5", "leaked"}
    assert len(data["rows"]) == 12 * 3 * 3 * 3
    assert data["photos"] == 12
    assert [(one["name"], one["role"], one["meanings"]) for one in data["networks"]] == [
        (network.name, role, False) for network, role in readers.roles.items()
    ]
    assert list(data["presets"]) == ["file", "jpeg-50", "blur"]
    for summary in data["summary"]:
        own = [
            row["icp"]
            for row in data["rows"]
            if (row["preset"], row["version"]) == (summary["preset"], summary["version"])
            and (row["network"] == summary["network"] if summary["network"] else row["role"] == "held-out")
        ]
        assert summary["icp"]["mean"] == pytest.approx(fmean(own))
        assert summary["icp"]["low"] <= summary["icp"]["mean"] <= summary["icp"]["high"]
        assert summary["icp"]["worst"] >= summary["icp"]["mean"]
        assert summary["photos"] == 12
    assert len(data["summary"]) == (3 + 1) * 3 * 3


def test_what_was_not_tested_is_told(audited: Audit) -> None:
    told = " ".join(audited.not_tested)
    assert "Networks of other kinds: " in told
    assert "and the surrogates are built alike" in told
    assert PRESETS["jpeg-90"].meaning in told
    assert PRESETS["copies"].meaning in told
    assert PRESETS["jpeg-50"].meaning not in told
    assert "mean the same: the groups of their classes are not known" in told
    assert "trained on protected photos" in told


def test_a_network_of_another_kind_is_told_from_its_likes(pair, tiny: str) -> None:
    readers = load_readers([tiny], [tiny.replace(":network", ":grain")])
    presets = presets_named(["file"])
    found = account(list(audit_pairs([pair()], readers, presets)), readers, presets, {})
    assert found.not_tested[0] == "More than 1 network held out: others may see more."


def test_a_network_that_does_not_know_a_label_is_told(pair, tiny: str) -> None:
    readers = load_readers([tiny], [f"{tiny}?classes=6"])
    presets = presets_named(["file"])
    for label, notes in (
        ("thing 3", ()),
        (
            "thing 8",
            (f"{tiny}?classes=6 does not know every given label; then what it says of the original counts as right",),
        ),
    ):
        found = account(list(audit_pairs([pair(label=label)], readers, presets)), readers, presets, {})
        assert found.notes == notes


def test_without_held_out_networks_that_is_told_first(pair, tiny: str) -> None:
    readers = load_readers([tiny], [])
    presets = presets_named(["file"])
    found = account(list(audit_pairs([pair()], readers, presets)), readers, presets, {})
    assert found.not_tested[0].startswith("Any network that had no part in the protection: none was named")
    assert not any(summary.network is None for summary in found.summary)


def test_whatever_went_wrong_is_told(pair, tiny: str) -> None:
    readers = load_readers([tiny], ["lite7", tiny])
    pairs = [pair(0), pair(1)]
    pairs[1].copies[0].unlink()
    presets = presets_named(["file"])
    found = account(list(audit_pairs(pairs, readers, presets)), readers, presets, {}, ["b: has no copy"])
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "lite7 is left out",
        "b",
        str(pairs[1].copies[0]),
    ]
    assert found.notes == (f"{tiny} is not held out: the protection was made against it",)
    assert found.photos == 1
    told = " ".join(found.not_tested)
    assert "1 network that could not be loaded." in told
    assert "1 photo that could not be read." in told


def test_what_is_no_number_is_null(audited: Audit) -> None:
    broken = replace(audited.rows[0], icp=None, answer=None)
    assert json.loads(to_json(replace(audited, rows=(broken,))))["rows"][0]["icp"] is None
