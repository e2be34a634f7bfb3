import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from unseen.errors import PhotoError, UnseenError
from unseen.photo import Encoding, Photo, encode, encodings, output_format, output_suffix, read_photo_bytes

FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "heic")


def photo_of(pixels: np.ndarray, *, form: str = "png", alpha: np.ndarray | None = None, **rest: object) -> Photo:
    return Photo(path=Path("photo.jpg"), format=form, pixels=pixels, alpha=alpha, **rest)


def noise(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8)


@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA"])
def test_every_rung_can_be_written_and_read(kit: SimpleNamespace, target: str, mode: str) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(mode=mode), "png"), "photo.png")
    if target == "jpeg" and photo.alpha is not None:
        with pytest.raises(PhotoError, match="transparent parts"):
            output_format(photo, target)
        return
    errors = []
    for encoding in encodings(photo, target, None):
        again = read_photo_bytes(encode(photo, photo.pixels, format=target, encoding=encoding), "photo")
        assert again.format == target
        assert again.pixels.shape[:2] == photo.pixels.shape[:2]
        assert (again.alpha is None) == (photo.alpha is None)
        errors.append(float(np.abs(again.pixels.astype(int) - photo.pixels).mean()))
        assert again.encoding.lossless == encoding.lossless
    assert errors[-1] < 1
    assert errors == sorted(errors, reverse=True)
    grey = {"jpeg": 1, "png": 1, "tiff": 1, "heic": 1, "avif": 1 if mode == "L" else 3, "webp": 3}[target]
    assert again.pixels.shape[2] == (3 if mode in ("RGB", "RGBA") else grey)


