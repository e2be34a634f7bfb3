import itertools
import resource
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor

from unseen.errors import ModelError
from unseen.models.libraries import prepare_imports
from unseen.models.preprocessing import Preprocessing, Unprepared

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def photo(name: str) -> Image.Image:
    cat, coffee = Image.fromarray(data.chelsea()), Image.fromarray(data.coffee())
    flicker = np.random.default_rng(0).integers(0, 2, (260, 333, 1), dtype=np.uint8).repeat(3, 2) * 255
    return {
        "photo": cat,
        "square": cat.resize((299, 299)),
        "tall": coffee.resize((100, 400)),
        "wide": cat.resize((900, 40)),
        "small": cat.resize((90, 60)),
        "large": coffee.resize((1600, 1200)),
        "dot": cat.resize((1, 1)),
        "flicker": Image.fromarray(flicker),
    }[name]


def as_bytes(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None]


def preprocessing(size: tuple[int, int] = (224, 224), **fields: object) -> Preprocessing:
    return Preprocessing(size=size, mean=MEAN, std=STD, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("crop_mode", ["center", "squash", "border"])
@pytest.mark.parametrize("name", ["photo", "square", "tall", "wide", "small", "large", "dot", "flicker"])
def test_it_is_timms_transform_to_within_the_stated_tolerance(name: str, crop_mode: str) -> None:
    prepare_imports()
    from timm.data import create_transform

    image = photo(name)
    sizes = [((224, 224), 0.875), ((192, 256), 0.95), ((96, 96), 1.1)]
    for (size, crop), interpolation in itertools.product(sizes, ["bicubic", "bilinear"]):
        fields = {"crop_mode": crop_mode, "interpolation": interpolation}
        timms = create_transform((3, *size), mean=MEAN, std=STD, crop_pct=crop, **fields)(image)
        ours = preprocessing(size, crop_fraction=crop, **fields)
        for images in (as_bytes(image), as_bytes(image) / 255.0):
            levels = ((ours(images)[0] - timms) * torch.tensor(STD).view(3, 1, 1) * 255).abs()
            assert levels.mean() <= 0.35
            if interpolation == "bicubic" and (crop_mode == "squash" or name == "tall"):
                assert levels.max() <= 8.0
                assert (levels > 2.01).float().mean() <= 1e-3
            else:
                assert levels.max() <= 2.01


def test_it_is_torchvisions_transform_for_its_own_weights() -> None:
    prepare_imports()
    from torchvision.models import ResNet50_Weights

    from unseen.models.torchvision_zoo import torchvision_preprocessing

    own = ResNet50_Weights.DEFAULT  # resized to 232, cropped to 224
    ours = torchvision_preprocessing(own)
    assert ours.window(300, 400).resized_height == 232
    theirs = own.transforms()(photo("photo"))
    levels = ((ours(as_bytes(photo("photo")))[0] - theirs) * torch.tensor(STD).view(3, 1, 1) * 255).abs()
    assert levels.max() <= 2.01


def test_gradients_reach_what_is_seen_and_nothing_else() -> None:
    images = torch.full((2, 3, 300, 400), 0.5, requires_grad=True)
    ours = preprocessing(crop_fraction=1.0)
    ours(images).sum().backward()
    assert images.grad is not None
    seen = images.grad.abs().sum((0, 1, 2)) > 0
    assert seen[60:340].all()
    assert not seen[:45].any()
    # The weights of every output pixel sum to one: 224 x 224 of them, each divided by the deviation.
    torch.testing.assert_close(images.grad.sum((0, 2, 3)), 2 * 224 * 224 / torch.tensor(STD), rtol=1e-4, atol=0)


def test_grey_is_seen_as_three_equal_channels() -> None:
    grey = torch.rand(2, 1, 60, 80)
    torch.testing.assert_close(preprocessing()(grey), preprocessing()(grey.expand(-1, 3, -1, -1)))
    assert Unprepared()(grey).shape == (2, 3, 60, 80)


def test_bytes_become_fractions_where_a_module_prepares_itself() -> None:
    levels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 3, 1, 1)
    torch.testing.assert_close(Unprepared()(levels).flatten(), torch.tensor([0.0, 0.2, 1.0]))


@pytest.mark.parametrize("crop_mode", ["center", "squash", "border"])
@pytest.mark.parametrize("size", [(1, 1), (3, 5000), (5000, 3), (1, 20000)])
def test_extreme_shapes(size: tuple[int, int], crop_mode: str) -> None:
    for images in (torch.zeros(1, 3, *size), torch.zeros(1, 3, *size, dtype=torch.uint8)):
        prepared = preprocessing(crop_mode=crop_mode)(images)
        assert prepared.shape == (1, 3, 224, 224)
        assert prepared.isfinite().all()


def test_the_whole_photo_is_squashed() -> None:
    whole = preprocessing().whole()
    images = torch.zeros(1, 3, 100, 300)
    images[..., -30:] = 1.0
    assert whole(images)[0, 0, :, -20:].min() > 2.0
    assert preprocessing()(images)[0, 0].max() < 0.0


def test_it_tells_whether_it_sees_all_of_a_photo() -> None:
    assert preprocessing().crops
    assert preprocessing(crop_fraction=1.0).crops  # the long ends
    assert not preprocessing(crop_fraction=1.0, crop_mode="border").crops
    assert not preprocessing().whole().crops


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory in Linux' unit")
def test_twelve_megapixels_are_never_copied_as_floats() -> None:
    pixels = np.zeros((3000, 4000, 3), dtype=np.uint8)
    images = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    preprocessing()(images[..., :300, :300])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    preprocessing()(images)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 70  # MiB; as floats it would be 137


def test_autocast_does_not_round_pixels_away() -> None:
    images = torch.rand(1, 3, 300, 300)
    expected = preprocessing()(images)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(preprocessing()(images), expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": (0, 224)},
        {"crop_fraction": 0.0},
        {"crop_fraction": float("nan")},
        {"crop_mode": "middle"},
        {"interpolation": "lanczos"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        preprocessing(**wrong)  # type: ignore[arg-type]
