from dataclasses import replace

from unseen.report import Answer, ModelReading, PhotoRow
from unseen.report.verdicts import verdict


def test_verdicts(protected_row: PhotoRow, missed_row: PhotoRow) -> None:
    lite0, _, lite2 = protected_row.models
    wrong_before = replace(lite0, reference="velvet")
    assert [verdict(lite0), verdict(lite2), verdict(missed_row.models[0])] == ["hidden", "close", "recognised"]
    assert verdict(wrong_before) == "unknown"
    assert verdict(replace(lite0, before=replace(lite0.before, top5=()))) == "unknown"


def test_a_label_may_be_missing_from_the_top(protected_row: PhotoRow) -> None:
    lite0: ModelReading = protected_row.models[0]
    certain = replace(lite0.after, top5=(Answer(label="velvet", probability=1.0),))
    assert verdict(replace(lite0, after=certain)) == "hidden"
