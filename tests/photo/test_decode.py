import io
import os
import struct
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from unseen.errors import PhotoError
from unseen.photo import MAX_BYTES, MAX_PIXELS, PHOTO_SUFFIXES, decode, read_photo, read_photo_bytes

FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "heic")
LOSSLESS = {"png": {}, "tiff": {}, "webp": {"lossless": True, "exact": True}}


@pytest.mark.parametrize("form", FORMATS)
def test_pixels_are_what_the_library_decodes(kit: SimpleNamespace, form: str, tmp_path: Path) -> None:
    data = kit.saved(kit.picture(), form)
    path = tmp_path / f"photo.{form}"
    path.write_bytes(data)
    photo = read_photo(path)
    reference = pillow_heif.open_heif(data).to_pillow() if form == "heic" else Image.open(io.BytesIO(data))
    np.testing.assert_array_equal(photo.pixels, np.asarray(reference.convert("RGB")))
    assert (photo.format, photo.path, photo.alpha, photo.icc, photo.notes) == (form, path, None, None, ())
    assert photo.srgb is photo.pixels
    assert photo.pixels.flags.writeable


@pytest.mark.parametrize("form", LOSSLESS)
def test_lossless_formats_are_read_exactly(kit: SimpleNamespace, form: str) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(mode="RGBA"), form, **LOSSLESS[form]), "photo")
    expected = np.asarray(kit.picture(mode="RGBA"))
    np.testing.assert_array_equal(np.dstack([photo.pixels, photo.alpha]), expected)
    assert photo.encoding.lossless


@pytest.mark.parametrize("form", ["png", "webp", "avif", "tiff", "heic"])
def test_alpha_is_kept(kit: SimpleNamespace, form: str) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(mode="RGBA"), form), "photo")
    expected = np.asarray(kit.picture(mode="RGBA"))[..., 3]
    assert photo.alpha is not None
    assert np.abs(photo.alpha.astype(int) - expected).max() <= 8
    assert photo.pixels.shape == (32, 48, 3)


@pytest.mark.parametrize("form", ["jpeg", "png", "avif", "tiff", "heic"])
def test_grey_stays_grey(kit: SimpleNamespace, form: str) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(mode="L"), form), "photo")
    assert photo.pixels.shape == (32, 48, 1)
    assert np.abs(photo.pixels[..., 0].astype(int) - np.asarray(kit.picture(mode="L"))).max() <= 10
    assert photo.encoding.subsampling is None


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_grey_with_alpha(kit: SimpleNamespace, form: str) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(mode="LA"), form), "photo")
    np.testing.assert_array_equal(np.dstack([photo.pixels, photo.alpha]), np.asarray(kit.picture(mode="LA")))


def test_grey_heic_with_alpha(kit: SimpleNamespace) -> None:
    image, output = kit.picture(64, 64, mode="LA"), io.BytesIO()
    pillow_heif.encode("LA", image.size, image.tobytes(), output, quality=90)
    photo = read_photo_bytes(output.getvalue(), "photo")
    assert photo.pixels.shape == (64, 64, 1)
    assert photo.alpha is not None
    assert np.abs(photo.pixels[..., 0].astype(int) - np.asarray(image)[..., 0]).max() <= 8


def test_palette_becomes_colour(kit: SimpleNamespace) -> None:
    palette = kit.picture().quantize(16)
    photo = read_photo_bytes(kit.saved(palette, "png"), "photo")
    np.testing.assert_array_equal(photo.pixels, np.asarray(palette.convert("RGB")))
    assert photo.alpha is None


def test_transparent_palette_entries_become_alpha(kit: SimpleNamespace) -> None:
    palette = kit.picture().quantize(16)
    several = read_photo_bytes(kit.saved(palette, "png", transparency=bytes([0, 128] + [255] * 14)), "photo")
    one = read_photo_bytes(kit.saved(palette, "png", transparency=3), "photo")
    index = np.asarray(palette)
    np.testing.assert_array_equal(several.alpha, np.array([0, 128] + [255] * 14)[index])
    np.testing.assert_array_equal(one.alpha, np.where(index == 3, 0, 255))


