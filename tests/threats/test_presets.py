import numpy as np
import pytest

from unseen.errors import UnseenError
from unseen.threats import IN_BRIEF, PRESETS, presets_named


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_serves_pixels(name: str, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(110, 130, (40, 60, channels), np.uint8)
    served = PRESETS[name].serve([pixels, pixels])
    assert served.dtype == np.uint8
    assert served.shape[2] == channels
    kept = name in ("file", "flip", "copies")
    assert np.array_equal(served, pixels) is kept
    np.testing.assert_array_equal(PRESETS[name].serve([pixels, pixels]), served)


def test_the_ways_of_the_issue_are_there() -> None:
    wanted = "file jpeg-50 jpeg-75 jpeg-90 webp-80 edge-2048 edge-1080 edge-720 crop-90 flip blur median bits denoise"
    assert {*wanted.split(), "copies"} == set(PRESETS)
    assert next(iter(PRESETS)) == "file"
    assert len({preset.meaning for preset in PRESETS.values()}) == len(PRESETS)
    assert set(IN_BRIEF) < set(PRESETS)
    assert len(IN_BRIEF) == 4


@pytest.mark.parametrize(
    ("name", "size"),
    [("edge-2048", 239), ("edge-1080", 126), ("edge-720", 84), ("crop-90", 269), ("jpeg-50", 299)],
)
def test_a_photo_as_small_as_the_test_photos_is_resized_as_well(name: str, size: int) -> None:
    assert PRESETS[name].serve([np.zeros((299, 299, 3), np.uint8)]).shape == (size, size, 3)


@pytest.mark.parametrize(("name", "size"), [("edge-2048", 2048), ("edge-1080", 1080), ("edge-720", 720)])
def test_a_large_photo_becomes_as_long_as_the_name_says(name: str, size: int) -> None:
    assert max(PRESETS[name].serve([np.zeros((30, 4032, 3), np.uint8)]).shape) == size


def test_several_copies_are_averaged_only_where_that_is_the_way() -> None:
    dark, light = (np.full((8, 8, 3), value, np.uint8) for value in (100, 120))
    assert PRESETS["copies"].serve([dark, light]).max() == 110
    assert PRESETS["file"].serve([dark, light]).max() == 100


def test_presets_by_name() -> None:
    assert presets_named([]) == tuple(PRESETS.values())
    assert [preset.name for preset in presets_named(["blur", "file", "blur"])] == ["blur", "file"]
    with pytest.raises(UnseenError, match=r"unknown preset 'jpeg-70'; did you mean 'jpeg-\d0'\?"):
        presets_named(["jpeg-70"])
