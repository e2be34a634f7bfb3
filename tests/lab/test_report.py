import base64
import json
import math
import re
from itertools import pairwise
from pathlib import Path

import pytest

from unseen import __version__
from unseen.errors import UnseenError
from unseen.lab import report as module
from unseen.lab.report import Figure, LabReport, Section, Table, lab_html, lab_json, number, percent, write_lab_report

from ..page import Page

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5M/u9wAAAABJRU5ErkJggg==")
TABLE = Table(
    columns=("target", "paper", "ours"),
    rows=(("0", percent(0.178), percent(0.15)), ("mean, all", "–", "<0.001\N{NO-BREAK SPACE}%")),
    caption="Accuracy with the noise of each target. Less is better.",
)
REPORT = LabReport(
    title="Digits & noise",
    introduction=("A lead.", "And more of it."),
    sections=(
        Section(title="Ten noises (Table 2)", paragraphs=("How it was done.",), tables=(TABLE,)),
        Section(title="Pictures", figures=(Figure(name="figure-2", png=PNG, caption="Ten patterns. Red adds."),)),
    ),
    numbers={"table2": {"paper": (0.178, math.nan)}, "noise": {"limit": math.inf, "mean": 0.013}},
)


def test_a_folder_gets_numbers_page_and_figures(tmp_path: Path) -> None:
    write_lab_report(REPORT, tmp_path / "new" / "lab")
    written = {
        path.relative_to(tmp_path / "new/lab").as_posix()
        for path in (tmp_path / "new/lab").rglob("*")
        if path.is_file()
    }
    assert written == {"report.json", "report.html", "figures/figure-2.png"}
    assert (tmp_path / "new/lab/figures/figure-2.png").read_bytes() == PNG
    assert (tmp_path / "new/lab/report.html").read_text("utf-8") == lab_html(REPORT)
    assert json.loads((tmp_path / "new/lab/report.json").read_text("ascii")) == {
        "version": __version__,
        "table2": {"paper": [0.178, None]},
        "noise": {"limit": None, "mean": 0.013},
    }


def test_the_json_is_no_more_than_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(lab_json(REPORT), parse_constant=refuse)