@pytest.mark.parametrize(("mode", "transparent"), [("L", 0), ("RGB", (0, 0, 0)), ("1", 0)])
def test_a_transparent_colour_becomes_alpha(kit: SimpleNamespace, mode: str, transparent: object) -> None:
    image = kit.picture(mode=mode)
    photo = read_photo_bytes(kit.saved(image, "png", transparency=transparent), "photo")
    pixels = np.asarray(image.convert("L" if mode == "1" else mode)).reshape(32, 48, -1)
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha == 0, (pixels == 0).all(axis=2))


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_black_and_white_becomes_grey(kit: SimpleNamespace, form: str) -> None:
    bitmap = kit.picture(mode="1")
    photo = read_photo_bytes(kit.saved(bitmap, form), "photo")
    np.testing.assert_array_equal(photo.pixels[..., 0], np.asarray(bitmap.convert("L")))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_tiff_orientation_under_every_compression(kit: SimpleNamespace, compression: str, orientation: int) -> None:
    data = kit.saved(kit.picture(), "tiff", compression=compression, tiffinfo={274: orientation})
    photo = read_photo_bytes(data, "photo")
    np.testing.assert_array_equal(photo.pixels, np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))))


def test_other_kinds_of_tiff(kit: SimpleNamespace) -> None:
    image = kit.picture()
    big = read_photo_bytes(kit.saved(image, "tiff", big_tiff=True), "photo")
    np.testing.assert_array_equal(big.pixels, np.asarray(image))
    lossy = read_photo_bytes(kit.saved(image, "tiff", compression="jpeg", quality=95), "photo")
    assert np.abs(lossy.pixels.astype(int) - np.asarray(image)).mean() < 3
    inverted = read_photo_bytes(kit.saved(kit.picture(mode="L"), "tiff", tiffinfo={262: 0}), "photo")
    np.testing.assert_array_equal(inverted.pixels[..., 0], np.asarray(kit.picture(mode="L")))
    palette = kit.picture().quantize(16)
    np.testing.assert_array_equal(
        read_photo_bytes(kit.saved(palette, "tiff"), "photo").pixels, np.asarray(palette.convert("RGB"))
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["png", "webp", "tiff", "jpeg"])
def test_exif_orientation_is_applied(kit: SimpleNamespace, form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = kit.saved(kit.picture(mode="RGBA" if form != "jpeg" else "RGB"), form, exif=exif, **LOSSLESS.get(form, {}))
    photo = read_photo_bytes(data, "photo")
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    np.testing.assert_array_equal(photo.pixels, upright[..., :3])
    if photo.alpha is not None:
        np.testing.assert_array_equal(photo.alpha, upright[..., 3])
    assert photo.pixels.flags.c_contiguous


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["avif", "heic"])
def test_rotation_of_the_container_is_applied(kit: SimpleNamespace, form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    image = kit.picture(64, 48)
    if form == "heic":
        image.info["exif"] = exif.tobytes()
        stored = io.BytesIO()  # the raw encoder keeps the pixels and writes the turn beside them
        pillow_heif.encode("RGB", image.size, image.tobytes(), stored, quality=95, exif=exif.tobytes())
        data = stored.getvalue()
    else:
        data = kit.saved(image, "avif", exif=exif, quality=95)
    turned = image.copy()
    turned.info.clear()
    turned.getexif()[274] = orientation
    expected = np.asarray(ImageOps.exif_transpose(turned)).astype(int)
    photo = read_photo_bytes(data, "photo")
    assert photo.pixels.shape == expected.shape
    assert np.abs(photo.pixels - expected).mean() < 4


def test_content_counts_and_not_the_name(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(), "png"), "holiday.jpg")
    assert photo.format == "png"
    assert photo.notes == ("its name ends in .jpg but its content is PNG, and stays so",)


def test_shared_brands_are_told_apart(kit: SimpleNamespace) -> None:
    for form in ("avif", "heic"):
        data = kit.saved(kit.picture(), form)
        assert read_photo_bytes(data[:8] + b"mif1" + data[12:], "photo").format == form


def test_first_picture_of_several_is_taken(kit: SimpleNamespace) -> None:
    first, second = kit.picture(), kit.picture().rotate(180)
    output = io.BytesIO()
    first.save(output, "MPO", save_all=True, append_images=[second])
    photo = read_photo_bytes(output.getvalue(), "photo.jpg")
    assert photo.format == "jpeg"
    assert np.abs(photo.pixels - np.asarray(first).astype(int)).mean() < 4
    assert photo.metadata_found == ("further pictures",)


