import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import ExifTags, Image

from unseen.errors import UnseenError
from unseen.photo import encode, encodings, metadata_removed, parse_keep, read_photo_bytes
from unseen.photo.photo import Metadata, Photo

FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "heic")
SECRET = re.compile(rb"SECRET-[A-Z0-9-]+")
NEVER = {b"SECRET-MAKERNOTE", b"SECRET-THUMBNAIL", b"SECRET-SECOND", b"SECRET-VIDEO", b"SECRET-TRAILER", b"SECRET-IPTC"}


def protected(photo: Photo, *keep: str, form: str | None = None) -> bytes:
    form = form or photo.format
    return encode(photo, photo.pixels, format=form, encoding=encodings(photo, form, None)[0], keep=frozenset(keep))


@pytest.mark.parametrize("form", FORMATS)
def test_the_originals_do_hold_secrets(secretive: dict[str, bytes], form: str) -> None:
    planted = set(SECRET.findall(secretive[form]))
    assert {b"SECRET-XMP", b"SECRET-CAMERA", b"SECRET-GPS", b"SECRET-MAKERNOTE"} <= planted
    assert planted & NEVER


@pytest.mark.parametrize("form", FORMATS)
def test_every_secret_is_found_and_gone(secretive: dict[str, bytes], form: str) -> None:
    photo = read_photo_bytes(secretive[form], "photo")
    output = protected(photo)
    assert not SECRET.findall(output)
    assert b"Ada" not in output
    assert b"2024:05:06" not in output
    assert read_photo_bytes(output, "photo").metadata_found == ()
    assert metadata_removed(photo) == photo.metadata_found
    assert {"EXIF", "GPS position", "maker notes", "XMP"} <= set(photo.metadata_found)


