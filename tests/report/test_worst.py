import random
from dataclasses import replace

from unseen.report import PhotoRow, Report
from unseen.report.totals import Totals
from unseen.report.worst import Worst


def shown(rows: list[PhotoRow], most: int, settings) -> list[str]:
    worst = Worst(most, settings)
    for row in rows:
        worst.add(row)
    return [row.input for row in worst.rows]


def rows_of(report: Report, count: int) -> list[PhotoRow]:
    """Rows of all kinds, each with a chance of its own."""
    (model,) = report.photos[0].models[:1]
    return [
        replace(
            report.photos[0],
            input=str(number),
            status=("protected", "not_achieved", "failed")[number % 3],
            models=(replace(model, after=replace(model.after, icp=number / count)),) if number % 3 < 2 else (),
        )
        for number in range(count)
    ]


def test_all_are_shown_in_their_order_where_they_are_few(report: Report) -> None:
    rows = rows_of(report, 10)
    assert shown(rows, 10, report.settings) == [row.input for row in rows]


def test_of_many_the_worst_come_first_whatever_their_order(report: Report) -> None:
    rows = rows_of(report, 60)
    expected = [str(number) for number in range(60) if number % 3 == 2] + ["58", "55", "52"]
    assert shown(rows, 23, report.settings) == expected
    others = rows.copy()
    random.Random(0).shuffle(others)
    assert set(shown(others, 23, report.settings)) == set(expected)


def test_totals_are_the_same_in_parts(report: Report) -> None:
    rows = rows_of(report, 9)
    totals = Totals.of(replace(report, photos=tuple(rows)))
    assert totals.photos == 9
    assert dict(totals.statuses) == {"protected": 3, "not_achieved": 3, "failed": 3}
    assert totals.chances["surrogate"].count == 6
