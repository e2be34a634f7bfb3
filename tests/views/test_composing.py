import torch

from unseen.types import View
from unseen.views import CentreCrop, RandomCrop, ResizeShortEdge, Sometimes, compose

from .drawn import pictures, seeded


def test_views_one_after_the_other_share_the_generator() -> None:
    images, crop = pictures(2, 40, 60), RandomCrop(smallest=0.5, largest=0.9)
    generator = seeded(1)
    reduced = ResizeShortEdge(edge=32)(crop(crop(images, generator), generator), generator)
    expected = CentreCrop(ratio=0.875)(reduced, generator)
    view: View = compose(crop, crop, ResizeShortEdge(edge=32), CentreCrop(ratio=0.875))
    assert torch.equal(view(images, seeded(1)), expected)
    assert min(expected.shape[-2:]) == 28
    assert torch.equal(compose()(images, seeded()), images)


def test_a_view_is_shown_sometimes() -> None:
    images, view = pictures(1, 12, 12), CentreCrop(ratio=0.5)
    shown = [Sometimes(view=view, share=0.3)(images, seeded(seed)) for seed in range(400)]
    sizes = [len(picture[0, 0]) for picture in shown]
    assert set(sizes) == {6, 12}
    assert 0.22 < sizes.count(6) / 400 < 0.38
    assert torch.equal(Sometimes(view=view, share=1)(images, seeded()), view(images, seeded()))
    assert torch.equal(Sometimes(view=view, share=0)(images, seeded()), images)
