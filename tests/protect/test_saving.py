import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.protect import Protection, load_networks
from unseen.schemes import Away


def opened(path: str | Path) -> Image.Image:
    """From memory, so that no file stays open."""
    return Image.open(io.BytesIO(Path(path).read_bytes()))


@pytest.fixture
def delicate(protection: Protection, tiny: str) -> Protection:
    """Against a network whose protection coarse compression undoes."""
    grain = load_networks([tiny.replace(":network", ":grain")])
    scheme = Away(epsilon=8 / 255, shaping="sign", allowed_score=0.4)
    return replace(protection, surrogates=grain, held_out=(), scheme=scheme)


def flat(path: Path, **saving: object) -> Path:
    Image.new("RGB", (64, 64), (128, 128, 128)).save(path, **saving)
    return path


def test_the_originals_quality_is_kept_where_the_noise_survives_it(draw, protect) -> None:
    source = draw("a.jpg", quality=88, subsampling="4:2:2")
    (row,) = protect(source)
    assert row.status == "protected"
    assert row.notes == ()
    before, after = opened(source), opened(row.output)
    assert [after.quantization[table] for table in (0, 1)] == [before.quantization[table] for table in (0, 1)]
    assert after.layer[0][1:3] == before.layer[0][1:3]


def test_what_coarse_compression_undoes_is_saved_finer_and_said(protect, delicate, tmp_path: Path) -> None:
    source = flat(tmp_path / "a.jpg", quality=30, subsampling="4:2:0")
    (row,) = protect(source, by=delicate)
    assert row.status == "protected"
    (note,) = row.notes
    assert note.startswith("saved at quality ")
    assert note.endswith(", because the protection did not survive the original's 30 4:2:0")
    assert max(opened(row.output).quantization[0]) < max(opened(source).quantization[0])


def test_what_hides_nothing_is_not_saved_finer(protect, delicate, tmp_path: Path) -> None:
    source = flat(tmp_path / "a.jpg", quality=30, subsampling="4:2:0")
    timid = replace(delicate, scheme=Away(epsilon=8 / 255, step=1e-6, max_iterations=1))
    (row,) = protect(source, by=timid)
    assert (row.status, row.notes) == ("not_achieved", ())
    tables = [[opened(path).quantization[table] for table in (0, 1)] for path in (source, row.output)]
    assert tables[0] == tables[1]


def test_a_quality_asked_for_is_the_only_one(protect, delicate, tmp_path: Path) -> None:
    source = flat(tmp_path / "a.jpg", quality=95)
    (row,) = protect(source, by=replace(delicate, quality=20))
    assert row.status == "not_achieved"
    assert row.notes == ("saved at quality 20 as asked; a higher one may protect it",)
    (row,) = protect(source, output=tmp_path / "fine", by=replace(delicate, quality=100))
    assert (row.status, row.notes) == ("protected", ())


def test_webp_ends_lossless_where_nothing_else_survives_and_says_so(protect, delicate, tiny, tmp_path: Path) -> None:
    source = flat(tmp_path / "a.webp", quality=50)
    coloured = load_networks([tiny.replace(":network", ":grain?colour=True")])  # lossy WebP halves colour's size
    by = replace(delicate, surrogates=coloured)
    (row,) = protect(source, by=by)
    assert row.status == "protected"
    assert row.notes == ("saved lossless, because the protection did not survive coarser compression",)


def test_lossless_stays_lossless_and_has_no_quality(draw, protect, protection) -> None:
    for name in ("a.png", "b.tiff"):
        source = draw(name)
        (row,) = protect(source, by=replace(protection, quality=10))
        assert row.notes == ()
        assert np.abs(np.asarray(opened(row.output), int) - np.asarray(opened(source), int)).max() <= 8


def test_another_format_is_said_with_its_quality(draw, protect, protection) -> None:
    source = draw("a.png")
    (row,) = protect(source, by=replace(protection, format="jpeg"))
    assert row.output.endswith("a.jpg")
    assert row.notes == ("saved at quality 90",)


def test_a_mislabelled_photo_gets_the_suffix_of_what_it_is(draw, protect, tmp_path: Path) -> None:
    source = draw("a.png").rename(tmp_path / "a.jpg")
    (row,) = protect(source)
    assert row.output.endswith("out/a.png")


def test_metadata_goes_but_for_what_is_to_be_kept(draw, protect, protection, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132], exif[0x8298], exif[0x010F] = "2024:05:06 07:08:09", "Ann", "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    source = draw("a.jpg", exif=exif, comment=b"at home", quality=90)
    (row,) = protect(source)
    assert set(row.metadata_removed) == {"EXIF", "GPS position", "comment"}
    assert not opened(row.output).getexif()
    (row,) = protect(source, output=tmp_path / "kept", by=replace(protection, keep=frozenset({"copyright"})))
    assert dict(opened(row.output).getexif()) == {0x8298: "Ann"}
    assert "EXIF except copyright" in row.metadata_removed


def test_what_a_format_cannot_hold_counts_as_removed(draw, protect, protection, tmp_path: Path) -> None:
    source = draw("a.jpg", comment=b"at home", quality=90)
    keeping = replace(protection, keep=frozenset({"all"}))
    (row,) = protect(source, by=keeping)
    assert row.metadata_removed == ()
    (row,) = protect(source, by=replace(keeping, format="webp"))
    assert row.metadata_removed == ("comment",)
