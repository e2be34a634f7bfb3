import numpy as np
import pytest
import torch

from unseen.models import Network, load_classifier
from unseen.photo import read_photo
from unseen.photo.photo import Pixels
from unseen.reading import answer
from unseen.threats import PRESETS, Handling, Platform, Preset, Threat


@pytest.fixture
def photo(draw) -> Pixels:
    return read_photo(draw("a.png", size=(300, 200))).srgb


def threat(network: Network, handling: Handling) -> Threat:
    preset = Preset(name="way", meaning="", kind="shared", handling=handling)
    return Threat(network=network, role="held-out", preset=preset)


def test_a_threat_reads_what_its_preset_serves(photo: Pixels, tiny: str) -> None:
    network, platform = load_classifier(tiny), Platform(long_edge=64, quality=40)
    logits = threat(network, platform)(photo)
    assert logits.shape == (12,)
    torch.testing.assert_close(logits, answer(network, platform(photo)))
    assert not torch.equal(logits, Threat(network=network, role="held-out", preset=PRESETS["file"])(photo))


def test_what_compression_removes_is_not_read_behind_it(tiny: str) -> None:
    grain = load_classifier(tiny.replace(":network", ":grain"))
    rows, columns = np.mgrid[:64, :64]
    pattern = np.where((rows + columns) % 2, 8, -8)  # 8 of 255, a hundred times: 3.1
    pixels = (128 + pattern[..., None].repeat(3, 2)).astype(np.uint8)
    direct, behind = (
        threat(grain, platform)(pixels).argmax().item() for platform in (Platform(), Platform(quality=30))
    )
    assert (direct, behind) == (3, 0)


def test_any_function_of_pixels_can_stand_for_a_platform(photo: Pixels, tiny: str) -> None:
    network = load_classifier(tiny)
    mirrored = threat(network, lambda pixels: pixels[:, ::-1].copy())
    torch.testing.assert_close(mirrored(photo), answer(network, photo[:, ::-1].copy()))


def test_a_mirrored_reading_is_the_mean_of_two_distributions(photo: Pixels, tiny: str) -> None:
    network = load_classifier(tiny)
    logits = Threat(network=network, role="held-out", preset=PRESETS["flip"])(photo)
    shares = [answer(network, pixels.copy()).softmax(0) for pixels in (photo, photo[:, ::-1])]
    torch.testing.assert_close(logits.softmax(0), (shares[0] + shares[1]) / 2)
    again = Threat(network=network, role="held-out", preset=PRESETS["flip"])(photo[:, ::-1].copy())
    torch.testing.assert_close(again, logits)


def test_several_copies_are_read_as_their_mean(photo: Pixels, tiny: str) -> None:
    network = load_classifier(tiny)
    darker = (photo.astype(int) - 20).clip(0).astype(np.uint8)
    logits = Threat(network=network, role="held-out", preset=PRESETS["copies"])(photo, darker)
    mean = ((photo.astype(float) + darker) / 2 + 0.5).astype(np.uint8)
    torch.testing.assert_close(logits, answer(network, mean))
