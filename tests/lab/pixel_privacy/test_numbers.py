import math
from pathlib import Path

import pytest

from unseen.datasets.accepted import AcceptedPhoto
from unseen.lab.pixel_privacy.approaches import ORIGINAL, Approach
from unseen.lab.pixel_privacy.numbers import best_of, kept_appeal, table_row
from unseen.lab.pixel_privacy.photos import parted, spread


def reading(plain: bool, cropped: bool, compressed: bool) -> dict[str, dict[str, object]]:
    return {
        name: {"answer": 0, "top1": right, "top5": True}
        for name, right in {"plain": plain, "scale_crop": cropped, "jpeg90": compressed}.items()
    }


def row(*reads: bool, colour: float = 10.0, ssim: float = 0.5, seconds: float = 1.0) -> dict[str, object]:
    return {"readings": [reading(*reads)], "appeal": {"colour": colour}, "ssim": ssim, "seconds": seconds}


def test_a_row_holds_means_over_the_photos() -> None:
    rows = [row(True, False, True), row(False, False, True, colour=30.0, ssim=1.0, seconds=3.0)]
    told = table_row(ORIGINAL, rows, ())
    assert told["ours"] == {"top1": 0.5, "top5": 1}
    assert told["after_scale_crop"]["top1"] == 0
    assert told["after_jpeg90"]["top1"] == 1
    assert (told["appeal"], told["ssim"], told["seconds"]) == ({"colour": 20}, 0.75, 2)
    assert table_row(ORIGINAL, [row(True, True, True, ssim=math.nan)], ())["ssim"] is None


def made(name: str, top1: tuple[float, float, float], colour: float, seconds: float = 1.0, kind: str = "ours") -> dict:
    columns = zip(("ours", "after_scale_crop", "after_jpeg90"), top1, strict=True)
    return {
        "approach": name,
        "kind": kind,
        "appeal": {"colour": colour, "grey": 0.0},
        "seconds": seconds,
        **{column: {"top1": share, "top5": 1.0} for column, share in columns},
    }


def test_the_best_survives_everything_and_lowers_nothing() -> None:
    original = made("original", (0.6, 0.5, 0.6), 10, kind="original")
    blurred = made("blur", (0, 0, 0), 20, kind="known")
    dull = made("dull", (0, 0, 0), 9)
    brittle = made("brittle", (0, 0.3, 0), 12)
    slow = made("slow", (0.1, 0.1, 0), 10, seconds=9)
    quick = made("quick", (0, 0.1, 0), 9.95)
    best = best_of([original, blurred, dull, brittle, slow, quick])
    assert best == {"approach": "quick", "worst_top1": 0.1, "under_a_quarter": True, "keeps_appeal": True}
    assert best_of([original, brittle])["under_a_quarter"] is False
    only = best_of([original, dull])
    assert (only["approach"], only["keeps_appeal"]) == ("dull", False)
    assert kept_appeal(dull, original) == pytest.approx(0.9)


def test_a_key_is_a_files_name() -> None:
    assert Approach(name="style: a/b + own noise", kind="ours", told="").key == "style-a-b-own-noise"


def test_photos_are_spread_and_never_both_scored_and_trained_on(tmp_path: Path) -> None:
    assert spread(range(10), 4) == (0, 2, 5, 7)
    assert spread("abc", 5) == ("a", "b", "c")
    photos = [AcceptedPhoto(path=tmp_path / f"{number}", labels=frozenset({0})) for number in range(9)]
    scored, others = parted(photos, None, None, 2)
    assert [photo.path.name for photo in scored] == ["0", "1", "3", "4", "6", "7"]
    assert [path.name for path in others] == ["2", "5"]
    assert [photo.path.name for photo in parted(photos, None, 2, 2)[0]] == ["0", "4"]
