import math
from dataclasses import replace

import pytest

from unseen.report import Answer, ModelReading, PhotoRow, Report
from unseen.report.words import (
    change_in_words,
    decimal,
    parts_in_words,
    percent,
    printable,
    remedy,
    roles_in_words,
    size_in_words,
    status_in_words,
    summary,
    verdict,
)


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


def test_verdicts(protected_row: PhotoRow, missed_row: PhotoRow) -> None:
    lite0, _, lite2 = protected_row.models
    wrong_before = replace(lite0, reference="velvet")
    assert [verdict(lite0), verdict(lite2), verdict(missed_row.models[0])] == ["hidden", "close", "recognised"]
    assert verdict(wrong_before) == "unknown"
    assert verdict(replace(lite0, before=replace(lite0.before, top5=()))) == "unknown"


NOISE = {"scheme": "replace", "epsilon": 8 / 255, "picture_only": False}
PICTURE = {"scheme": "crop", "pictures": [{"scheme": "Crop", "ratio": 0.7}], "picture_only": True}


def test_the_status_names_who_still_sees_it_and_the_remedy(missed_row: PhotoRow) -> None:
    assert status_in_words(missed_row, NOISE) == "Still recognised by lite0. Try a higher strength or another scheme."
    hidden = replace(missed_row, models=missed_row.models[1:])
    assert "less surely" in status_in_words(hidden, NOISE)
    both = replace(missed_row, models=(missed_row.models[0], replace(missed_row.models[0], name="other")))
    assert status_in_words(both, NOISE).startswith("Still recognised by lite0 and other.")


def test_a_failed_photo_tells_its_error(failed_row: PhotoRow) -> None:
    assert status_in_words(failed_row, NOISE) == failed_row.error


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        (NOISE, "Try a higher strength or another scheme."),
        (
            {"schemes": [{"scheme": "Enhance", "tone": 0.1}, {"scheme": "Away", "epsilon": 0.1}]},
            "Try a higher strength",
        ),
        ({"overshoot": 0.02}, "Try a larger overshoot"),
        ({"tone": 0.1}, "Try noise after it, as in enhance+uniform."),
        (PICTURE, "aimed at no network: add a scheme that is, as in crop+away."),
        ({}, "Try another scheme."),
    ],
)
def test_the_remedy_is_one_that_the_scheme_has(settings: dict[str, object], advice: str) -> None:
    assert advice in remedy(settings)


def test_of_a_picture_alone_no_network_is_said_to_have_made_it(report: Report) -> None:
    of_picture = replace(report, settings=PICTURE)
    said = " ".join(
        [*summary(of_picture), *roles_in_words(PICTURE).values(), status_in_words(report.photos[0], PICTURE)]
    )
    assert "used to make" not in said
    assert "The networks that judge it no longer give the true answer first." in said
    assert "used to make" in " ".join([*summary(report), *roles_in_words(NOISE).values()])


def test_pictures_and_chains_are_told_in_words() -> None:
    style = {
        "spec": {"name": "style:hayao?weights=h.pth", "licence": "not stated"}, "strength": 0.5, "keep_colour": False
    }  # fmt: skip
    parts = [
        {"scheme": "Crop", "ratio": 0.7, "lanes": None},
        {"scheme": "Painted", "style": style},
        {"scheme": "Other"},
    ]
    assert parts_in_words(parts) == (
        "crop (ratio 0.7), then style:hayao (strength 0.5, keep colour no, licence not stated), then other"
    )
    assert parts_in_words([]) == "none"


@pytest.mark.parametrize(
    ("psnr", "size"),
    [(50.0, "very small"), (37.0, "small"), (31.0, "moderate"), (20.0, "large"), (None, "another size")],
)
def test_the_size_of_a_change(protected_row: PhotoRow, psnr: float | None, size: str) -> None:
    assert protected_row.change
    change = replace(protected_row.change, psnr=psnr)
    assert size_in_words(change) == size
    assert size in change_in_words(change)


def test_no_change(protected_row: PhotoRow) -> None:
    assert protected_row.change
    unchanged = replace(protected_row.change, mean_abs=0.0, max_abs=0.0, psnr=None, ssim=1.0)
    assert change_in_words(unchanged) == "The picture is unchanged."


def test_the_summary_is_three_sentences_with_the_numbers(report: Report) -> None:
    outcome, gain, limits = (sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in summary(report))
    assert outcome.startswith("1 of 3 photos is protected")
    assert "1 could not be processed" in outcome
    assert "81.0 % before and 20.3 % now" in gain  # the mean of 3e-6 three times and 0.81
    assert "81.0 % before and 31.0 % now" in gain
    assert "does not stop people" in limits
    assert all(
        sentence.count(".") - sentence.count(".0 %") - sentence.count(".3 %") == 1 for sentence in (outcome, gain)
    )


def test_the_summary_admits_what_is_not_known(report: Report, missed_row: PhotoRow, failed_row: PhotoRow) -> None:
    outcome, gain, _ = summary(replace(report, photos=(missed_row,)))
    assert outcome == "The photo is not protected."
    assert "how far this carries is not known" in gain
    assert summary(replace(report, photos=(failed_row, failed_row)))[:2] == (
        "None of 2 photos are protected; 2 could not be processed.",
        "No network was asked what it sees.",
    )


def test_printable() -> None:
    assert printable("a\x1b[31m\n\udcff é 新\N{NARROW NO-BREAK SPACE}x") == "a?[31m?? é 新\N{NARROW NO-BREAK SPACE}x"


def test_a_label_may_be_missing_from_the_top(protected_row: PhotoRow) -> None:
    lite0: ModelReading = protected_row.models[0]
    certain = replace(lite0.after, top5=(Answer(label="velvet", probability=1.0),))
    assert verdict(replace(lite0, after=certain)) == "hidden"