def test_a_later_report_takes_the_place_of_a_former_and_of_nothing_else(tmp_path: Path) -> None:
    write_lab_report(REPORT, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "figures" / "mine.png").write_bytes(b"mine")
    later = LabReport(title="Later", introduction=(), sections=(), numbers={"later": 1})
    write_lab_report(later, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["later"] == 1
    assert (tmp_path / "report.html").read_text("utf-8") == lab_html(later)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "figures" / "mine.png").read_bytes() == b"mine"
    assert (tmp_path / "figures" / "figure-2.png").read_bytes() == PNG


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(UnseenError, match="holds files that no lab wrote; name an empty or new folder with -o"):
        write_lab_report(REPORT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "{}"
    (tmp_path / "lab").mkdir()
    write_lab_report(REPORT, tmp_path / "lab")
    (tmp_path / "lab/figures/figure-2.png").unlink()
    (tmp_path / "lab/figures").rmdir()
    (tmp_path / "lab/figures").write_text("mine")
    with pytest.raises(UnseenError, match=r"figures: cannot be made \(File exists\); move it away"):
        write_lab_report(REPORT, tmp_path / "lab")


def test_the_numbers_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(module, "write_over", lambda path, data: order.append(path.name))
    write_lab_report(REPORT, tmp_path)
    assert order == ["figure-2.png", "report.html", "report.json"]


def test_the_page_asks_nothing_of_anyone() -> None:
    html = lab_html(REPORT)
    page = Page(html)
    links = [value or "" for _, given in page.elements for name, value in given.items() if name in {"src", "href"}]
    assert len(links) == 3
    assert all(re.match(r"data:image/png;base64,|#section-\d$", link) for link in links)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert all(word not in html for word in ("url(", "@import", "://"))
    embedded = next(link for link in links if link.startswith("data:"))
    assert base64.b64decode(embedded.partition(",")[2]) == PNG


def test_everything_is_told_and_found_from_the_contents() -> None:
    page = Page(lab_html(REPORT))
    identifiers = {given["id"] for _, given in page.elements if "id" in given}
    assert {f"#{name}" for name in identifiers} >= {given["href"] for given in page.all("a")}
    for text in (
        "Digits & noise A lead. And more of it. Contents Ten noises (Table 2) Pictures",
        "How it was done. Accuracy with the noise of each target. Less is better. target paper ours",
        "Ten patterns. Red adds.",
        f"Made by unseen {__version__}",
    ):
        assert text in page.text
    assert page.all("img")[0]["alt"] == "Ten patterns."
    assert page.all("html") == [{"lang": "en"}]


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in Page(lab_html(REPORT)).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels == [1, 2, 2, 2]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_numbers_stand_at_the_right_and_the_paper_apart() -> None:
    assert TABLE.kinds == ("", "number paper", "number")
    page = Page(lab_html(REPORT))
    assert [given["class"] or "" for given in page.all("th")] == ["", "number paper", "number", "", ""]
    assert [given["class"] or "" for given in page.all("td")] == ["number paper", "number"] * 2
    numeric = ("17.8 %", "<0.001 %", "> 5", "−0.013", "+3", "1,023", "–", "", "17.2")
    assert all(Table(columns=("a",), rows=((cell,),)).kinds == ("number",) for cell in numeric)
    assert all(Table(columns=("a",), rows=((cell,),)).kinds == ("",) for cell in ("about 5", "-", "ten"))
    assert Table(columns=("Paper (read off)", "a"), rows=()).kinds == ("number paper", "number")


def test_a_row_of_the_paper_stands_apart_as_well() -> None:
    table = Table(columns=("", "noise"), rows=(("Liu et al. 2019", "0.0015"), ("ours", "0.004"), ("Paper", "1")))
    section = Section(title="Turned", tables=(table,))
    html = lab_html(LabReport(title="", introduction=(), sections=(section,), numbers={}))
    assert [given.get("class") or "" for given in Page(html).all("tr")] == ["", "paper", "", "paper"]


def test_text_from_outside_stays_text() -> None:
    attack = "<script>alert(1)</script>\udcff"
    hostile = LabReport(
        title=attack,
        introduction=(attack,),
        sections=(
            Section(
                title=attack,
                paragraphs=(attack,),
                tables=(Table(columns=(attack,), rows=((attack,),), caption=attack),),
                figures=(Figure(name="a", png=PNG, caption=attack),),
            ),
        ),
        numbers={attack: attack},
    )
    html = lab_html(hostile)
    assert "<script" not in html
    assert html.encode().count(b"&lt;script&gt;") >= 10
    Page(html)
    assert lab_json(hostile).isascii()


def test_cells() -> None:
    shares = (0, 1, 0.178, 0.9945, 0.0009, 0.00027, 1e-9, 0.99999, 0.5, None, math.nan)
    cells = [percent(share).replace("\N{NO-BREAK SPACE}", " ") for share in shares]
    assert cells == [
        "0 %",
        "100 %",
        "17.8 %",
        "99.45 %",
        "0.090 %",
        "0.027 %",
        "<0.001 %",
        ">99.99 %",
        "50.0 %",
        "–",
        "–",
    ]
    assert [number(value, 2) for value in (1.005, -0.5, 12345.678, None, math.inf)] == [
        "1.00",
        "−0.50",
        "12,345.68",
        "–",
        "–",
    ]
    assert number(48_238, 0) == "48,238"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="another number of cells than the 2 columns"):
        Table(columns=("a", "b"), rows=(("1", "2"), ("1",)))
    for name in ("", "a/b", "a b"):
        with pytest.raises(ValueError, match="is no name for a figure"):
            Figure(name=name, png=PNG, caption="")
    twice = Section(title="", figures=(Figure(name="a", png=PNG, caption=""), Figure(name="A", png=PNG, caption="")))
    with pytest.raises(ValueError, match="two figures have one name"):
        LabReport(title="", introduction=(), sections=(twice,), numbers={})
