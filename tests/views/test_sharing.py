import torch

from unseen.views import Blur, Diverse, Jpeg, Resize, Sharing, compose

from .drawn import pictures, seeded

NEVER = {"cropped": 0.0, "reduced": 0.0, "blurred": 0.0, "compressed": 0.0}


def only(step: str, **settings: float) -> Sharing:
    return Sharing(share=1.0, **{**NEVER, step: 1.0}, **settings)


def test_a_share_of_the_calls_is_handled() -> None:
    images = pictures(1, 16, 16)
    changed = [not torch.equal(only("compressed")(images, seeded(seed)), images) for seed in range(20)]
    assert all(changed)
    some = Sharing(share=0.3, **{**NEVER, "compressed": 1.0})
    changed = [not torch.equal(some(images, seeded(seed)), images) for seed in range(400)]
    assert 0.22 < sum(changed) / 400 < 0.38
    assert torch.equal(Sharing(share=0.0)(images, seeded()), images)
    assert torch.equal(Sharing(share=1.0, **NEVER)(images, seeded()), images)


def test_compressing_is_jpeg() -> None:
    images = pictures(2, 32, 40)
    found = only("compressed", quality_low=60, quality_high=60)(images, seeded())
    assert torch.equal(found, Jpeg(quality_low=60, quality_high=60)(images, seeded()))


def test_blurring_takes_no_more_than_the_strongest() -> None:
    images = pictures(2, 32, 40)
    most = Blur(sigma_low=2, sigma_high=2)(images, seeded()).std()
    left = [only("blurred", sigma=2.0)(images, seeded(seed)).std() for seed in range(20)]
    assert all(most < spread <= images.std() for spread in left)
    assert max(left) > 1.5 * min(left)


def test_reducing_is_a_smaller_size_and_back() -> None:
    images = pictures(2, 32, 40)
    ratios = torch.linspace(0.5, 1, 101).tolist()
    sizes = sorted({(round(32 * ratio), round(40 * ratio)) for ratio in ratios})
    known = [compose(Resize(height=tall, width=wide), Resize(height=32, width=40)) for tall, wide in sizes]
    pictured = [view(images, seeded()) for view in known]
    reduced = [only("reduced", smallest=0.5)(images, seeded(seed)) for seed in range(20)]
    found = {index for one in reduced for index, other in enumerate(pictured) if torch.equal(one, other)}
    assert all(any(torch.equal(one, other) for other in pictured) for one in reduced)
    assert len(found) > 5


def test_a_crop_keeps_a_part_of_the_picture() -> None:
    ramp = torch.linspace(0, 1, 100).expand(1, 1, 100, 100)
    spans = [only("cropped", kept=0.8)(ramp, seeded(seed)) for seed in range(40)]
    widths = [float(span.amax() - span.amin()) for span in spans]
    assert all(0.75 < width <= 1 for width in widths)
    assert max(widths) - min(widths) > 0.1


def test_it_is_composed_with_others_and_passes_gradients_back() -> None:
    images = pictures(2, 30, 44).requires_grad_()
    view = compose(Sharing(share=1.0), Diverse(smallest=0.6))
    for seed in range(8):
        seen = view(images, seeded(seed))
        assert seen.shape == images.shape
        (gradient,) = torch.autograd.grad((seen * pictures(2, 30, 44)).sum(), images)
        assert gradient.isfinite().all()
        assert (gradient != 0).float().mean() > 0.5
