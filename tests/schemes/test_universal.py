from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from unseen.errors import PhotoError, UnseenError
from unseen.schemes.universal import laid, load_noise, save_noise

from .classifiers import calm

NOISE = 0.35 * torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(3)).clamp(-1, 1)


def test_the_noise_is_added_clipped_and_rounded() -> None:
    images = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0)).mul(255).round() / 255
    wanted = np.rint(np.clip(images.double().numpy() + NOISE.double().numpy(), 0, 1) * 255)
    assert np.array_equal(laid(NOISE, images).double().mul(255).round().numpy(), wanted)


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^images have shape \(3, 8, 8\), the noise \(1, 8, 8\): give images of"):
        laid(NOISE, calm(2, 3, 8, 8))


def test_a_saved_noise_comes_back_with_its_story(tmp_path: Path) -> None:
    path = tmp_path / "noise.safetensors"
    save_noise(path, NOISE, {"limit": "0.35"})
    noise, about = load_noise(path)
    assert torch.equal(noise, NOISE)
    assert about == {"limit": "0.35"}
    with pytest.raises(PhotoError, match="exists"):
        save_noise(path, NOISE, {})


def test_files_without_a_noise_are_refused(tmp_path: Path) -> None:
    missing, text, other, flat = (tmp_path / name for name in ("missing", "text", "other", "flat"))
    text.write_text("no tensors here")
    save_file({"weight": NOISE}, other)
    save_file({"noise": NOISE[0]}, flat)
    for path in (missing, text, other, flat):
        with pytest.raises(UnseenError, match=f"^{path}: .*; give a file that unseen made") as caught:
            load_noise(path)
        assert "\n" not in str(caught.value)
