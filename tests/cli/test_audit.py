import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.threats import PRESETS

from ..page import Page


@pytest.fixture
def album(draw, tmp_path: Path) -> Path:
    """Three originals in tmp_path/album and copies of them in tmp_path/shared, with coarse blocks laid on them."""
    for seed in range(3):
        original = draw(f"album/{seed}.png", seed=seed)
        blocks = np.random.default_rng(seed).integers(0, 2, (6, 8, 3), dtype=np.int16) * 40 - 20
        pixels = np.asarray(Image.open(original), dtype=np.int16) + blocks.repeat(8, 0).repeat(8, 1)
        (tmp_path / "shared").mkdir(exist_ok=True)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
            tmp_path / "shared" / f"{seed}-unseen.webp", quality=95
        )
    return tmp_path / "album"


@pytest.fixture
def audit(unseen, tiny: str, album: Path, tmp_path: Path):
    """Audit the album against quick networks, in one way; more arguments at the end."""
    networks = ("--surrogate", tiny, "--audit-model", f"{tiny}?seed=1", "--device", "cpu")

    def run(*arguments: object, original: Path = album, protected: Path = tmp_path / "shared", way: str = "file"):
        ways = ("--preset", way) if way else ()
        return unseen("audit", original, protected, *networks, *ways, *arguments)

    return run


def test_a_table_and_reports(audit, tmp_path: Path, tiny: str) -> None:
    reports = [tmp_path / name for name in ("audit.html", "audit.json")]
    result = audit("--report", reports[0], "--report", reports[1])
    assert (result.code, result.err) == (0, "")
    assert "3 photos, read by 1 network that had no part in the protection" in result.out
    assert "Not tested" in result.out
    data = json.loads(reports[1].read_text())
    assert len(data["rows"]) == 3 * 3 * 2
    assert {(row["network"], row["role"]) for row in data["rows"]} == {
        (tiny, "surrogate"),
        (f"{tiny}?seed=1", "held-out"),
    }
    assert data["settings"]["surrogates"] == [tiny]
    assert "What they still see" in Page(reports[0].read_text()).text


def test_all_presets_are_tried_unless_some_are_named(audit, album: Path, tmp_path: Path) -> None:
    one = {"original": album / "0.png", "protected": tmp_path / "shared" / "0-unseen.webp"}
    tried = list(json.loads(audit("--json", way="", **one).out)["presets"])
    assert tried == [name for name in PRESETS if name != "copies"]
    tried = list(json.loads(audit("--json", "--preset", "blur", **one).out)["presets"])
    assert tried == ["file", "blur"]


def test_every_option_arrives(audit, album: Path, tmp_path: Path, tiny: str) -> None:
    (tmp_path / "labels.csv").write_text("file,label\nalbum/0.png,thing 4\nalbum/1.png,5\n")
    options = ["--labels", tmp_path / "labels.csv", "--seed", "3", "--copies", tmp_path / "more", "--json"]
    for seed in range(3):
        (tmp_path / "more").mkdir(exist_ok=True)
        Image.open(album / f"{seed}.png").save(tmp_path / "more" / f"{seed}.png")
    result = audit(*options, "--preset", "copies", "--audit-model", f"{tiny}?seed=2")
    data = json.loads(result.out)
    assert result.code == 0
    assert {row["reference"] for row in data["rows"] if row["photo"].endswith("0.png")} == {"thing 4"}
    assert {row["reference"] for row in data["rows"] if row["photo"].endswith("1.png")} == {"thing 5"}
    assert list(data["presets"]) == ["file", "copies"]
    assert (data["settings"]["seed"], data["settings"]["labelled"]) == (3, 2)
    assert [network["name"] for network in data["networks"]] == [tiny, f"{tiny}?seed=1", f"{tiny}?seed=2"]


def test_surrogates_come_from_the_report_of_the_protection(unseen, draw, tiny: str, tmp_path: Path) -> None:
    photo, other = draw("a.png"), f"{tiny}?seed=1"
    protecting = ["--model", other, "--audit-model", "", "--report", tmp_path / "run.json", "-o", tmp_path / "copies"]
    assert unseen("protect", photo, *protecting).code == 0
    reading = ["--made-by", tmp_path / "run.json", "--audit-model", tiny, "--audit-model", other, "--preset", "file"]
    result = unseen("audit", photo, tmp_path / "copies", *reading, "--json")
    data = json.loads(result.out)
    assert result.code == 0
    assert [(one["name"], one["role"]) for one in data["networks"]] == [(other, "surrogate"), (tiny, "held-out")]
    assert data["notes"] == [f"{other} is not held out: the protection was made against it"]
    surrogate = next(one for one in data["summary"] if (one["network"], one["version"]) == (other, "protected"))
    assert surrogate["top1"]["mean"] == 0


