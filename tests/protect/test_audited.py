from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.audit import METRICS
from unseen.photo import read_photo
from unseen.plan import Job
from unseen.protect import Protection, protect_photos
from unseen.report import PhotoRow
from unseen.threats import IN_BRIEF, PRESETS, Threat, presets_named


@pytest.fixture
def protect(protection: Protection, tmp_path: Path):
    def protected(source: Path, by: Protection = protection) -> PhotoRow:
        job = Job(source=source, target=tmp_path / "out" / source.name)
        (outcome,) = protect_photos([job], by, presets=presets_named(IN_BRIEF))
        return outcome.row

    return protected


def test_the_file_and_three_presets_are_read_by_networks_held_out(draw, protect, protection: Protection) -> None:
    photo = draw("a.jpg")
    row = protect(photo)
    (network,) = protection.held_out
    assert IN_BRIEF[0] == "file"
    assert [(one.preset, one.version) for one in row.audit] == [
        (preset, version) for preset in IN_BRIEF for version in ("original", "protected")
    ]
    assert {(one.photo, one.network, one.role) for one in row.audit} == {(str(photo), network.name, "held-out")}
    reading = row.models[-1]
    for one in row.audit:
        path = photo if one.version == "original" else Path(str(row.output))
        logits = Threat(network=network, role="held-out", preset=PRESETS[one.preset])(read_photo(path).srgb)
        reference = network.class_names.index(one.reference)
        assert one.answer == network.class_names[int(logits.argmax())]
        assert one.icp == pytest.approx(logits.softmax(0)[reference].item(), abs=1e-6)
        assert one.reference == reading.reference
    assert [one.icp for one in row.audit[:2]] == [reading.before.icp, reading.after.icp]
    assert all(getattr(one, metric) is not None for one in row.audit for metric in METRICS if metric != "leaked")


def test_without_networks_held_out_there_is_nobody_to_ask(draw, protect, protection: Protection) -> None:
    assert protect(draw("a.png"), replace(protection, held_out=())).audit == ()


def test_a_way_that_a_photo_is_too_long_for_is_told_and_the_copy_is_made(protect, tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (8, 65_600, 3), np.uint8)).save(path)
    row = protect(path)
    assert row.status != "failed"
    assert dict.fromkeys(one.preset for one in row.audit) == dict.fromkeys(
        name for name in IN_BRIEF if name != "jpeg-75"
    )
    assert any(
        note.startswith("not read when saved again as JPEG 75: a picture 65600 pixels long") for note in row.notes
    )
