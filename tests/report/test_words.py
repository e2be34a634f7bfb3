import math

import pytest

from unseen.report.words import decimal, duration, percent, printable, size


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "less than 0.01 %"),
        (9.9e-5, "less than 0.01 %"),
        (1e-4, "0.01 %"),
        (0.00999, "1.00 %"),
        (0.012, "1.2 %"),
        (0.5, "50.0 %"),
        (0.998, "99.8 %"),
        (0.9994, "99.94 %"),
        (0.99981, "99.98 %"),
        (0.99995, "more than 99.99 %"),
        (1.0, "more than 99.99 %"),
        (math.nan, "not defined"),
        (None, "not defined"),
    ],
)
def test_percent(probability: float | None, words: str) -> None:
    assert percent(probability).replace("\N{NO-BREAK SPACE}", " ") == words


def test_no_probability_reads_as_certain() -> None:
    for thousandth in range(100_001):
        assert percent(thousandth / 100_000)[:4] not in {"0.0\N{NO-BREAK SPACE}", "0.00", "100."}


def test_decimal() -> None:
    assert [decimal(value, 1) for value in (1.26, None, math.inf)] == ["1.3", "not defined", "not defined"]


def test_printable() -> None:
    assert printable("a\x1b[31m\n\udcff é 新\N{NARROW NO-BREAK SPACE}x") == "a?[31m?? é 新\N{NARROW NO-BREAK SPACE}x"


def test_durations_and_sizes() -> None:
    times = (0.4, 59, 150, 3 * 3600 + 60, 400 * 3600)
    assert [duration(seconds) for seconds in times] == ["0 s", "59 s", "2 min", "3 h 1 min", "17 days"]
    sizes = (12, 999, 1500, 20_000, 3.2e6, 4.5e9, 7e12)
    assert [size(count) for count in sizes] == [
        "12 bytes",
        "999 bytes",
        "1.5 kB",
        "20 kB",
        "3.2 MB",
        "4.5 GB",
        "7.0 TB",
    ]
