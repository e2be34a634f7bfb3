from dataclasses import replace

import pytest

from unseen.report import PhotoRow, Report
from unseen.report.outcomes import change_in_words, size_in_words, status_in_words, summary
from unseen.report.settings import roles_in_words
from unseen.report.totals import Totals

from .settings import NOISE, PICTURE


def test_the_status_names_who_still_sees_it_and_the_remedy(missed_row: PhotoRow) -> None:
    assert status_in_words(missed_row, NOISE) == "Still recognised by lite0. Try a higher strength or another scheme."
    hidden = replace(missed_row, models=missed_row.models[1:])
    assert "less surely" in status_in_words(hidden, NOISE)
    both = replace(missed_row, models=(missed_row.models[0], replace(missed_row.models[0], name="other")))
    assert status_in_words(both, NOISE).startswith("Still recognised by lite0 and other.")


def test_a_failed_photo_tells_its_error(failed_row: PhotoRow) -> None:
    assert status_in_words(failed_row, NOISE) == failed_row.error


def test_of_a_picture_alone_no_network_is_said_to_have_made_it(report: Report) -> None:
    of_picture = replace(report, settings=PICTURE)
    said = " ".join(
        [*summary(Totals.of(of_picture)), *roles_in_words(PICTURE).values(), status_in_words(report.photos[0], PICTURE)]
    )
    assert "used to make" not in said
    assert "The networks that judge it no longer give the true answer first." in said
    assert "used to make" in " ".join([*summary(Totals.of(report)), *roles_in_words(NOISE).values()])


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
    outcome, gain, limits = (sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in summary(Totals.of(report)))
    assert outcome.startswith("1 of 3 photos is protected")
    assert "1 could not be processed" in outcome
    assert "81.0 % before and 20.3 % now" in gain  # the mean of 3e-6 three times and 0.81
    assert "81.0 % before and 31.0 % now" in gain
    assert "does not stop people" in limits
    assert all(
        sentence.count(".") - sentence.count(".0 %") - sentence.count(".3 %") == 1 for sentence in (outcome, gain)
    )


def test_the_summary_admits_what_is_not_known(report: Report, missed_row: PhotoRow, failed_row: PhotoRow) -> None:
    outcome, gain, _ = summary(Totals.of(replace(report, photos=(missed_row,))))
    assert outcome == "The photo is not protected."
    assert "how far this carries is not known" in gain
    assert summary(Totals.of(replace(report, photos=(failed_row, failed_row))))[:2] == (
        "None of 2 photos are protected; 2 could not be processed.",
        "No network was asked what it sees.",
    )
