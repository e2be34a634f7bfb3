from dataclasses import replace

import pytest

from unseen.report import PhotoRow, Report, table, to_html
from unseen.report.shared import Look, Way, looks, ways, ways_in_words
from unseen.report.totals import Totals

from ..page import Page
from .conftest import read


def test_each_network_and_way_has_its_look(protected_row: PhotoRow, report: Report) -> None:
    told = {"network": "lite2", "before": "Egyptian cat"}
    assert looks(protected_row, report) == (
        Look(way="the file itself", after="velvet", verdict="hidden", **told),
        Look(way="saved again as JPEG 75", after="tabby", verdict="close", **told),
    )


@pytest.mark.parametrize(
    ("before", "after", "leaked", "verdict"),
    [
        ("Egyptian cat", "Egyptian cat", True, "recognised"),
        ("Egyptian cat", "velvet", None, "hidden"),
        ("velvet", "Egyptian cat", True, "recognised"),
        ("velvet", "tabby", True, "close"),
        ("velvet", "wool", False, "unknown"),
    ],
)
def test_a_look_is_judged(before: str, after: str, leaked: bool | None, verdict: str, protected_row, report) -> None:
    rows = (read("file", "original", before), read("file", "protected", after, leaked=leaked))
    (look,) = looks(replace(protected_row, audit=rows), report)
    assert look.verdict == verdict


def test_ways_are_means_over_photos(protected_row: PhotoRow, report: Report) -> None:
    seen = (
        read("file", "original", "Egyptian cat", leaked=True),
        read("file", "protected", "Egyptian cat", leaked=True),
    )
    both = replace(report, photos=(protected_row, replace(protected_row, audit=seen)))
    assert ways(Totals.of(both)) == (
        Way(meaning="the file itself", before=1, after=0.5, alike=0.5),
        Way(meaning="saved again as JPEG 75", before=1, after=0, alike=1),
    )
    assert ways_in_words(ways(Totals.of(both))).replace("\N{NO-BREAK SPACE}", " ") == (
        "Right first guesses of networks that had no part in it, in the originals and now: "
        "the file itself: 100 % → 50 %; saved again as JPEG 75: 100 % → 0 %."
    )


def test_answers_that_are_no_numbers_and_unknown_meanings_are_left_out(protected_row, report) -> None:
    rows = (
        read("file", "original", None),
        read("file", "protected", "velvet"),
        read("jpeg-75", "original", "velvet"),
        read("jpeg-75", "protected", "velvet"),
    )
    row = replace(protected_row, audit=rows)
    assert [look.way for look in looks(row, report)] == ["saved again as JPEG 75"]
    assert ways(Totals.of(replace(report, photos=(row,)))) == (
        Way(meaning="saved again as JPEG 75", before=0, after=0, alike=None),
    )


def test_without_networks_held_out_nothing_is_told(report: Report, protected_row: PhotoRow) -> None:
    bare = replace(report, photos=(replace(protected_row, audit=()),))
    assert ways(Totals.of(bare)) == ()
    assert ways_in_words(()) == ""
    assert "Right first guesses" not in str(table(bare).caption)
    assert "Once" not in Page(to_html(bare, {})).text


def test_page_and_table_tell_it(report: Report, protected_row: PhotoRow) -> None:
    assert "saved again as JPEG 75: 100" in str(table(report).caption)
    text = Page(to_html(report, {})).text
    assert "Once they are shared" in text
    assert "Saved again as JPEG 75 lite2 Egyptian cat tabby Still the same kind of thing" in text
    alone = Page(to_html(replace(report, photos=(protected_row,)), {})).text
    assert "Once they are shared" not in alone
    assert "Once it is shared" in alone
