import struct
from pathlib import Path
from types import SimpleNamespace

import pillow_heif
import pytest

from unseen.errors import PhotoError
from unseen.photo import read_photo_bytes
from unseen.photo.boxes import read_items
from unseen.photo.iso import examine_avif, examine_heic

PHOTO = Path("photo")
ALPHA = b"urn:mpeg:hevc:2015:auxid:1"


def test_items_of_a_real_file(kit: SimpleNamespace) -> None:
    image = kit.picture(64, 48, mode="RGBA")
    image.info.update(exif=b"Exif\0\0" + kit.exif(), xmp=kit.xmp, thumbnails=[32])
    items = read_items(kit.saved(image, "heic"))
    assert items.kinds[items.primary] == b"hvc1"
    assert {b"Exif", b"mime"} <= set(items.kinds.values())
    assert {b"thmb", b"auxl", b"cdsc"} <= {kind for kind, _, _ in items.references}
    assert items.property(b"ispe", items.primary) == struct.pack(">III", 0, 64, 64)  # x265 rounds up, "clap" crops
    assert items.property(b"clap", items.primary) is not None


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_subsampling_is_read(kit: SimpleNamespace, subsampling: str) -> None:
    for form in ("avif", "heic"):
        data = kit.saved(kit.picture(64, 48), form, subsampling=subsampling)
        encoding = read_photo_bytes(data, PHOTO).encoding
        assert (encoding.subsampling, encoding.quality, encoding.lossless) == (subsampling, None, False)


@pytest.mark.parametrize(
    ("purpose", "finding"),
    [
        (b"urn:mpeg:hevc:2015:auxid:2", "depth map"),
        (b"urn:apple:hdrgainmap", "gain map"),
        (b"urn:hair", "auxiliary picture"),
    ],
)
def test_auxiliary_pictures_are_named(kit: SimpleNamespace, purpose: bytes, finding: str) -> None:
    data = kit.saved(kit.picture(64, 48, mode="RGBA"), "heic")
    assert examine_heic(data, PHOTO).metadata.found == ()
    assert data.count(ALPHA) == 1
    photo = read_photo_bytes(data.replace(ALPHA, purpose.ljust(len(ALPHA), b"\0")), PHOTO)
    assert photo.metadata_found == (finding,)
    assert photo.alpha is None  # what it was is no longer taken for transparency


def test_thumbnails_and_further_pictures(kit: SimpleNamespace) -> None:
    image = kit.picture(64, 48)
    image.info["thumbnails"] = [32]
    assert read_photo_bytes(kit.saved(image, "heic"), PHOTO).metadata_found == ("thumbnail",)
    second = pillow_heif.from_pillow(kit.picture(32, 32))[0]
    two = kit.saved(kit.picture(64, 48), "heic", append_images=[second])
    photo = read_photo_bytes(two, PHOTO)
    assert photo.metadata_found == ("further pictures",)
    assert photo.pixels.shape == (48, 64, 3)


def test_tiles_are_no_further_pictures(kit: SimpleNamespace) -> None:
    data = kit.saved(kit.picture(200, 150), "heic", tile_size=64)
    items = read_items(data)
    assert items.kinds[items.primary] == b"grid"
    assert len(items.made_of(items.primary)) == 12
    photo = read_photo_bytes(data, PHOTO)
    assert photo.metadata_found == ()
    assert photo.encoding.subsampling == "4:2:0"
    assert photo.pixels.shape == (150, 200, 3)


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def test_boxes_beside_the_picture(kit: SimpleNamespace) -> None:
    for form, examine in (("avif", examine_avif), ("heic", examine_heic)):
        data = kit.saved(kit.picture(), form)

        def found(rest: bytes, data: bytes = data, examine: object = examine) -> tuple[str, ...]:
            return examine(data + rest, PHOTO).metadata.found

        credentials = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
        assert found(b"") == ()
        assert found(box(b"free", b"nothing")) == ()
        assert found(box(b"mpvd", b"video")) == ("motion-photo video",)
        assert found(box(b"uuid", credentials + b"claim")) == ("content credentials",)
        assert found(box(b"uuid", bytes(16) + b"private")) == ("application data",)
        assert found(box(b"sefd", kit.jpeg())) == ("application data", "further pictures")
        assert found(b"\0\0\0\0loose end") != ()


def test_a_directory_cut_short_is_damage(kit: SimpleNamespace) -> None:
    data = kit.saved(kit.picture(), "avif")
    place = data.index(b"ipma")
    with pytest.raises(PhotoError, match="damaged"):
        read_photo_bytes(data[: place + 6] + b"\xff" * 6 + data[place + 12 :], PHOTO)
