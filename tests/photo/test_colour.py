import io
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from unseen.photo import read_photo_bytes
from unseen.photo.colour import from_cicp, is_grey, is_usable, matrix_profile, to_srgb

# Linear Display P3 to linear sRGB, from the published matrix (CSS Color Module Level 4, section 18).
P3_TO_SRGB = np.array(
    [
        [1.2249401762805598, -0.2249401762805598, 0],
        [-0.0420569547096881, 1.0420569547096881, 0],
        [-0.0196375545903344, -0.0786360455506319, 1.0982736001409663],
    ]
)


def decoded(levels: NDArray[np.uint8]) -> NDArray[np.float64]:
    value = levels / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def colours() -> NDArray[np.uint8]:
    levels = np.linspace(0, 255, 12).astype(np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 36, 3)


def test_display_p3_becomes_srgb_as_the_published_matrix_says(kit: SimpleNamespace) -> None:
    converted = to_srgb(colours(), kit.profiles["p3"])
    expected = encoded(decoded(colours()) @ P3_TO_SRGB.T)
    assert np.abs(converted - expected).max() <= 1.5


def test_strips_join_without_a_seam(kit: SimpleNamespace) -> None:
    tall = np.tile(colours(), (12, 1, 1))
    expected = np.tile(to_srgb(colours(), kit.profiles["p3"]), (12, 1, 1))
    np.testing.assert_array_equal(to_srgb(tall, kit.profiles["p3"]), expected)


def test_an_srgb_profile_changes_nothing_and_copies_nothing(kit: SimpleNamespace) -> None:
    pixels = colours()
    assert to_srgb(pixels, kit.profiles["srgb"]) is pixels
    own = matrix_profile(((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329)), None)
    assert to_srgb(pixels, own) is pixels


def test_grey_becomes_srgb(kit: SimpleNamespace) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    converted = to_srgb(ramp, kit.profiles["grey"])
    assert converted.shape == ramp.shape
    assert np.abs(converted - encoded((ramp / 255) ** (461 / 256))).max() <= 1.5


def test_usable_profiles(kit: SimpleNamespace) -> None:
    srgb, grey = kit.profiles["srgb"], kit.profiles["grey"]
    assert is_usable(srgb, 3)
    assert is_usable(grey, 1)
    assert not is_usable(srgb, 1)
    assert not is_usable(grey, 3)
    assert not is_usable(b"no profile at all", 3)
    assert not is_usable(srgb[:200], 3)
    assert is_grey(grey)
    assert not is_grey(srgb)


def test_colour_numbers() -> None:
    assert from_cicp(1, 13) is None
    assert from_cicp(2, 2) is None
    assert from_cicp(12, 13) is not None
    gamma = from_cicp(1, 8)
    assert gamma is not None
    assert np.abs(to_srgb(colours(), gamma) - encoded(colours() / 255)).max() <= 1.5


@pytest.mark.parametrize("primaries", [((0.3, 0.0), (0.3, 0.6), (0.1, 0.1), (0.3, 0.3)), ((0.3, 0.3),) * 4])
def test_impossible_primaries(primaries: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="primaries"):
        matrix_profile(primaries, None)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "tiff", "heic"])
def test_profile_is_read_and_used_for_classifiers(kit: SimpleNamespace, form: str) -> None:
    image = kit.picture()
    image.info["icc_profile"] = kit.profiles["p3"]
    photo = read_photo_bytes(kit.saved(image, form, icc_profile=kit.profiles["p3"]), "photo")
    assert photo.icc == kit.profiles["p3"]
    reference = ImageCms.profileToProfile(
        Image.fromarray(photo.pixels),
        ImageCms.ImageCmsProfile(io.BytesIO(kit.profiles["p3"])),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    np.testing.assert_array_equal(photo.srgb, np.asarray(reference))
    assert photo.srgb is photo.srgb


def test_unusable_profiles_are_dropped_and_named(kit: SimpleNamespace) -> None:
    for profile in (b"garbage" * 40, kit.profiles["grey"]):
        photo = read_photo_bytes(kit.saved(kit.picture(), "jpeg", icc_profile=profile), "photo")
        assert photo.icc is None
        assert photo.srgb is photo.pixels
        assert photo.metadata_found == ("unusable colour profile",)
        assert photo.notes == ("its colour profile cannot be used and is ignored",)


def with_chunk(kit: SimpleNamespace, kind: bytes, content: bytes) -> bytes:
    data: bytes = kit.saved(kit.picture(), "png")
    return data[:33] + kit.chunk(kind, content) + data[33:]


def test_png_colour_chunks(kit: SimpleNamespace) -> None:
    assert read_photo_bytes(with_chunk(kit, b"cICP", bytes([12, 13, 0, 1])), "photo").icc == from_cicp(12, 13)
    assert read_photo_bytes(with_chunk(kit, b"cICP", bytes([1, 13, 0, 1])), "photo").icc is None
    usual = read_photo_bytes(with_chunk(kit, b"gAMA", (45455).to_bytes(4, "big")), "photo")
    linear = read_photo_bytes(with_chunk(kit, b"gAMA", (100000).to_bytes(4, "big")), "photo")
    broken = read_photo_bytes(with_chunk(kit, b"gAMA", bytes(4)), "photo")
    assert usual.icc is None
    assert broken.icc is None
    assert np.abs(linear.srgb - encoded(linear.pixels / 255)).max() <= 1.5


def test_high_dynamic_range_is_refused(kit: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="high dynamic range"):
        read_photo_bytes(with_chunk(kit, b"cICP", bytes([9, 16, 0, 1])), "photo")
    heic = kit.saved(kit.picture(), "heic", color_primaries=9, transfer_characteristics=18, matrix_coefficients=9)
    with pytest.raises(ValueError, match="high dynamic range"):
        read_photo_bytes(heic, "photo")


def test_wide_colours_of_a_heic_without_profile(kit: SimpleNamespace) -> None:
    heic = kit.saved(kit.picture(), "heic", color_primaries=12, transfer_characteristics=13, matrix_coefficients=6)
    assert read_photo_bytes(heic, "photo").icc == from_cicp(12, 13)
