import json
import math
from dataclasses import replace

import pytest

from unseen.errors import UnseenError
from unseen.report import PhotoRow, Report, from_json, to_json


def test_the_layout_is_the_promised_one(report: Report) -> None:
    data = json.loads(to_json(report))
    photo = data["photos"][0]
    network = photo["models"][0]
    assert list(data) == ["version", "settings", "photos", "presets"]
    assert {"input", "output", "status", "error", "seconds", "iterations", "target", "target_probability"} <= set(photo)
    assert {"models", "change", "metadata_removed"} <= set(photo)
    assert list(network) == ["name", "role", "reference", "before", "after", "hidden"]
    assert list(network["before"]) == ["icp", "ice", "top5"]
    assert network["after"]["top5"][0] == {"label": "chain mail, ring mail", "probability": 0.9931}
    assert {"mean_abs", "max_abs", "psnr", "ssim"} <= set(photo["change"])
    assert photo["metadata_removed"] == ["EXIF", "GPS position"]
    assert [row["status"] for row in data["photos"]] == ["protected", "not_achieved", "failed"]


def test_what_was_written_is_read_again(report: Report) -> None:
    assert from_json(to_json(report)) == report
    assert to_json(from_json(to_json(report))) == to_json(report)


def test_a_report_from_before_audits_is_read(report: Report) -> None:
    data = json.loads(to_json(report))
    del data["presets"]
    for photo in data["photos"]:
        del photo["audit"]
    found = from_json(json.dumps(data))
    assert found == replace(report, presets={}, photos=tuple(replace(row, audit=()) for row in report.photos))


def test_ways_of_reading_are_told_by_both_reports(report: Report) -> None:
    other = replace(report, presets={"blur": "blurred a little"})
    assert dict(report.merge(other).presets) == {**report.presets, "blur": "blurred a little"}


def test_what_is_no_number_becomes_null(report: Report, protected_row: PhotoRow) -> None:
    assert protected_row.change
    change = replace(protected_row.change, psnr=math.inf, ssim=math.nan)
    text = to_json(replace(report, photos=(replace(protected_row, change=change, seconds=-math.inf),)))
    photo = json.loads(text, parse_constant=pytest.fail)["photos"][0]
    assert (photo["change"]["psnr"], photo["change"]["ssim"], photo["seconds"]) == (None, None, None)
    assert from_json(text).photos[0].change == replace(change, psnr=None, ssim=None)


def test_any_file_name_survives(report: Report, protected_row: PhotoRow) -> None:
    odd = replace(report, photos=(replace(protected_row, input='新\n"\udcff\x1b.jpg'),))
    assert to_json(odd).isascii()
    assert from_json(to_json(odd)) == odd


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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"photos": [{}]}', '{"photos": [], "later": 1}', '{"photos": 3}'])
def test_what_is_no_report_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UnseenError, match="not a report") as caught:
        from_json(text)
    assert "\n" not in str(caught.value)
