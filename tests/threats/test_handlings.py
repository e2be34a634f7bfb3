import numpy as np
import pytest
import skimage.filters
from PIL import Image
from scipy import ndimage

from unseen.errors import UnseenError
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.threats import AS_POSTED, Platform, ScaleAndCrop
from unseen.threats.handlings import LOOKED_AT, Blurred, Cropped, FewerBits, MedianFiltered, mean_of


def stripes(first: tuple[int, ...], second: tuple[int, ...], size: int = 64) -> Pixels:
    """Columns of two colours in turn, one pixel wide."""
    pixels = np.empty((size, size, len(first)), np.uint8)
    pixels[:, ::2], pixels[:, 1::2] = first, second
    return pixels


@pytest.fixture
def photo(draw) -> Pixels:
    return read_photo(draw("a.png", size=(300, 200))).srgb


def test_without_settings_the_file_itself_is_served(photo: Pixels) -> None:
    np.testing.assert_array_equal(AS_POSTED(photo), photo)
    assert Platform() == AS_POSTED


@pytest.mark.parametrize(
    ("size", "long_edge", "served"),
    [
        ((300, 200), 150, (150, 100)),
        ((200, 300), 150, (100, 150)),
        ((300, 200), 300, (300, 200)),
        ((300, 200), 2048, (300, 200)),
        ((1000, 1), 10, (10, 1)),
    ],
)
def test_a_long_photo_becomes_shorter_in_its_shape_and_no_other(size, long_edge, served, draw) -> None:
    pixels = read_photo(draw("a.png", size=size)).srgb
    shrunk = Platform(long_edge=long_edge)(pixels)
    assert shrunk.shape == (served[1], served[0], 3)
    assert shrunk.dtype == np.uint8
    if served == size:
        np.testing.assert_array_equal(shrunk, pixels)


def test_shrinking_averages_what_is_too_fine() -> None:
    fine = stripes((0, 0, 0), (200, 200, 200), size=128)
    shrunk = Platform(long_edge=32)(fine).astype(int)
    assert np.abs(shrunk[4:-4, 4:-4] - 100).max() <= 2


def test_compression_halves_the_resolution_of_colour_but_not_of_light() -> None:
    light = stripes((60, 60, 60), (190, 190, 190))
    assert np.abs(Platform(quality=100)(light).astype(int) - light).max() <= 3
    colour = stripes((200, 100, 100), (81, 161, 100))  # luma 130 each
    served = Platform(quality=100)(colour).astype(int)
    assert np.abs(served[:, ::2] - served[:, 1::2]).max() <= 6


@pytest.mark.parametrize("quality", [10, 50, 75, 95])
def test_the_quality_is_that_of_the_usual_tables(quality: int, photo: Pixels, tmp_path) -> None:
    """Against a file that Pillow writes and this project's own decoder reads."""
    Image.fromarray(photo).save(tmp_path / "b.jpg", quality=quality, subsampling=2)
    np.testing.assert_array_equal(Platform(quality=quality)(photo), read_photo(tmp_path / "b.jpg").srgb)


def test_coarser_is_farther_from_the_original(photo: Pixels) -> None:
    def error(quality: int) -> float:
        return np.abs(Platform(quality=quality)(photo).astype(int) - photo).mean()

    assert error(95) < error(75) < error(30)


def test_a_photo_is_shrunk_before_it_is_compressed(photo: Pixels) -> None:
    shrunk = Platform(long_edge=150)(photo)
    np.testing.assert_array_equal(Platform(long_edge=150, quality=60)(photo), Platform(quality=60)(shrunk))


@pytest.mark.parametrize(
    "platform",
    [AS_POSTED, Platform(long_edge=40, quality=50), Platform(quality=50), Platform(quality=50, format="webp")],
)
def test_grey_stays_grey(platform: Platform, draw) -> None:
    served = platform(read_photo(draw("a.png", mode="L")).srgb)
    assert served.ndim == 3
    assert served.shape[2] == 1


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"long_edge": 0}, "long edge 0 is out of range; give 1 pixel or more"),
        ({"quality": 0}, "quality 0 is out of range; choose 1 to 100"),
        ({"quality": 101}, "quality 101 is out of range"),
        ({"long_edge": 100, "out_of": 99}, "out of 99 pixels is less than the long edge; give 100 or more"),
    ],
)
def test_a_platform_that_cannot_be_is_refused(settings, problem) -> None:
    with pytest.raises(UnseenError, match=problem):
        Platform(**settings)


