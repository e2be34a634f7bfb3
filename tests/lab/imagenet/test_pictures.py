from pathlib import Path

import numpy as np
import pytest
import torch

from unseen.datasets.labelled import LabelledPhoto
from unseen.errors import PhotoError
from unseen.grid import quantise
from unseen.lab.imagenet.pictures import answers, picture, read_picture, sample
from unseen.models import Network, load_classifier
from unseen.photo import read_photo
from unseen.reading import answer


@pytest.mark.parametrize("options", ["", "?size=128&crop_pct=0.875&crop_mode=center", "?crop_mode=border&crop_pct=0.9"])
@pytest.mark.parametrize(("size", "mode"), [((640, 360), "RGB"), ((90, 310), "RGB"), ((100, 80), "L")])
def test_a_picture_is_read_as_the_photo_itself(options: str, size: tuple[int, int], mode: str, draw) -> None:
    network = load_classifier(f"lite0{options}")
    path = draw("a.png", size=size, mode=mode)
    seen = read_picture(path, network, 50)
    assert seen.shape == (1, 3, *network.preprocessing.size)
    assert torch.equal(seen, quantise(seen))
    expected = answer(network, read_photo(path).srgb)
    torch.testing.assert_close(answers(network.whole(), seen)[0], expected, atol=1e-3, rtol=1e-4)


def test_a_network_of_any_size_gets_a_square(network: Network, draw) -> None:
    assert read_picture(draw("a.png", size=(500, 100), mode="L"), network, 50).shape == (1, 3, 50, 50)
    assert picture(np.zeros((9, 5, 3), dtype=np.uint8), network, 32).shape == (1, 3, 32, 32)


def test_answers_come_from_8_bit_values(network: Network) -> None:
    images = torch.rand(3, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    expected = [answer(network, np.rint(image.numpy() * 255).astype(np.uint8).transpose(1, 2, 0)) for image in images]
    torch.testing.assert_close(answers(network, images), torch.stack(expected))


def test_a_key_is_made_of_name_content_and_label(draw) -> None:
    paths = [draw("a.png"), draw("b.png"), draw("else/a.png", seed=1), draw("further/a.png")]
    keys = [sample(LabelledPhoto(path=path, label=3)).key for path in paths]
    assert len(set(keys)) == 3
    assert keys[0] == keys[3]
    assert sample(LabelledPhoto(path=paths[0], label=4)).key not in keys


def test_a_photo_that_has_gone(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"none\.png: cannot be read"):
        sample(LabelledPhoto(path=tmp_path / "none.png", label=0))
