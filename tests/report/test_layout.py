from dataclasses import replace

import pytest

from unseen.errors import UnseenError
from unseen.report import Report


def test_ways_of_reading_are_told_by_both_reports(report: Report) -> None:
    other = replace(report, presets={"blur": "blurred a little"})
    assert dict(report.merge(other).presets) == {**report.presets, "blur": "blurred a little"}


def test_merging_is_associative_and_keeps_the_order(report: Report) -> None:
    first, second, third = (replace(report, photos=(row,)) for row in report.photos)
    assert first.merge(second).merge(third) == first.merge(second.merge(third)) == report
    assert second.merge(first) != first.merge(second)


def test_nothing_is_neutral(report: Report) -> None:
    nothing = replace(report, photos=())
    assert nothing.merge(report) == report.merge(nothing) == report


@pytest.mark.parametrize("changed", [{"seed": 1}, {"extra": None}])
def test_runs_with_other_settings_do_not_merge(report: Report, changed: dict[str, object]) -> None:
    other = replace(report, settings={**report.settings, **changed})
    for one, two in ((report, other), (other, report)):
        with pytest.raises(UnseenError, match=next(iter(changed))):
            one.merge(two)


def test_runs_of_other_versions_do_not_merge(report: Report) -> None:
    with pytest.raises(UnseenError, match=r"0\.2\.0"):
        report.merge(replace(report, version="0.2.0"))
