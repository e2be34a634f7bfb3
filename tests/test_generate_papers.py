"""docs/papers.md is what the reports in docs/papers/ say, and tells every row of the paper."""

import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from unseen.lab import paper_a, paper_b

DOCS = Path(__file__).resolve().parents[1] / "docs"

MNIST = {
    "version": "1.2.3",
    "settings": {"test_images": 10_000},
    "clean": {"accuracy": 0.981},
    "table2": {"paper": paper_a.TABLE_2, "ours": [0.11 + target / 100 for target in range(10)], "best": [0.09] * 10},
    "noise": {"mean": 0.026, "mean_abs": 0.21, "limit": 0.35},
    "sums": [
        {"targets": [2, 3], "paper": 0.217, "ours": 0.2345, "clipped_to_limit": 0.31},
        {"targets": [2, 3, 8], "paper": 0.327, "ours": None},
    ],
    "joint": [{"objective": "confusion", "accuracy": 0.4321, "ice": 0.987}],
    "per_image": {"uniform": {"accuracy": 0.19, "ice": 2.234, "mean_abs": 0.123}},
    "all_sums": [
        {"targets": [0], "accuracy": 0.2},
        {"targets": [1], "accuracy": 0.4},
        {"targets": [0, 1], "accuracy": 0.5},
    ],
    "distances": {"limits": [[None, 0.1], [0.3, None]]},
}
ANSWER = [{"label": "bittern, a bird", "probability": 0.25}]
IMAGENET = {
    "version": "1.2.3",
    "settings": {"model": "lite0", "photos": 300},
    "table3": {
        "paper": {},
        "ours": {"icp_before": 0.687, "icp_after": 0.00028, "iterations": 15.05, "mean_abs": 0.00445},
        "best": {"icp_after": 0.00027},
    },
    "examples": [{"file": "a|b.png", "before": ANSWER, "replace": {"ours": ANSWER}}],
    "figure12": [
        {"targets": 0, "sum": {"ice": 1.7, "mean_abs": 0.0}, "clipped": {}, "joint": {"ice": 1.7, "ratio": None}},
        {"targets": 2, "sum": {"ice": 2.4, "mean_abs": 0.0055}, "clipped": {}, "joint": {"ice": 1.9, "ratio": 1.25}},
    ],
    "uniform": {"ice": 6.883, "mean_abs": 0.0058},
    "carry": {"own": {"hidden": 1.0}, "others": {"hidden": 0.125}},
    "complexity": {"rank_correlation": {"edges": {"iterations": -0.25, "mean_abs": None}}},
    "cost": {"lines": {"pixels": {"r_squared": 0.999}, "layers": None}},
}
READ = {"icp": 0.7, "ice": 1.5, "top1": 0.8, "top5": None}
CRAWL = {
    "version": "1.2.3",
    "networks": [{"name": "lite2", "role": "held-out", "shared": "file", "before": READ, "after": READ | {"icp": 0.3}}],
    "photos": [{}] * 12,
}
RIGHT = {"top1": 0.5, "top5": 0.8}
HIDDEN = {"top1": 0.0, "top5": 0.1}
PRIVACY = {
    "version": "1.2.3",
    "settings": {"photos": 208, "model": "/some/where/places.py:load"},
    "table1": [
        {
            "approach": name,
            "paper": paper,
            "ours": ours,
            "after_scale_crop": {"top1": 0.25, "top5": 0.5},
            "after_jpeg90": ours,
            "appeal": {"contrast": 50.0, "nima": 4.5},
            "kept_appeal": kept,
            "ssim": ssim,
            "seconds": 1.0,
        }
        for name, paper, ours, kept, ssim in (
            ("original", {"top1": 0.6023, "top5": 0.8863}, RIGHT, 1.0, 1.0),
            ("centre crop", None, RIGHT, 0.9, None),
            ("own | noise", None, HIDDEN, 1.02, 0.876),
        )
    ],
    "sets": {"ours": [{"approach": "centre crop", **RIGHT}]},
    "best": {"approach": "own noise", "worst_top1": 0.25},
}
REPORTS: dict[str, Any] = {"mnist": MNIST, "imagenet": IMAGENET, "crawl": CRAWL, "pixel-privacy": PRIVACY}


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(DOCS)
    return importlib.import_module("generate_papers")


def plain(page: str) -> str:
    return page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_is_up_to_date(generate: ModuleType) -> None:
    assert generate.PAGE.read_text("utf-8") == generate.page(generate.kept()), "run python docs/generate_papers.py"


