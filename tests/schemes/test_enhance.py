from dataclasses import dataclass
from typing import Any

import pytest
import torch
from skimage.metrics import structural_similarity
from torch import Tensor

from unseen.grid import LEVELS, quantise
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.schemes.enhance import Enhance
from unseen.schemes.grade import GradeLimits, graded, vivid
from unseen.types import Images

from .photos import judged

PLAIN = {"vividness": 0.0}


@dataclass(frozen=True)
class Brightness:
    """Answers by the mean of each channel: "light" where it is high; `weights` are the channels'."""

    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    threshold: float = 0.0
    class_names: tuple[str, ...] = ("light", "dark")

    def __call__(self, images: Images) -> Tensor:
        high = 20 * ((images.mean((2, 3)) - 0.5) @ torch.tensor(self.weights) - self.threshold)
        return torch.stack([high, -high], 1)


def soft(count: int) -> Images:
    """Pictures of many colours whose mean is a middle grey."""
    generator = torch.Generator().manual_seed(count)
    return torch.randint(30, 226, (count, 3, 16, 16), generator=generator) / LEVELS


def test_a_real_network_loses_the_reference_and_the_photo_its_looks_not(
    photos: Images, lite0: Network, plain: Network
) -> None:
    references = judged(plain, photos).argmax(1)
    protected = Enhance(lanes=2)(photos, lite0)
    reached = protected.achieved.numpy()
    after = judged(plain, protected.images)
    assert reached.sum() >= 2
    others = after.copy()
    others[range(4), references] = 0
    assert (others.max(1)[reached] >= 1.99 * after[range(4), references][reached]).all()
    assert torch.equal(protected.images, quantise(protected.images))
    for original, enhanced in zip(photos, protected.images, strict=True):
        settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
        pair = (original.numpy(), enhanced.numpy())
        assert structural_similarity(*pair, channel_axis=0, data_range=1.0, **settings) >= 0.85


def test_the_change_is_one_function_of_colour(photos: Images, lite0: Network) -> None:
    protected = Enhance(max_iterations=4)(photos[:2], lite0)
    assert protected.layings is not None
    for original, enhanced, laying in zip(photos, protected.images, protected.layings, strict=False):
        pixels, expected = (
            image.mul(LEVELS).round().to(torch.uint8).permute(1, 2, 0).numpy() for image in (original, enhanced)
        )
        assert (laying(pixels) == expected).all()


def test_where_the_best_is_known_it_is_found() -> None:
    """Who reads the mean is answered best by darkening all that the limits allow, and a third of the colour's limit."""
    images, classifier = soft(3), Brightness(threshold=-1.2)  # too light to be darkened enough
    scheme = Enhance(**PLAIN, max_iterations=40)
    protected = scheme(images, classifier)
    start = vivid(scheme.knots, 0.0)
    limits = GradeLimits(tone=scheme.tone, colour=scheme.colour, slope=scheme.slope)
    darkest = graded((start + limits.project(-torch.ones_like(start), start)).expand(3, -1, -1, -1), images)
    assert not protected.achieved.any()
    assert protected.iterations.tolist() == [40] * 3
    further = darkest.mean((1, 2, 3)) - protected.images.mean((1, 2, 3))
    assert ((further > -0.01) & (further < scheme.colour / 3)).all()
    assert (images.mean((1, 2, 3)) - protected.images.mean((1, 2, 3)) > 0.03).all()


def test_a_photo_that_gives_in_is_left_where_it_is() -> None:
    images = soft(4)
    near = Brightness(threshold=float((images.mean((2, 3)) - 0.5).sum(1).amin()) - 0.03)
    protected = Enhance(**PLAIN)(images, near)
    assert protected.achieved.all()
    assert (protected.iterations < 30).all()
    light, dark = near(protected.images).softmax(1).unbind(1)
    assert (dark >= 1.999 * light).all()


