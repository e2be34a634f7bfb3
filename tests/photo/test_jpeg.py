import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from unseen.photo import read_photo_bytes
from unseen.photo.jpeg import examine, nearest_quality


def tables_of(data: bytes) -> list[list[int]]:
    return list(Image.open(io.BytesIO(data)).quantization.values())


@pytest.mark.parametrize("quality", range(1, 101))
def test_quality_of_standard_tables_is_found_exactly(kit: SimpleNamespace, quality: int) -> None:
    tables = tables_of(kit.jpeg(quality=quality))
    luma, chroma = (tuple(table) for table in tables)
    found = nearest_quality((luma, chroma, chroma))
    same = [q for q in range(1, 101) if tables_of(kit.jpeg(quality=q)) == tables]
    assert found in same


def test_quality_of_other_tables_is_near(kit: SimpleNamespace) -> None:
    luma = tuple(max(1, round(value * 1.07)) for value in tables_of(kit.jpeg(quality=80))[0])
    assert 77 <= nearest_quality((luma,)) <= 81
    assert nearest_quality(((1,) * 64,) * 3) == 100


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_compression_is_read(kit: SimpleNamespace, subsampling: str) -> None:
    data = kit.saved(kit.picture(), "jpeg", quality=83, subsampling=subsampling)
    encoding = read_photo_bytes(data, "photo").encoding
    assert (encoding.quality, encoding.subsampling, encoding.lossless) == (83, subsampling, False)
    luma, chroma = (tuple(table) for table in tables_of(data))
    assert encoding.tables == (luma, chroma, chroma)


def test_tables_are_taken_by_the_component_that_uses_them(kit: SimpleNamespace) -> None:
    ones, twos = [1] * 64, [2] * 64
    data = kit.saved(kit.picture(), "jpeg", qtables=[ones, twos])
    unused = kit.segment(0xDB, b"\x03" + b"\x09" * 64)
    photo = read_photo_bytes(data[:2] + unused + data[2:], "photo")
    assert photo.encoding.tables == (tuple(ones), tuple(twos), tuple(twos))


def test_rare_subsampling_counts_as_none_lost(kit: SimpleNamespace) -> None:
    data = bytearray(kit.saved(kit.picture(64, 64), "jpeg", subsampling="4:2:2"))
    frame = data.index(b"\xff\xc0")
    assert data[frame + 11] == 0x21
    data[frame + 11] = 0x12  # 4:4:0, as a 4:2:2 photo turned by a lossless tool has
    assert read_photo_bytes(bytes(data), "photo").encoding.subsampling == "4:4:4"


def test_grey(kit: SimpleNamespace) -> None:
    encoding = read_photo_bytes(kit.saved(kit.picture(mode="L"), "jpeg", quality=70), "photo").encoding
    assert (encoding.quality, encoding.subsampling) == (70, None)


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"optimize": True}])
def test_only_the_picture_reaches_the_decoder(
    kit: SimpleNamespace, secretive: dict[str, bytes], options: dict[str, object]
) -> None:
    plain = kit.saved(kit.picture(), "jpeg", quality=92, **options)
    secret = kit.segment(0xE7, b"SECRET") + kit.segment(0xFE, b"SECRET")
    data = plain[:2] + secret + plain[2:] + b"SECRET"
    contents = examine(data, Path("photo"))
    assert b"SECRET" not in contents.decodable
    assert len(contents.decodable) == len(plain)
    np.testing.assert_array_equal(read_photo_bytes(data, "photo").pixels, np.asarray(Image.open(io.BytesIO(plain))))
    assert b"SECRET" not in examine(secretive["jpeg"], Path("photo")).decodable


def findings(data: bytes) -> tuple[str, ...]:
    return read_photo_bytes(data, "photo").metadata_found


def test_what_hides_in_segments(kit: SimpleNamespace) -> None:
    plain = kit.saved(kit.picture(), "jpeg")

    def found(marker: int, payload: bytes) -> tuple[str, ...]:
        return findings(plain[:2] + kit.segment(marker, payload) + plain[2:])

    assert findings(plain) == ()
    assert found(0xFE, b"hello") == ("comment",)
    assert found(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1\0\0\0") == ("thumbnail",)
    assert found(0xE0, b"JFXX\0\x10" + kit.jpeg()) == ("thumbnail",)
    assert found(0xE1, b"Exif\0\0" + b"broken") == ("EXIF",)
    assert found(0xE1, b"Exif\0\0" + kit.exif()) == ("EXIF", "GPS position", "maker notes", "thumbnail")
    assert found(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + kit.xmp) == ("XMP",)
    thumbnail = b"http://ns.adobe.com/xap/1.0/\0<x><xmp:Thumbnails>/9j/4AAQ</xmp:Thumbnails></x>"
    assert found(0xE1, thumbnail) == ("XMP", "thumbnail")
    assert found(0xE2, b"MPF\0rest") == ("further pictures",)
    assert found(0xE2, b"ICC_PROFILE\0\1\2rest") == ("unusable colour profile",)
    assert found(0xEB, b"JP\0\1rest") == ("content credentials",)
    assert found(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0") == ("IPTC",)
    assert found(0xED, b"Photoshop 3.0\x008BIM\x04\x0c\0\0\0\0\0\0") == ("thumbnail",)
    assert found(0xE5, b"private") == ("application data",)
    assert found(0xE5, b"private" + kit.jpeg()) == ("application data", "further pictures")


def test_what_hides_behind_the_picture(kit: SimpleNamespace) -> None:
    plain = kit.saved(kit.picture(), "jpeg")
    gain_map = kit.jpeg(xmp=b'<x hdrgm:Version="1.0"/>')
    video = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"
    assert findings(plain + bytes(16)) == ()
    assert findings(plain + b"rest") == ("data after the picture",)
    assert findings(plain + kit.jpeg()) == ("further pictures",)
    assert findings(plain + gain_map) == ("gain map",)
    assert findings(plain + video) == ("motion-photo video",)
    assert findings(plain + gain_map + video) == ("motion-photo video", "gain map")


def test_profile_in_several_segments(kit: SimpleNamespace) -> None:
    profile = kit.profiles["p3"]
    parts = [profile[:1000], profile[1000:2000], profile[2000:]]
    plain = kit.saved(kit.picture(), "jpeg")
    shuffled = b"".join(
        kit.segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 3]) + parts[number - 1]) for number in (2, 3, 1)
    )
    assert read_photo_bytes(plain[:2] + shuffled + plain[2:], "photo").icc == profile