def test_every_row_of_the_paper_is_there_even_if_nothing_was_run(generate: ModuleType) -> None:
    page = plain(generate.page({}))
    printed = [
        f"| {target} | {100 * share:.1f} % | not run | not run |" for target, share in enumerate(paper_a.TABLE_2)
    ]
    printed += [
        "| mean | 22.0 % |",
        "82.1 %; errors drawn to 4 and 8",
        "| 21.7 % |",
        "| 32.7 % |",
        "| mean with sign | 0.013 |",
    ]
    printed += ["| 76.70 % |", "| 0.09 % |", "| 99.45 % |", "| 0.0015 |", "| 17.205 |", "| 0.585 |", "about 5 s"]
    printed += ["about 96.0 %", "48,238 photos", "10,000 digits"]
    printed += ["black swan 96.23 % | cowboy boot 99.01 %", "American egret 3.79 %, bittern 3.47 %, jinrikisha 1.79 %"]
    printed += [f"| Figure 2 | {paper_a.FIGURE_2} | not run | – | not run |"]
    printed += [*paper_a.FIGURE_12, paper_a.FIGURE_1, paper_a.DISTANCE, paper_a.COST, paper_a.COMPLEXITY]
    printed += [f"Figure {number}" for number in (1, 2, 3, 8, 9, 10, 11, 12)] + ["Figures 4 and 5", "Figures 6 and 7"]
    printed += ["| original | 60.23 % | 88.63 % | not run |", "| UAP | 45.33 % | 76.97 % | not run |"]
    printed += [f"| {100 * run.top1:.2f} % | {100 * run.top5:.2f} % | not run |" for run in paper_b.OTHER_RUNS]
    printed += ["46.40 % to 41.90 %", "| original | 4.472 | not run |", "| style: Hayao | 5.09 | not run |"]
    printed += [*paper_b.OPEN_QUESTIONS, *paper_b.OTHER_APPROACHES, "3,000 photos of 60 categories"]
    assert [text for text in printed if text not in page] == []


def test_ours_stands_beside_the_papers(generate: ModuleType) -> None:
    page = plain(generate.page(REPORTS))
    for row in (
        "| 3 | 11.6 % | 14.0 % | 9.0 % |",
        "| mean | 22.0 % | 15.5 % | 9.0 % |",
        "| mean without sign | – | 0.210 |",
        "| `figure-2-ours.png` | – | `figure-2-best.png` |",
        "| Figures 4 and 5: sum of all ten | 82.1 %; errors drawn to 4 and 8 | not run | not run | 43.2 % |",
        "| Figures 6 and 7: sum of 2, 3 | 21.7 % | 23.4 % | 31.0 % | not run |",
        "| The text: sum of 2, 3, 8 | 32.7 % | – | not run | not run |",
        "| 1 | 2 | 20.0 % | 30.0 % | 40.0 % |",
        "| 0 | 1 of 1 | 0.30 |",
        "| confusion | 43.2 % | 0.987 |",
        "| uniform | 19.0 % | 2.234 | 0.123 |",
        "| true class after | 0.09 % | 0.028 % | 0.027 % |",
        "| iterations | 17.205 | 15.05 | not run |",
        "| a/b.png | class replacement | bittern 25.0 % | – | bittern 25.0 % | – |",
        "| 0 | about 0.7 | 0.00 | 1.70 | 0.0000 | not run | not run | 1.70 | not run | – |",
        "| 2 | – | 0.69 | 2.40 | 0.0055 | not run | not run | 1.90 | not run | 1.25 |",
        "entropy 6.8830, mean absolute noise 0.0058",
        "with their own noise 100 %, with another's 12.5 %, with shuffled noise not run",
        "edges with iterations −0.25, edges with mean abs –",
        "pixels 0.999 |",
        "| lite2 | took no part | the file itself | 70.0 % → 30.0 % | 1.50 → 1.50 | 80.0 % → 80.0 % | – → – |",
        "| `lab imagenet` | lite0 | 300 photos | unseen 1.2.3 |",
        "| `lab crawl` | lite2 | 12 photos | unseen 1.2.3 |",
        "| original | 60.23 % | 88.63 % | 50.0 % | 80.0 % | 25.0 % | 50.0 % | 100 % | 1.000 |",
        "| own / noise | – | – | 0 % | 10.0 % | 25.0 % | 0 % | 102 % | 0.876 |",
        "| centre crop | – | – | 50.0 % | 80.0 % | 25.0 % | 50.0 % | 90 % | – |",
        "| 34.23 % | 62.00 % | centre crop | 50.0 % | 80.0 % |",
        "| 34.27 % | 63.17 % | not run | not run | not run |",
        "| original | 4.472 | 4.500 |",
        "Ours: 208 photos, places.py:load, unseen 1.2.3.",
        "Best: own noise, at most 25.0 % in any handling.",
    ):
        assert row in page, row


def test_every_table_has_as_many_cells_in_every_row(generate: ModuleType) -> None:
    for page in (generate.page({}), generate.page(REPORTS)):
        for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
            assert len({line.count("|") for line in block.splitlines()}) == 1, block


def test_reports_given_are_kept_as_those_of_their_labs(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path / "papers")
    monkeypatch.setattr(generate, "PAGE", tmp_path / "papers.md")
    for lab, report in REPORTS.items():
        (tmp_path / f"{lab}.json").write_text(json.dumps(report))
    monkeypatch.setattr(sys, "argv", ["generate_papers.py", str(tmp_path / "mnist.json"), str(tmp_path / "crawl.json")])
    generate.main()
    assert sorted(path.name for path in (tmp_path / "papers").iterdir()) == ["crawl.json", "mnist.json"]
    monkeypatch.setattr(
        sys, "argv", ["generate_papers.py", *(str(tmp_path / f"{lab}.json") for lab in ("imagenet", "pixel-privacy"))]
    )
    generate.main()
    assert (tmp_path / "papers.md").read_text("utf-8") == generate.page(json.loads(json.dumps(REPORTS)))
    (tmp_path / "other.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", ["generate_papers.py", str(tmp_path / "other.json")])
    with pytest.raises(SystemExit):
        generate.main()
    assert "other.json: no report of a lab" in capsys.readouterr().err
