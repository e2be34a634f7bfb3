"""Picture schemes on the way of a photo: before the noise, or alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unseen.photo import read_photo
from unseen.plan import Job
from unseen.protect import protect_photos, settings_of
from unseen.report import Report, from_json, to_html, to_json
from unseen.schemes import Away
from unseen.schemes.crop import Crop
from unseen.schemes.filters import Filter
from unseen.schemes.pixelate import Pixelate
from unseen.schemes.unchanged import Unchanged


def test_a_picture_alone_is_what_is_written(draw, protect, protection) -> None:
    source = draw("a.png")
    (row,) = protect(source, by=replace(protection, scheme=Unchanged(), pictures=(Pixelate(squares=4),)))
    assert np.array_equal(read_photo(row.output).pixels, Pixelate(squares=4)(read_photo(source)).pixels)
    assert row.iterations == 0
    read = row.models[0].after.top5[0].label
    assert (row.status == "protected") == (read != row.models[0].reference)
    assert row.achieved == (row.status == "protected")  # a photo this small is its own canvas


def test_noise_is_laid_on_the_picture_and_judged_by_the_original(draw, protect, protection) -> None:
    source = draw("a.png", size=(600, 500))
    (row,) = protect(source, by=replace(protection, scheme=Away(epsilon=8 / 255), pictures=(Filter(look="warm"),)))
    (plain,) = protect(draw("b.png", size=(600, 500)), by=protection)
    warm = Filter(look="warm")(read_photo(source)).pixels.astype(int)
    assert 0 < np.abs(read_photo(row.output).pixels - warm).max() <= 8
    assert row.models[0].reference == plain.models[0].reference
    assert row.models[0].before == plain.models[0].before
    assert row.status == "protected"


@pytest.mark.parametrize("alpha", [False, True])
def test_a_crop_comes_out_smaller_with_its_alpha(alpha: bool, draw, protect, protection, tmp_path: Path) -> None:
    source = draw("a.png", size=(600, 500), mode="RGBA" if alpha else "RGB")
    by = replace(protection, scheme=Away(epsilon=8 / 255), pictures=(Crop(ratio=0.5, place="random"),))
    (row,) = protect(source, by=by)
    copy = read_photo(row.output)
    assert copy.pixels.shape == (250, 300, 3)
    assert (copy.alpha is not None) == alpha
    assert row.status == "protected"
    part = Crop(ratio=0.5, place="random")(read_photo(source), seed=by.seed).pixels.astype(int)
    assert 0 < np.abs(copy.pixels - part).max() <= 8


def test_sizes_that_differ_are_told_and_not_compared(draw, protection, tmp_path: Path) -> None:
    by = replace(protection, scheme=Unchanged(), pictures=(Crop(),))
    job = Job(source=draw("a.png"), target=tmp_path / "out" / "a.png")
    (outcome,) = protect_photos([job], by, previews=1)
    report = Report(version="1", settings=settings_of(by), photos=(outcome.row,))
    change = from_json(to_json(report)).photos[0].change
    assert (change.mean_abs, change.max_abs_levels, change.psnr, change.ssim) == (None,) * 4
    assert "another size" in to_html(report, {outcome.row.input: outcome.preview})
    assert report.settings["pictures"] == [{"scheme": "Crop", "ratio": 0.7, "place": "centre"}]
    assert read_photo(job.target).pixels.shape == (34, 45, 3)


def test_one_after_the_other(draw, protect, protection) -> None:
    source = draw("a.png")
    both = (Crop(ratio=0.5), Pixelate(squares=4))
    (row,) = protect(source, by=replace(protection, scheme=Unchanged(), pictures=both))
    assert np.array_equal(read_photo(row.output).pixels, both[1](both[0](read_photo(source))).pixels)
