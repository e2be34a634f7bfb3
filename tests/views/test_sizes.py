import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from unseen.views import Diverse, RandomResize, Resize, ResizeShortEdge

from .drawn import pictures, seeded


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_resizing_is_pillow_s(interpolation: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    resized = Resize(height=25, width=31, interpolation=interpolation)(
        torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, seeded()
    )
    expected = np.asarray(Image.fromarray(pixels).resize((31, 25), Image.Resampling[interpolation.upper()]))
    found = resized[0].permute(1, 2, 0).mul(255).round().numpy()
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize(
    ("size", "expected"), [((30, 40), (256, 341)), ((40, 30), (341, 256)), ((512, 512), (256, 256))]
)
def test_a_short_edge_keeps_the_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    images = 0.4 + 0.2 * pictures(1, *size)  # so that no overshoot is cut
    resized = ResizeShortEdge(edge=256)(images, seeded())
    assert resized.shape[-2:] == expected
    wanted = F.interpolate(images, expected, mode="bicubic", antialias=True, align_corners=False)
    torch.testing.assert_close(resized, wanted, rtol=0, atol=1e-5)


def test_a_random_size_keeps_the_shape_and_is_spread_over_the_limits() -> None:
    images = pictures(1, 20, 40)
    sizes = {tuple(RandomResize(smallest=0.5)(images, seeded(seed)).shape[-2:]) for seed in range(200)}
    assert {tall for tall, _ in sizes} == set(range(10, 21))
    assert all(abs(wide - 2 * tall) <= 1 for tall, wide in sizes)


def test_a_random_size_is_that_of_a_resize() -> None:
    images, view = pictures(2, 30, 50), RandomResize(smallest=0.4, largest=0.9, interpolation="bilinear")
    smaller = view(images, seeded(5))
    expected = Resize(height=smaller.shape[-2], width=smaller.shape[-1], interpolation="bilinear")
    assert torch.equal(smaller, expected(images, seeded()))
    assert torch.equal(smaller, view(images, seeded(5)))
    assert smaller.shape != images.shape
    assert torch.equal(RandomResize(smallest=1.0)(images, seeded()), images)


@pytest.mark.parametrize("seed", range(6))
def test_a_diverse_view_is_the_smaller_picture_on_grey(seed: int) -> None:
    white = Diverse(smallest=0.5)(torch.ones(2, 3, 40, 60), seeded(seed))
    assert white.shape == (2, 3, 40, 60)
    inside = (white - 1).abs() < 1e-6
    rows, columns = inside[0, 0].any(1), inside[0, 0].any(0)
    assert 20 <= rows.sum() <= 40
    assert abs(columns.sum() / 60 - rows.sum() / 40) <= 1 / 40
    assert torch.equal(inside, (rows[:, None] & columns).expand_as(inside))
    assert ((white - 0.5).abs() < 1e-6)[~inside].all()


def test_diverse_views_reach_every_border_and_every_size() -> None:
    spans = [(Diverse(smallest=0.5)(torch.ones(1, 1, 10, 10), seeded(seed))[0, 0] > 0.9) for seed in range(200)]
    assert {int(span.any(1).sum()) for span in spans} == {5, 6, 7, 8, 9, 10}
    assert any(span[0, 0] and not span[-1, -1] for span in spans)
    assert any(span[-1, -1] and not span[0, 0] for span in spans)


def test_a_diverse_view_passes_gradients_back_to_every_pixel() -> None:
    images = pictures(1, 30, 30).requires_grad_()
    Diverse(smallest=0.6)(images, seeded(1)).sum().backward()
    assert images.grad is not None
    assert (images.grad > 0).all()
