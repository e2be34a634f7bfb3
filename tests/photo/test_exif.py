import struct
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from unseen.photo.exif import Entry, Exif, parse, serialise


def pillow(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(block)
    return exif


def test_reads_what_another_library_wrote() -> None:
    written = Image.Exif()
    written[274] = 6
    written[315] = "Ada Author"
    written.get_ifd(ExifTags.IFD.Exif)[36867] = "2024:05:06 07:08:09"
    written.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    exif = parse(written.tobytes())
    assert exif is not None
    assert exif.orientation == 6
    assert exif.main[315].value == b"Ada Author\0"
    assert exif.detail[36867].value == b"2024:05:06 07:08:09\0"
    assert exif.gps[1].value == b"N\0"
    assert not exif.second


def test_another_library_reads_what_is_written(kit: SimpleNamespace) -> None:
    exif = parse(kit.exif(8))
    assert exif is not None
    assert {0x0201, 0x0202} <= set(exif.second)
    block = serialise(exif)
    assert b"SECRET-THUMBNAIL" not in block
    read = pillow(b"Exif\0\0" + block)
    assert read[274] == 8
    assert read[315] == "Ada Author"
    assert read.get_ifd(ExifTags.IFD.Exif)[36867] == "2024:05:06 07:08:09"
    assert read.get_ifd(ExifTags.IFD.Exif)[0x829A] == 1 / 250
    assert read.get_ifd(ExifTags.IFD.GPSInfo)[2] == (48, 51, 29)
    assert not read.get_ifd(ExifTags.IFD.IFD1)


def test_big_endian() -> None:
    block = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + struct.pack(">HHIHH", 274, 3, 1, 3, 0) + bytes(4)
    exif = parse(block)
    assert exif is not None
    assert exif.orientation == 3
    assert serialise(exif) == block


entries = st.builds(
    lambda kind, count, filler: Entry(
        kind=kind, count=count, value=(filler * count * 8)[: count * {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}[kind]]
    ),
    st.sampled_from([1, 2, 3, 4, 5, 7]),
    st.integers(1, 50),
    st.binary(min_size=8, max_size=8),
)
directories = st.dictionaries(st.integers(0, 0x8000), entries, max_size=6)


@given(st.sampled_from("<>"), directories, directories, directories)
def test_values_survive_to_the_byte(
    order: str, main: dict[int, Entry], detail: dict[int, Entry], gps: dict[int, Entry]
) -> None:
    read = parse(serialise(Exif(order=order, main=main, detail=detail, gps=gps)))
    assert read is not None
    pointers = {0x8769, 0x8825}
    assert {tag: entry for tag, entry in read.main.items() if tag not in pointers} == main
    assert (read.detail, read.gps, read.second) == (detail, gps, {})


@given(st.sampled_from([b"II*\0", b"MM\0*", b"Exif\0\0II*\0\x08\0\0\0", b""]), st.binary(max_size=200))
def test_noise_never_raises(magic: bytes, noise: bytes) -> None:
    exif = parse(magic + noise)
    if exif is not None:
        assert 1 <= exif.orientation <= 8
        assert parse(serialise(exif)) is not None