@pytest.mark.parametrize("form", ["png", "tiff", "webp"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_lossless_to_the_bit(form: str, channels: int, has_alpha: bool) -> None:
    pixels, alpha = noise(37, 23, channels), noise(37, 23)[..., 0] if has_alpha else None
    photo = photo_of(pixels, form=form, alpha=alpha, encoding=Encoding(lossless=True))
    (encoding,) = encodings(photo, form, None)
    again = read_photo_bytes(encode(photo, pixels, format=form, encoding=encoding), "photo")
    np.testing.assert_array_equal(np.broadcast_to(again.pixels, (37, 23, again.pixels.shape[2])), again.pixels)
    np.testing.assert_array_equal(again.pixels, np.broadcast_to(pixels, again.pixels.shape))
    np.testing.assert_array_equal(again.alpha, alpha)


def test_profile_stays(kit: SimpleNamespace) -> None:
    image = kit.picture()
    image.info["icc_profile"] = kit.profiles["p3"]
    for source in FORMATS:
        photo = read_photo_bytes(kit.saved(image, source, icc_profile=kit.profiles["p3"]), "photo")
        for target in FORMATS:
            encoding = encodings(photo, target, None)[-1]
            output = encode(photo, photo.pixels, format=target, encoding=encoding)
            assert read_photo_bytes(output, "photo").icc == kit.profiles["p3"]


def test_a_jpeg_keeps_its_tables_and_subsampling(kit: SimpleNamespace) -> None:
    for options in ({"quality": 61, "subsampling": "4:2:2"}, {"qtables": [[3] * 64, [5] * 64], "subsampling": "4:4:4"}):
        photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg", **options), "photo.jpg")
        first = encodings(photo, "jpeg", None)[0]
        assert first == photo.encoding
        again = read_photo_bytes(encode(photo, photo.pixels, format="jpeg", encoding=first), "photo.jpg")
        assert again.encoding == photo.encoding
        assert np.abs(again.pixels.astype(int) - photo.pixels).mean() < 2


def rungs(photo: Photo, form: str, quality: int | None = None) -> list[tuple[int | None, str | None]]:
    return [(rung.quality, rung.subsampling) for rung in encodings(photo, form, quality)]


def test_the_ladder_of_a_jpeg(kit: SimpleNamespace) -> None:
    def ladder(quality: int, subsampling: str) -> list[tuple[int | None, str | None]]:
        data = kit.saved(kit.picture(), "jpeg", quality=quality, subsampling=subsampling)
        return rungs(read_photo_bytes(data, "photo"), "jpeg")

    fine = [(90, "4:4:4"), (95, "4:4:4"), (98, "4:4:4"), (100, "4:4:4")]
    assert ladder(75, "4:2:0") == [(75, "4:2:0"), *fine]
    assert ladder(90, "4:2:0") == [(90, "4:2:0"), *fine]
    assert ladder(90, "4:4:4") == fine
    assert ladder(97, "4:2:2") == [(97, "4:2:2"), *fine[2:]]
    assert ladder(100, "4:4:4") == [(100, "4:4:4")]


def test_a_given_quality_is_the_only_one() -> None:
    photo, grey = photo_of(noise(4, 4)), photo_of(noise(4, 4, 1))
    for form in ("jpeg", "avif"):
        assert rungs(photo, form, 89) == [(89, "4:2:0")]
        assert rungs(photo, form, 90) == [(90, "4:4:4")]
        assert rungs(grey, form, 90) == [(90, None)]
    assert rungs(photo, "webp", 95) == rungs(photo, "heic", 95) == [(95, "4:2:0")]
    assert encodings(photo, "png", 50) == encodings(photo, "tiff", 50) == (Encoding(lossless=True),)
    for quality in (0, 101):
        with pytest.raises(UnseenError, match="out of range"):
            encodings(photo, "jpeg", quality)


def test_other_ladders() -> None:
    lossless = photo_of(noise(4, 4), form="webp", encoding=Encoding(lossless=True))
    lossy = photo_of(noise(4, 4), form="webp", encoding=Encoding(subsampling="4:2:0"))
    avif = photo_of(noise(4, 4), form="avif", encoding=Encoding(subsampling="4:2:0"))
    assert encodings(lossless, "webp", None) == (Encoding(lossless=True),)
    assert encodings(lossy, "webp", None)[-1] == Encoding(lossless=True)
    assert rungs(avif, "avif") == [(80, "4:2:0"), (90, "4:4:4"), (95, "4:4:4"), (100, "4:4:4")]
    assert rungs(avif, "jpeg")[0] == (90, "4:4:4")
    assert rungs(avif, "heic")[-2:] == [(95, "4:2:0"), (95, "4:4:4")]


@pytest.mark.parametrize("quality", [90, 94, 95, 100])
def test_pure_noise_fits_into_a_jpeg(quality: int, capfd: pytest.CaptureFixture[str]) -> None:
    photo = photo_of(noise(300, 400))
    (encoding,) = encodings(photo, "jpeg", quality)
    output = encode(photo, photo.pixels, format="jpeg", encoding=encoding)
    assert Image.open(io.BytesIO(output)).size == (400, 300)
    tables = Encoding(tables=((1,) * 64,) * 3, subsampling="4:4:4")
    assert encode(photo, photo.pixels, format="jpeg", encoding=tables)
    assert capfd.readouterr().err == ""  # libjpeg complains there when Pillow's buffer is too small


def test_jpeg_is_optimised_where_it_can_be(kit: SimpleNamespace) -> None:
    photo = read_photo_bytes(kit.saved(kit.picture(400, 300), "png"), "photo")
    ours = encode(photo, photo.pixels, format="jpeg", encoding=Encoding(quality=90, subsampling="4:2:0"))
    assert len(ours) < len(kit.saved(kit.picture(400, 300), "jpeg", quality=90, subsampling="4:2:0"))


def test_opaque_alpha_is_no_obstacle_to_jpeg() -> None:
    photo = photo_of(noise(4, 4), alpha=np.full((4, 4), 255, dtype=np.uint8))
    assert output_format(photo, "jpeg") == "jpeg"
    assert (
        read_photo_bytes(encode(photo, photo.pixels, format="jpeg", encoding=Encoding(quality=90)), "x").alpha is None
    )


def test_output_format(kit: SimpleNamespace) -> None:
    assert output_format(photo_of(noise(4, 4), form="heic"), "keep") == "heic"
    with pytest.raises(UnseenError, match="'gif' is not a format"):
        output_format(photo_of(noise(4, 4)), "gif")
    long = photo_of(noise(1, 65501, 1))
    assert output_format(long, "png") == "png"
    for form in ("jpeg", "webp", "avif", "heic"):
        with pytest.raises(PhotoError, match="65501 pixels long"):
            output_format(long, form)
    grey = photo_of(noise(4, 4, 1), icc=kit.profiles["grey"])
    with pytest.raises(PhotoError, match="grey profile"):
        output_format(grey, "webp")
    assert output_format(grey, "avif") == "avif"


@pytest.mark.parametrize(("form", "longest"), [("jpeg", 65500), ("webp", 16383), ("avif", 32768), ("heic", 32768)])
def test_the_longest_edges_can_be_written_and_read(form: str, longest: int) -> None:
    photo = photo_of(noise(longest, 2))
    assert output_format(photo, form) == form
    output = encode(photo, photo.pixels, format=form, encoding=encodings(photo, form, None)[0])
    assert read_photo_bytes(output, "photo").pixels.shape == (longest, 2, 3)


def test_output_suffix() -> None:
    photo = replace(photo_of(noise(4, 4)), path=Path("a/B.JPG"))
    assert output_suffix(photo, "jpeg") == ".JPG"
    assert output_suffix(photo, "png") == ".png"
    assert output_suffix(photo, "heic") == ".heic"


def test_a_grey_profile_stays_with_a_grey_photo(kit: SimpleNamespace) -> None:
    photo = photo_of(noise(16, 16, 1), icc=kit.profiles["grey"])
    for form in ("jpeg", "png", "tiff", "avif", "heic"):
        output = encode(photo, photo.pixels, format=form, encoding=encodings(photo, form, None)[0])
        assert read_photo_bytes(output, "photo").icc == kit.profiles["grey"], form


def test_what_does_not_fit_is_a_clear_error() -> None:
    photo = photo_of(noise(2, 20000))
    with pytest.raises(PhotoError, match="cannot be written as WEBP"):
        encode(photo, photo.pixels, format="webp", encoding=Encoding(quality=80))
    with pytest.raises(ValueError, match="pixels must be uint8"):
        encode(photo, photo.pixels.astype(np.float32), format="png", encoding=Encoding(lossless=True))
    transparent = photo_of(noise(4, 4), alpha=noise(4, 4)[..., 0])
    with pytest.raises(ValueError, match="do not match"):
        encode(transparent, noise(5, 4), format="png", encoding=Encoding(lossless=True))


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 40), st.integers(1, 400), st.sampled_from([1, 3]), st.booleans(), st.sampled_from(["png", "tiff"])
)
def test_any_shape_survives_lossless(height: int, width: int, channels: int, has_alpha: bool, form: str) -> None:
    pixels = noise(height, width, channels)
    photo = photo_of(pixels, alpha=noise(height, width)[..., 0] if has_alpha else None)
    output = encode(photo, pixels, format=form, encoding=Encoding(lossless=True))
    image = np.asarray(Image.open(io.BytesIO(output))).reshape(height, width, -1)
    np.testing.assert_array_equal(image[..., :channels], pixels)
    again = read_photo_bytes(output, "photo")
    np.testing.assert_array_equal(again.pixels, pixels)
    np.testing.assert_array_equal(again.alpha, photo.alpha)


def test_tiff_strips(kit: SimpleNamespace) -> None:
    photo = photo_of(noise(700, 500), icc=kit.profiles["p3"])
    with Image.open(io.BytesIO(encode(photo, photo.pixels, format="tiff", encoding=Encoding(lossless=True)))) as image:
        assert len(image.tag_v2[273]) > 1
        assert image.info["compression"] == "tiff_adobe_deflate"
        assert image.info["icc_profile"] == kit.profiles["p3"]
        np.testing.assert_array_equal(np.asarray(image), photo.pixels)