def test_what_is_too_long_for_a_jpeg_is_told_with_a_remedy() -> None:
    long = np.zeros((1, 70_000, 1), np.uint8)
    with pytest.raises(
        UnseenError, match=r"70000 pixels long is more than the 65500 of JPEG; give the platform a long"
    ):
        Platform(quality=75)(long)
    assert Platform(quality=75, long_edge=1000)(long).shape == (1, 1000, 1)


def test_what_is_too_long_for_a_webp_is_told() -> None:
    with pytest.raises(UnseenError, match="17000 pixels long is more than the 16383 of WebP; give the platform a long"):
        Platform(quality=75, format="webp")(np.zeros((1, 17_000, 3), np.uint8))


@pytest.mark.parametrize("quality", [50, 80])
def test_webp_is_that_of_the_usual_encoder(quality: int, photo: Pixels, tmp_path) -> None:
    Image.fromarray(photo).save(tmp_path / "b.webp", quality=quality)
    served = Platform(quality=quality, format="webp")(photo)
    np.testing.assert_array_equal(served, read_photo(tmp_path / "b.webp").srgb)


@pytest.mark.parametrize(
    ("long", "served"),
    [(5000, 1000), (1001, 1000), (1000, 500), (600, 300), (3, 2)],
)
def test_what_is_not_too_long_is_made_smaller_by_the_share_of_one_that_would_be(long: int, served: int) -> None:
    picture = np.zeros((2, long, 3), np.uint8)
    assert Platform(long_edge=1000, out_of=2000)(picture).shape[1] == served
    assert Platform(long_edge=1000)(picture).shape[1] == min(long, 1000)


def test_a_crop_is_the_middle() -> None:
    pixels = np.arange(20 * 10, dtype=np.uint8).reshape(10, 20, 1)
    np.testing.assert_array_equal(Cropped(share=0.8)(pixels), pixels[1:9, 2:18])


def test_a_blur_is_gaussian(photo: Pixels) -> None:
    expected = 255 * skimage.filters.gaussian(photo, 1.5, channel_axis=2, mode="nearest")
    difference = np.abs(Blurred(sigma=1.5)(photo).astype(float) - expected)
    assert difference[8:-8, 8:-8].max() < 4  # Pillow's is made of boxes
    assert difference.mean() < 0.6


def test_a_median_is_of_neighbours_of_the_same_colour(photo: Pixels) -> None:
    inside = np.s_[1:-1, 1:-1]
    expected = ndimage.median_filter(photo, size=(3, 3, 1))
    np.testing.assert_array_equal(MedianFiltered(size=3)(photo)[inside], expected[inside])


def test_fewer_bits_are_an_even_grid_with_black_and_white() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(2, 0)
    served = FewerBits(bits=2)(ramp)
    assert sorted(set(served.ravel().tolist())) == [0, 85, 170, 255]
    assert np.abs(served.astype(int) - ramp).max() == 42


@pytest.mark.parametrize("cleaning", [Blurred(sigma=1), MedianFiltered(size=3), FewerBits(bits=4)])
def test_a_large_photo_is_cleaned_at_the_size_that_is_looked_at(cleaning) -> None:
    large = np.random.default_rng(0).integers(0, 255, (LOOKED_AT, 2 * LOOKED_AT, 3), np.uint8)
    shrunk = Platform(long_edge=LOOKED_AT)(large)
    np.testing.assert_array_equal(cleaning(large), cleaning(shrunk))
    assert cleaning(large[:40, :50, :1]).shape == (40, 50, 1)


def test_the_mean_of_copies_is_rounded() -> None:
    copies = [np.full((1, 2, 3), value, np.uint8) for value in (255, 254, 254, 255)]
    assert mean_of(copies[:2]).max() == 255  # 254.5
    assert mean_of(copies[:3]).max() == 254  # 254.33
    np.testing.assert_array_equal(mean_of(copies[:1]), copies[0])


def test_scaling_and_cropping_leaves_the_centre_as_pillow_scales_it(photo: Pixels) -> None:
    served = ScaleAndCrop(edge=100, side=80)(photo)
    whole = np.asarray(Image.fromarray(photo).resize((150, 100), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(served, whole[10:90, 35:115])


@pytest.mark.parametrize("shape", [(40, 30, 3), (30, 400, 1), (256, 257, 3)])
def test_scaling_and_cropping_makes_one_size_of_all(shape: tuple[int, ...]) -> None:
    assert ScaleAndCrop()(np.zeros(shape, np.uint8)).shape == (224, 224, shape[2])


@pytest.mark.parametrize(("edge", "side"), [(100, 101), (100, 0)])
def test_no_more_is_cut_out_than_there_is(edge: int, side: int) -> None:
    with pytest.raises(UnseenError, match=f"cannot cut {side} pixels out of {edge}; give a side from 1 to the edge"):
        ScaleAndCrop(edge=edge, side=side)