def test_reduced_pages_of_a_tiff_are_dropped(kit: SimpleNamespace) -> None:
    image, output = kit.picture(), io.BytesIO()
    small = kit.picture(24, 16)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    image.save(output, "TIFF", save_all=True, append_images=[small])
    photo = read_photo_bytes(output.getvalue(), "photo")
    np.testing.assert_array_equal(photo.pixels, np.asarray(image))
    assert photo.metadata_found == ("further pictures",)


def test_deep_heic_is_read_in_8_bits_and_says_so(kit: SimpleNamespace) -> None:
    deep = (np.asarray(kit.picture(64, 48)).astype(np.uint16) * 257).tobytes()
    output = io.BytesIO()
    pillow_heif.encode("RGB;16", (64, 48), deep, output, quality=95)
    photo = read_photo_bytes(output.getvalue(), "photo")
    assert photo.notes == ("its 10-bit colours become 8-bit",)
    assert np.abs(photo.pixels - np.asarray(kit.picture(64, 48)).astype(int)).mean() < 4


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (5, 1), (3000, 1), (1, 3000)])
@pytest.mark.parametrize("form", FORMATS)
def test_tiny_and_extreme_shapes(kit: SimpleNamespace, form: str, size: tuple[int, int]) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(*size), form), "photo")
    assert photo.pixels.shape == (size[1], size[0], 3)


def animation(kit: SimpleNamespace, form: str) -> bytes:
    frames = [kit.picture(), kit.picture().rotate(180)]
    output = io.BytesIO()
    frames[0].save(output, form, save_all=True, append_images=frames[1:], duration=100)
    return output.getvalue()


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("GIF", "is a GIF"),
        ("PNG", "is an animation"),
        ("WEBP", "is an animation"),
        ("AVIF", "is an image sequence"),
        ("TIFF", "has 2 pages"),
    ],
)
def test_animations_are_refused(kit: SimpleNamespace, form: str, problem: str) -> None:
    with pytest.raises(PhotoError, match=problem):
        read_photo_bytes(animation(kit, form), "moving")


def refused(kit: SimpleNamespace) -> dict[str, tuple[bytes, str]]:
    """Files that are whole but no 8-bit still photo, and what is said about each."""
    deep = Image.fromarray(np.asarray(kit.picture(mode="L")).astype(np.uint16) * 257)
    floating = Image.fromarray(np.asarray(kit.picture(mode="L")).astype(np.float32))
    cmyk = kit.picture().convert("CMYK")
    rgb16 = kit.saved(kit.picture(), "png")
    header = b"IHDR" + rgb16[16:24] + b"\x10" + rgb16[25:29]
    rgb16 = rgb16[:8] + kit.chunk(b"IHDR", header[4:]) + rgb16[33:]
    raw = kit.saved(kit.picture(), "tiff", tiffinfo={50706: b"\1\4\0\0"})
    preview = kit.saved(kit.picture(), "tiff", tiffinfo={254: 1})
    return {
        "grey png of 16 bits": (kit.saved(deep, "png"), "has 16 bits a channel"),
        "colour png of 16 bits": (rgb16, "has 16 bits a channel"),
        "tiff of 16 bits": (kit.saved(deep, "tiff"), "has 16 bits a channel"),
        "tiff of floats": (kit.saved(floating, "tiff"), "has 32 bits a channel"),
        "cmyk jpeg": (kit.saved(cmyk, "jpeg"), "CMYK"),
        "cmyk tiff": (kit.saved(cmyk, "tiff"), "CMYK"),
        "lab tiff": (kit.saved(kit.picture().convert("LAB"), "tiff"), "Lab"),
        "raw": (raw, "camera raw"),
        "raw preview": (preview, "camera raw"),
        "canon raw": (b"II*\0\x10\0\0\0CR\2\0" + bytes(64), "camera raw"),
        "new canon raw": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "camera raw"),
        "video": (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(64), "is a video"),
        "web video": (b"\x1aE\xdf\xa3" + bytes(64), "is a video"),
        "old video": (b"RIFF\0\0\0\0AVI LIST" + bytes(64), "is a video"),
        "heic burst": (b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc" + bytes(64), "is an image sequence"),
        "bitmap": (kit.saved(kit.picture(), "bmp"), "is a BMP picture"),
        "text": (b"hello, this is no photo", "is not a photo"),
        "unknown boxes": (b"\0\0\0\x10ftypabcd\0\0\0\0" + bytes(64), "is not a photo"),
        "empty": (b"", "is empty"),
    }


