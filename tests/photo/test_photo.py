import numpy as np

from unseen.photo.photo import same_channels


def test_grey_and_colour_are_compared_as_colour() -> None:
    grey, colour = np.full((2, 3, 1), 7, np.uint8), np.zeros((2, 3, 3), np.uint8)
    assert [pixels.shape for pixels in same_channels(grey, colour)] == [(2, 3, 3)] * 2
    assert [pixels.shape for pixels in same_channels(colour, grey)] == [(2, 3, 3)] * 2
    assert same_channels(grey, grey)[0].shape == (2, 3, 1)
    np.testing.assert_array_equal(same_channels(grey, colour)[0], 7)
