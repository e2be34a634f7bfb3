import json
import math
from dataclasses import asdict, replace

import pytest

from unseen.errors import UnseenError
from unseen.report import PhotoRow, Report, as_json, from_json, to_json
from unseen.report.as_json import json_parts


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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"photos": [{}]}', '{"photos": [], "later": 1}', '{"photos": 3}'])
def test_what_is_no_report_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UnseenError, match="not a report") as caught:
        from_json(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_piece_by_piece_it_is_the_same_json(report: Report, count: int) -> None:
    one = replace(report, photos=report.photos[:1] * count)
    expected = json.dumps(as_json._finite(asdict(one)), indent=2) + "\n"
    assert to_json(one) == expected
    assert "".join(json_parts(replace(one, photos=()), iter(one.photos))) == expected
