"""What reports tell of things that are to be hidden by name."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from unseen.report import (
    GroupReading,
    HiddenReading,
    ModelReading,
    PhotoRow,
    Preview,
    Report,
    from_json,
    table,
    to_html,
    to_json,
)
from unseen.report.outcomes import meant_in_words, status_in_words, summary
from unseen.report.totals import Totals
from unseen.report.verdicts import chances, verdict

from ..page import Page

SETTINGS = {"scheme": "away", "hide": ["cat", "bedroom"], "revealed_at": 0.1, "epsilon": 8.0}


def hidden(before: float, after: float, *, now: bool, labels: tuple[str, ...] = ("Egyptian cat",)) -> HiddenReading:
    groups = (GroupReading(name="cat", classes=13, before=before, after=after),)
    return HiddenReading(
        before=before, after=after, revealed_before=before >= 0.1, revealed_after=now, labels=labels, groups=groups
    )


@pytest.fixture
def models(protected_row: PhotoRow) -> tuple[ModelReading, ...]:
    """Hidden, knowing no such thing, and still recognised."""
    first, second, third = protected_row.models
    return (
        replace(first, hidden=hidden(0.9, 0.004, now=False)),
        second,
        replace(third, hidden=hidden(0.92, 0.3, now=True)),
    )


@pytest.fixture
def untouched_row(failed_row: PhotoRow, models: tuple[ModelReading, ...]) -> PhotoRow:
    seen = tuple(
        replace(model, after=model.before, hidden=model.hidden and hidden(0.02, 0.02, now=False, labels=()))
        for model in models
    )
    return replace(failed_row, input="album/tea.jpg", status="untouched", error=None, iterations=0, models=seen)


@pytest.fixture
def hiding_report(protected_row: PhotoRow, untouched_row: PhotoRow, models: tuple[ModelReading, ...]) -> Report:
    rows = (replace(protected_row, models=models), untouched_row)
    return Report(version="0.1.0", settings=SETTINGS, photos=rows)


def plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_verdicts_are_about_the_group_and_not_the_reference(models: tuple[ModelReading, ...]) -> None:
    assert [verdict(model, SETTINGS) for model in models] == ["hidden", "blind", "recognised"]
    assert [verdict(model) for model in models] == ["hidden", "hidden", "close"]
    first = models[0]
    kin = replace(first, hidden=replace(first.hidden, labels=("velvet",)))
    assert verdict(kin, SETTINGS) == "close"  # velvet is among its guesses now
    assert verdict(replace(first, hidden=hidden(0.05, 0.01, now=False)), SETTINGS) == "unknown"
    assert verdict(replace(first, hidden=hidden(0.05, 0.2, now=True)), SETTINGS) == "recognised"


def test_the_chance_is_that_of_the_group(models: tuple[ModelReading, ...]) -> None:
    assert [chances(model, SETTINGS) for model in models] == [(0.9, 0.004), None, (0.92, 0.3)]
    assert chances(models[0], {}) == (models[0].before.icp, models[0].after.icp)


def test_the_summary_counts_untouched_photos_apart(hiding_report: Report, untouched_row: PhotoRow) -> None:
    outcome, gain, _ = map(plain, summary(Totals.of(hiding_report)))
    assert outcome == (
        "1 of 2 photos is protected: the networks used to make the protection no longer see any cat or bedroom, in the "
        "files as written; 1 was left untouched, for nothing of it is seen there."
    )
    assert gain == (  # of the protected photo alone
        "On average, the networks used to make the protection gave “cat or bedroom” a chance of 90.0 % before and "
        "0.40 % now; other networks, which had no part in it, 92.0 % before and 30.0 % now."
    )
    alone = Report(version="0.1.0", settings=SETTINGS, photos=(untouched_row,))
    assert summary(Totals.of(alone))[:2] == (
        "The photo is left untouched: no cat or bedroom is seen in it.",
        "Nothing was changed.",
    )


def test_many_names_are_not_all_listed(hiding_report: Report) -> None:
    many = replace(hiding_report, settings=SETTINGS | {"hide": [f"thing {index}" for index in range(60)]})
    assert "any thing 0, thing 1, thing 2, thing 3, thing 4 or 55 more, in the files" in summary(Totals.of(many))[0]


def test_an_untouched_photo_tells_what_was_seen(untouched_row: PhotoRow) -> None:
    expected = "No cat or bedroom is seen here (lite0 2.0 %), so the photo was left as it is: no copy was made."
    assert plain(status_in_words(untouched_row, SETTINGS)) == expected


def test_what_the_names_mean(hiding_report: Report) -> None:
    assert meant_in_words(Totals.of(hiding_report)) == ("cat: 13 classes of lite0",)


def test_json_comes_back(hiding_report: Report) -> None:
    assert from_json(to_json(hiding_report)) == hiding_report


def test_the_table(hiding_report: Report) -> None:
    console = Console(width=160, file=StringIO())
    console.print(table(hiding_report))
    text = plain(console.file.getvalue())
    for words in (
        "what to hide",
        "90.0% → 0.40%",
        "knows no such thing",
        "still recognised",
        "left untouched",
        "does not see it",
        "1 photo left untouched, without a copy: no network used sees cat or bedroom there, as its first guess or with "
        "10.0 % or more for all its classes together.",
        "What to hide: cat or bedroom; the chance is that of all its classes together.",
    ):
        assert words in text
    assert "True answer" not in text


def test_the_page(hiding_report: Report) -> None:
    pictures = Preview(before=b"one", after=b"two", noise=b"three", amplification=3)
    page = Page(to_html(hiding_report, {row.input: pictures for row in hiding_report.photos}))
    for words in (
        "Chance of “cat or bedroom”",
        "cat: 13 classes of lite0.",
        "Left untouched",
        "90.0 % before, 0.40 % now.",
        "Knows no such thing.",
        "decides whether a photo is left untouched",
        "The original, unchanged",
    ):
        assert words in plain(page.text)
    assert len(page.all("img")) == 3 + 1
    assert "true answer" not in page.text.lower()