def test_what_is_found_in_each_format(secretive: dict[str, bytes]) -> None:
    found = {form: set(read_photo_bytes(data, "photo").metadata_found) for form, data in secretive.items()}
    common = {"EXIF", "GPS position", "maker notes", "XMP"}
    assert found["jpeg"] - common == {
        *("thumbnail", "further pictures", "IPTC", "application data", "comment", "motion-photo video")
    }
    assert found["png"] - common == {"thumbnail", "text", "application data", "data after the picture"}
    assert found["webp"] - common == {"thumbnail", "application data", "data after the picture"}
    assert found["tiff"] - common == {"IPTC", "application data"}
    assert found["avif"] - common == {"motion-photo video"}
    assert found["heic"] - common == {"thumbnail", "motion-photo video"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_no_secret_crosses_to_another_format(secretive: dict[str, bytes], form: str, target: str) -> None:
    photo = read_photo_bytes(secretive[form], "photo")
    assert not SECRET.findall(protected(photo, form=target))
    assert not set(SECRET.findall(protected(photo, "all", form=target))) & NEVER


def exif_of(data: bytes) -> Image.Exif:
    """The EXIF of a written file, by Pillow alone where it can."""
    if data[4:12] == b"ftypheic":
        import pillow_heif

        exif = Image.Exif()
        exif.load(pillow_heif.open_heif(data).info["exif"])
        return exif
    with Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        for directory in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
            exif.get_ifd(directory)
        return exif


@pytest.mark.parametrize("form", FORMATS)
def test_dates_can_be_kept(secretive: dict[str, bytes], form: str) -> None:
    photo = read_photo_bytes(secretive[form], "photo")
    output = protected(photo, "date")
    exif = exif_of(output)
    assert exif[306] == "2024:05:06 07:08:10"
    assert exif.get_ifd(ExifTags.IFD.Exif) == {36867: "2024:05:06 07:08:09", 36881: "+02:00"}
    assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert not SECRET.findall(output)
    assert b"Ada" not in output
    removed = metadata_removed(photo, {"date"})
    assert "EXIF except date" in removed
    assert {"GPS position", "XMP", "maker notes"} <= set(removed)


@pytest.mark.parametrize("form", FORMATS)
def test_copyright_can_be_kept(secretive: dict[str, bytes], form: str) -> None:
    photo = read_photo_bytes(secretive[form], "photo")
    output = protected(photo, "copyright")
    exif = exif_of(output)
    assert (exif[315], exif[33432]) == ("Ada Author", "(c) Ada")
    assert not SECRET.findall(output)
    assert b"2024:05:06" not in output
    assert "EXIF except copyright" in metadata_removed(photo, {"copyright"})
    assert "EXIF except date and copyright" in metadata_removed(photo, {"copyright", "date"})


def test_authors_named_only_in_xmp_are_kept(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg", xmp=kit.xmp), "photo")
    output = protected(photo, "copyright")
    assert exif_of(output)[315].encode("latin-1").decode() == "Zoë XMP"
    assert not SECRET.findall(output)


@pytest.mark.parametrize("form", FORMATS)
def test_all_keeps_what_albums_need_and_no_picture(secretive: dict[str, bytes], form: str) -> None:
    photo = read_photo_bytes(secretive[form], "photo")
    output = protected(photo, "all")
    kept = set(SECRET.findall(output))
    assert {b"SECRET-XMP", b"SECRET-CAMERA", b"SECRET-DESCRIPTION", b"SECRET-GPS"} <= kept
    assert not kept & NEVER
    exif = exif_of(output)
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[2] == (48, 51, 29)
    assert exif.get_ifd(ExifTags.IFD.Exif)[33434] == 1 / 250
    again = read_photo_bytes(output, "photo")
    assert set(again.metadata_found) == {"EXIF", "GPS position", "XMP"} | (
        {"jpeg": {"comment"}, "png": {"text"}}.get(form, set())
    )
    assert set(metadata_removed(photo, {"all"})) == set(photo.metadata_found) - set(again.metadata_found)


def test_texts_are_kept_whole(secretive: dict[str, bytes]) -> None:
    jpeg, png = (read_photo_bytes(secretive[form], "photo") for form in ("jpeg", "png"))
    assert read_photo_bytes(protected(jpeg, "all"), "photo").metadata.texts == (("Comment", "SECRET-COMMENT"),)
    expected = {"Author": "SECRET-TEXT", "Description": "SECRET-ZTXT", "Title": "SECRET-ITXT ü"}
    assert dict(read_photo_bytes(protected(png, "all"), "photo").metadata.texts[:3]) == expected
    assert "text" in metadata_removed(png, {"all"}, "jpeg")
    assert "text" not in metadata_removed(png, {"all"})


@pytest.mark.parametrize("form", FORMATS)
def test_kept_orientation_is_upright(kit: SimpleNamespace, form: str) -> None:
    plain = read_photo_bytes(kit.saved(kit.picture(), form), "photo")
    turned = read_photo_bytes(kit.saved(kit.picture(), "jpeg", exif=b"Exif\0\0" + kit.exif(6), xmp=kit.xmp), "photo")
    photo = replace(plain, metadata=turned.metadata)
    output = protected(photo, "all")
    assert exif_of(output).get(274, 1) == 1
    assert b'tiff:Orientation="1"' in output
    assert read_photo_bytes(output, "photo").pixels.shape == plain.pixels.shape


@pytest.mark.parametrize(
    "packet",
    [
        b"<xmp:Thumbnails>x</xmp:Thumbnails>",
        b'<x GCamera:MotionPhoto="1"/>',
        b'<x hdrgm:Version="1.0"/>',
        b"<Container:Directory/>",
        b"<anything>/9j/4AAQSkZJRg</anything>",
        b'<x xmpNote:HasExtendedXMP="0123"/>',
    ],
)
def test_packets_about_embedded_pictures_are_never_kept(kit: SimpleNamespace, packet: bytes) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg", xmp=packet), "photo")
    assert packet not in protected(photo, "all")
    assert "XMP" in metadata_removed(photo, {"all"})


def test_pictures_in_text_are_never_kept(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "png"), "photo")
    raw = kit.jpeg(comment=b"SECRET-RAW").hex()
    texts = (("Raw profile type exif", raw), ("Preview", "iVBORw0KGgoAAAA"), ("Note", "harmless"))
    plain = kit.saved(kit.picture(), "png")
    chunks = b"".join(kit.chunk(b"tEXt", key.encode() + b"\0" + text.encode()) for key, text in texts)
    photo = read_photo_bytes(plain[:33] + chunks + plain[33:], "photo")
    assert photo.metadata_found == ("EXIF", "thumbnail", "text", "further pictures")
    output = protected(photo, "all")
    assert raw.encode() not in output
    assert b"iVBOR" not in output
    assert b"harmless" in output


def test_keep_words() -> None:
    assert parse_keep("") == frozenset()
    assert parse_keep(" date, copyright") == {"date", "copyright"}
    with pytest.raises(UnseenError, match="'dates' cannot be kept; choose from date, copyright, all"):
        parse_keep("date,dates")


def test_unknown_word_is_refused_everywhere(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg"), "photo")
    with pytest.raises(UnseenError, match="'gps' cannot be kept"):
        protected(photo, "gps")
    with pytest.raises(UnseenError, match="'gps' cannot be kept"):
        metadata_removed(photo, {"gps"})


def test_nothing_to_keep_adds_nothing(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg"), "photo")
    assert photo.metadata == Metadata()
    assert protected(photo, "all") == protected(photo)