def test_an_unread_photo_is_made_vivid_and_no_more() -> None:
    images = soft(2)
    lit = Brightness(threshold=-10.0)
    unread = Enhance(vividness=0.5, slope=0.3)(images, lit, references=torch.tensor([1, 1]))
    expected = quantise(graded(quantise(vivid(7, 0.5)).expand(2, -1, -1, -1), images))
    assert torch.equal(unread.images, expected)
    assert unread.iterations.tolist() == [0, 0]


def test_each_network_has_its_own_reference() -> None:
    images = soft(3)
    means = images.mean((2, 3)) - 0.5
    low, other = means.sum(1).amin().item(), (means @ torch.tensor([1.0, 1.0, 0.5])).amin().item()
    members = [Brightness(threshold=low - 0.03), Brightness((-1.0, -1.0, -0.5), threshold=0.03 - other)]
    references = torch.tensor([[0, 1]] * 3)
    assert all((member(images).argmax(1) == labels).all() for member, labels in zip(members, references.T, strict=True))
    protected = Enhance(**PLAIN)(images, Ensemble(members), references=references)
    assert protected.achieved.all()
    for member, labels in zip(members, references.T, strict=True):
        assert (member(protected.images).softmax(1)[range(3), labels] <= 1 / 2.999).all()


def test_neighbours_order_and_the_seed_change_nothing() -> None:
    images, classifier = soft(5), Brightness(threshold=-0.05)
    scheme = Enhance(**PLAIN, lanes=2)
    together = scheme(images, classifier)
    turned = scheme(images.flip(0), classifier, seed=7)
    assert torch.equal(turned.images.flip(0), together.images)
    assert torch.equal(scheme(images[3:4], classifier).images[0], together.images[3])


def test_grey_photos_between_levels() -> None:
    images = soft(2).mean(1, keepdim=True).mul(LEVELS).round().div(LEVELS)

    def classifier(pictures: Images) -> Tensor:
        return Brightness(threshold=-0.6)(pictures.expand(-1, 3, -1, -1))

    protected = Enhance(max_iterations=5)(images + 0.2 / 255, classifier)
    assert protected.images.shape == images.shape
    assert torch.equal(protected.images, Enhance(max_iterations=5)(images, classifier).images)
    assert not torch.equal(protected.images, images)


@pytest.mark.parametrize("threshold", [-10.0, 10.0])
def test_who_never_gives_in_still_gets_a_photo_within_the_bounds(threshold: float) -> None:
    """Read from what comes out: a ramp of greys stays one, no colour moves too far, black and white stay."""
    ramp = torch.linspace(0, 1, 256)[None, None, None].expand(1, 3, 1, -1)
    scheme = Enhance(max_iterations=60)
    towards = torch.tensor([0 if threshold < 0 else 1])
    images = torch.cat([ramp.reshape(1, 3, 16, 16), soft(3)])
    protected = scheme(images, Brightness(threshold=threshold), references=towards.expand(4))
    assert protected.iterations.tolist() == [60] * 4
    greys = protected.images[0].flatten(1)
    assert (greys.diff(dim=1) >= 0).all()
    assert (greys.diff(dim=1) <= 4 / 255 + 1e-6).all()
    assert greys[:, [0, -1]].tolist() == [[0, 1]] * 3
    start = graded(vivid(scheme.knots, scheme.vividness).expand(4, -1, -1, -1), images)
    assert (protected.images - start).abs().max() <= scheme.tone + scheme.colour + 2 / 255
    assert ((protected.images == 0) <= (images <= 1 / 255)).all()
    assert ((protected.images == 1) <= (images >= 254 / 255)).all()
    assert not torch.equal(protected.images, quantise(start))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, value) for name in ("tone", "colour") for value in (0, -1 / 255, 2.55, float("nan"))],
        *[(name, value) for name in ("slope", "grade_step") for value in (0, -0.1, float("nan"))],
        ("slope", 0.9),
        *[("vividness", value) for value in (-0.1, 1.1, float("nan"))],
        *[("margin", value) for value in (0, 0.99, float("nan"))],
        *[(name, value) for name in ("max_iterations", "lanes") for value in (0, -1)],
        ("knots", 1),
        ("shaping", "nonsense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        Enhance(**{name: value})
