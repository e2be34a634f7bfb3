import json
from pathlib import Path

import pytest

from unseen.audit import load_readers, report_beside, surrogates_of
from unseen.errors import ModelError, UnseenError
from unseen.report import Report, to_json


def test_roles(tiny: str) -> None:
    readers = load_readers([tiny], [f"{tiny}?seed=1", tiny, f"{tiny}?seed=1"])
    assert [(network.name, role) for network, role in readers.roles.items()] == [
        (tiny, "surrogate"),
        (f"{tiny}?seed=1", "held-out"),
    ]
    assert (readers.named("surrogate"), readers.named("held-out")) == ([tiny], [f"{tiny}?seed=1"])
    assert readers.problems == ()
    assert readers.notes == (f"{tiny} is not held out: the protection was made against it",)


def test_the_weights_of_a_surrogate_are_no_held_out_network_by_any_name() -> None:
    readers = load_readers(["lite0"], ["lite0?size=192", "lite2"])
    assert readers.named("held-out") == ["lite2"]
    assert readers.named("surrogate") == ["lite0", "lite0?size=192"]
    assert readers.notes == (
        "lite0?size=192 is not held out: the protection was made against a network with its weights",
    )


def test_what_cannot_be_loaded_is_told_and_the_others_go_on(tiny: str, tmp_path: Path) -> None:
    gone = f"timm:resnet18?weights={tmp_path / 'gone.safetensors'}"
    readers = load_readers(["lite7", tiny], [gone, f"{tiny}?seed=1", f"{tmp_path}/no.py:network"])
    assert [network.name for network in readers.roles] == [tiny, f"{tiny}?seed=1"]
    assert len(readers.problems) == 3
    assert readers.problems[0].startswith("lite7 is left out: unknown classifier 'lite7'; did you mean")
    assert str(tmp_path / "gone.safetensors") in readers.problems[1]
    assert all("\n" not in problem for problem in readers.problems)


@pytest.mark.parametrize(
    ("surrogates", "problem"), [(["lite7"], "lite7 is left out"), ([], "name one with --audit-model")]
)
def test_nobody_to_read_is_refused(surrogates: list[str], problem: str) -> None:
    with pytest.raises(ModelError, match=f"no network could be loaded; {problem}"):
        load_readers(surrogates, [])


def test_surrogates_are_told_by_the_report_of_the_protection(tmp_path: Path) -> None:
    report = Report(version="1", settings={"models": ["lite0", "lite2"], "audit_models": ["lite1"]}, photos=())
    (tmp_path / "run.json").write_text(to_json(report))
    assert surrogates_of(tmp_path / "run.json") == ["lite0", "lite2"]
    alone = Report(version="1", settings={"models": ["lite0"], "picture_only": True}, photos=())
    (tmp_path / "crop.json").write_text(to_json(alone))
    assert surrogates_of(tmp_path / "crop.json") == []
    noise = Report(version="1", settings={**alone.settings, "trained_against": ["lite1"]}, photos=())
    (tmp_path / "noise.json").write_text(to_json(noise))
    assert surrogates_of(tmp_path / "noise.json") == ["lite1"]


def test_a_report_is_found_beside_the_copies(tmp_path: Path) -> None:
    assert report_beside(tmp_path) is None
    (tmp_path / "report.json").write_text('{"rows": []}')
    assert report_beside(tmp_path) is None
    (tmp_path / "report.json").write_text(to_json(Report(version="1", settings={"models": ["lite0"]}, photos=())))
    assert report_beside(tmp_path) == report_beside(tmp_path / "a.png") == tmp_path / "report.json"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>", "is no JSON report of unseen protect; give one that --report wrote"),
        (b"\xff\xfe\xff", r"cannot be read \(it is no text\)"),
        (json.dumps({"version": "1", "settings": {}, "photos": []}).encode(), "is no JSON report of unseen protect"),
        (json.dumps({"version": "1", "settings": 3, "photos": []}).encode(), "is no JSON report of unseen protect"),
        (None, r"cannot be read \(No such file or directory\)"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes | None, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnseenError, match=problem):
        surrogates_of(path)
