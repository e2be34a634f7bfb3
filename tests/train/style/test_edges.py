import numpy as np
import torch
from skimage.draw import disk
from skimage.feature import canny as canny_of_skimage

from unseen.train.style.edges import canny, edge_smoothed

from ...styles.pictures import scene, tensor_of


def grey_disk() -> torch.Tensor:
    picture = np.full((96, 96), 40, np.float32)
    picture[disk((47.5, 47.5), 30)] = 180
    return torch.from_numpy(picture)[None, None]


def test_a_straight_edge_is_one_pixel_wide_and_where_it_is() -> None:
    upright = torch.zeros(1, 1, 20, 24)
    upright[..., 12:] = 200
    edges = canny(upright)
    assert edges.sum() == 20
    assert set(edges.nonzero()[:, 3].tolist()) == {11}  # the first of the two equally steep ones
    assert torch.equal(canny(upright.mT).mT, edges)


def test_faint_edges_are_none_unless_they_go_on_from_clear_ones() -> None:
    """Sobel's measure of a step is four times its levels: above 100 edges go on, above 200 they begin."""
    faint = torch.zeros(1, 1, 40, 40)
    faint[..., 20:] = 40  # steepness 160
    assert canny(faint).sum() == 0
    joined = faint.clone()
    joined[:, :, :10, 20:] = 60
    assert canny(joined)[0, 0, 15:, 19].sum() == 25
    too_faint = torch.zeros(1, 1, 40, 40)
    too_faint[..., 20:] = 24
    too_faint[:, :, :10, 20:] = 60
    assert canny(too_faint)[0, 0, 15:].sum() == 0


def test_a_disk_has_the_edge_that_another_library_finds() -> None:
    ours = canny(grey_disk())[0, 0].numpy() > 0
    theirs = canny_of_skimage(grey_disk()[0, 0].numpy() / 255, sigma=0.5)
    assert 150 < theirs.sum() < 210
    near_theirs = torch.nn.functional.max_pool2d(torch.from_numpy(theirs)[None].float(), 3, 1, 1)[0].numpy() > 0
    near_ours = torch.nn.functional.max_pool2d(torch.from_numpy(ours)[None].float(), 3, 1, 1)[0].numpy() > 0
    assert (ours & near_theirs).sum() == ours.sum()
    assert (theirs & near_ours).sum() == theirs.sum()


def test_only_what_is_near_an_edge_is_smoothed() -> None:
    picture = torch.full((1, 3, 32, 32), -0.5)
    picture[..., 16:] = 0.5
    smoothed = edge_smoothed(picture)
    assert torch.equal(smoothed[..., :13], picture[..., :13])
    assert torch.equal(smoothed[..., 18:], picture[..., 18:])
    # Weights 1 4 6 4 1 over what is left and right of the edge
    expected = torch.tensor([-0.5, -0.5 + 1 / 16, -0.5 + 5 / 16, 0.5 - 5 / 16, 0.5 - 1 / 16])
    torch.testing.assert_close(smoothed[0, 0, 8, 13:18], expected)
    assert smoothed.shape == picture.shape


def test_pictures_of_a_batch_are_smoothed_each_for_itself() -> None:
    one, other = tensor_of(scene(40, 48, low=0, high=255)), tensor_of(scene(40, 48, seed=1, low=0, high=255))
    one[..., 20:] *= -1
    together = edge_smoothed(torch.cat([one, other]))
    torch.testing.assert_close(together[:1], edge_smoothed(one))
    torch.testing.assert_close(together[1:], edge_smoothed(other))
    assert not torch.equal(together[:1], one)