def test_the_report_beside_the_copies_tells_the_surrogates(unseen, draw, tiny: str, tmp_path: Path) -> None:
    photo, other = draw("a.png"), f"{tiny}?seed=1"
    report = tmp_path / "copies" / "report.json"
    made = unseen("protect", photo, "--model", other, "--audit-model", "", "--report", report, "-o", report.parent)
    assert made.code == 0
    reading = ["audit", photo, report.parent, "--audit-model", tiny, "--preset", "file", "--json"]
    data = json.loads(unseen(*reading).out)
    assert [(one["name"], one["role"]) for one in data["networks"]] == [(other, "surrogate"), (tiny, "held-out")]
    assert data["settings"]["made_by"] == str(report)
    data = json.loads(unseen(*reading, "--surrogate", tiny).out)
    assert [(one["name"], one["role"]) for one in data["networks"]] == [(tiny, "surrogate")]
    assert data["settings"]["made_by"] is None


def test_the_networks_that_come_along_read_by_default(unseen, draw) -> None:
    data = json.loads(unseen("audit", draw("a.png"), draw("b.png"), "--preset", "file", "--json").out)
    told = [(one["name"], one["role"], one["meanings"]) for one in data["networks"]]
    assert told == [("lite0", "surrogate", True), ("lite1", "surrogate", True), ("lite2", "held-out", True)]
    assert data["notes"] == []
    assert all(row["leaked"] is not None for row in data["rows"])


def test_what_cannot_be_done_is_told_and_ends_in_1(audit, album: Path, tmp_path: Path) -> None:
    (album / "0.png").write_bytes(b"torn")
    (album / "9.png").write_bytes(b"without a copy")
    Image.open(album / "1.png").resize((32, 24)).save(tmp_path / "shared" / "1-unseen.webp")
    (tmp_path / "labels.csv").write_text("file,label\nalbum/2.png,thing 4\nalbum/gone.png,thing 4\n")
    result = audit("--audit-model", "lite7", "--labels", tmp_path / "labels.csv", "--report", tmp_path / "a.json")
    assert result.code == 1
    problems = result.err.splitlines()
    parts = [
        "Error: lite7 is left out: unknown classifier 'lite7'",
        f"Error: {tmp_path / 'shared'}: has no copy of 1 of 4 originals (9.png)",
        "Error: labels are for 1 photo that is not there (gone.png)",
        f"Error: {album / '0.png'}: ",
        f"Error: {album / '1.png'}: it and its copy have different sizes (64x48 and 32x24)",
    ]
    assert len(problems) == len(parts)
    assert all(problem.startswith(part) for problem, part in zip(problems, parts, strict=True))
    data = json.loads((tmp_path / "a.json").read_text())
    assert [f"Error: {problem}" for problem in data["problems"]] == problems
    assert data["photos"] == 2


def test_when_no_pair_can_be_read_nothing_is_written(audit, tmp_path: Path) -> None:
    report = tmp_path / "a.html"
    result = audit("--report", report, original=tmp_path / "none.png", protected=tmp_path / "nor.png")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        f"Error: {tmp_path / 'none.png'}: does not exist; check its name",
        "Error: no pair could be read, so there is nothing to report",
    ]
    assert not report.exists()


def test_an_interruption_tells_about_the_pairs_that_are_done(audit, monkeypatch, tmp_path: Path) -> None:
    from unseen.audit import auditing

    whole, calls = auditing.audit, []

    def cut(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(auditing, "audit", cut)
    result = audit("--report", tmp_path / "a.json")
    assert result.code == 130
    assert result.err == "Error: interrupted after 1 of 3 pairs: the account is of those\n"
    assert json.loads((tmp_path / "a.json").read_text())["photos"] == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--preset", "jpg"], "unknown preset 'jpg'; did you mean"),
        (["--made-by", "run.json"], "--made-by and --surrogate say the same; give one of them"),
        (["--report", "a.pdf"], "--report a.pdf: its name must end in .html or .json"),
        (["--labels", "none.csv"], "none.csv: cannot be read as CSV"),
        (["--copies", "none"], "is a folder, but none is not there; give two files or two folders"),
    ],
)
def test_wrong_usage_is_one_line(options: list[str], problem: str, audit) -> None:
    result = audit(*options)
    assert (result.code, result.out) == (2, "")
    assert problem in result.err
    assert result.err.count("\n") == 1


def test_labels_of_other_photos_and_labels_nobody_knows_are_refused(audit, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("file,label\nelsewhere/0.png,thing 4\n")
    result = audit("--labels", labels)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert f"{labels}: names none of these photos" in result.err
    labels.write_text("file,label\nalbum/0.png,thing 99\n")
    result = audit("--labels", labels)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "label 'thing 99' is no class of" in result.err