def test_what_is_no_photo_is_refused_in_one_line_with_a_remedy(kit: SimpleNamespace) -> None:
    for name, (data, problem) in refused(kit).items():
        with pytest.raises(PhotoError) as caught:
            read_photo_bytes(data, "dir/file.jpg")
        assert problem in caught.value.problem, name
        assert str(caught.value) == f"dir/file.jpg: {caught.value.problem}; {caught.value.remedy}", name
        assert "\n" not in str(caught.value), name


@pytest.mark.parametrize("form", FORMATS)
def test_bombs_are_refused_from_their_header(kit: SimpleNamespace, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_PIXELS", 48 * 32 - 1)
    data = kit.saved(kit.picture(), form)
    with pytest.raises(PhotoError, match="megapixels allowed; make it smaller first"):
        read_photo_bytes(data, "photo")


def test_a_real_bomb_costs_nothing(kit: SimpleNamespace) -> None:
    data = kit.saved(kit.picture(mode="L"), "png")
    size = struct.pack(">II", 60000, 60000)
    bomb = data[:8] + kit.chunk(b"IHDR", size + data[24:29]) + data[33:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PhotoError, match=f"more than the {MAX_PIXELS // 10**6} megapixels"):
            read_photo_bytes(bomb, "photo")


@pytest.mark.parametrize("form", FORMATS)
def test_every_truncation_is_refused_or_harmless(kit: SimpleNamespace, form: str) -> None:
    data = kit.saved(kit.picture(), form)
    whole = read_photo_bytes(data, "photo").pixels
    refusals = 0
    for length in range(0, len(data), max(1, len(data) // 60)):
        try:
            photo = read_photo_bytes(data[:length], "photo")
        except PhotoError:
            refusals += 1
        else:
            np.testing.assert_array_equal(photo.pixels, whole)  # only bytes behind the picture were lost
    assert refusals > 40


@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"\0\0\0\x10ftypheic"]),
    st.binary(max_size=300),
)
def test_any_bytes_end_in_a_photo_error(magic: bytes, data: bytes) -> None:
    with pytest.raises(PhotoError):
        read_photo_bytes(magic + data, "noise")


def test_missing_folder_and_odd_names(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="does not exist"):
        read_photo(tmp_path / "none.jpg")
    with pytest.raises(PhotoError, match="is a folder"):
        read_photo(tmp_path)
    with pytest.raises(PhotoError, match="not a possible file name"):
        read_photo("a\0b.jpg")
    with pytest.raises(PhotoError, match=r"cannot be read|does not exist"):
        read_photo("x" * 5000)


@pytest.mark.skipif(os.name == "nt", reason="no named pipes in folders there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PhotoError, match="not a regular file"):
        read_photo(tmp_path / "pipe.jpg")


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(b"x")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything: let the system call itself refuse

        def refuse(_: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PhotoError, match="may not be read"):
        read_photo(path)


def test_huge_files_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse: takes no room
    with pytest.raises(PhotoError, match="larger than 1 GiB"):
        read_photo(path)


def test_no_memory(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(decode.np, "empty", fail)
    with pytest.raises(PhotoError, match="needs more memory"):
        read_photo_bytes(kit.saved(kit.picture(), "png"), "photo")


def test_suffixes() -> None:
    assert {".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".heic", ".heif"} <= PHOTO_SUFFIXES
    assert all(suffix == suffix.lower() for suffix in PHOTO_SUFFIXES)


def test_pillow_is_left_as_it_was() -> None:
    """In a process of its own: other packages that tests import register formats with Pillow."""
    script = (
        "from PIL import Image; from unseen.photo import read_photo\n"
        "print('HEIF' in Image.registered_extensions().values(), Image.MAX_IMAGE_PIXELS)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "89478485"]
