import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from unseen import load_classifier
from unseen.errors import PhotoError, UnseenError
from unseen.photo import Photo, read_photo
from unseen.reading import answer
from unseen.schemes.universal import SHIPPED, Universal, laid, laid_on_photo, load_noise, save_noise

from .classifiers import calm
from .pictured import photo

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


def waves(height: int, width: int, levels: float, channels: int = 3) -> torch.Tensor:
    """Slow waves that reach `levels` and -`levels`."""
    rows, columns = torch.arange(height)[:, None] / height, torch.arange(width) / width
    planes = [torch.sin(6.3 * (rows + (1 + channel) * columns)) for channel in range(channels)]
    stacked = torch.stack(planes)[None]
    return stacked / stacked.abs().max() * levels / 255


def saved(folder: Path, noise: torch.Tensor, *, in_levels: bool = False, **about: str) -> str:
    path = folder / "own.safetensors"
    save_noise(path, noise, about, in_levels=in_levels)
    return str(path)


def change(scheme: Universal, original: Photo) -> np.ndarray:
    return scheme(original).pixels.astype(int) - original.pixels


@pytest.mark.parametrize(("height", "width"), [(48, 64), (100, 61), (300, 500), (7, 5), (1, 1)])
@pytest.mark.parametrize("epsilon", [None, 3.0, 8.0, 12.5])
def test_the_limit_holds_exactly_on_photos_of_any_size(
    height: int, width: int, epsilon: float | None, tmp_path: Path
) -> None:
    scheme = Universal(weights=saved(tmp_path, waves(40, 40, 9.0)), epsilon=None if epsilon is None else epsilon / 255)
    middle = replace(photo(height, width), pixels=np.full((height, width, 3), 128, np.uint8))
    assert np.abs(change(scheme, middle)).max() <= int(epsilon or 9)
    if min(height, width) > 40:
        assert np.abs(change(scheme, middle)).max() == int(epsilon or 9)
    edges = replace(middle, pixels=np.where(np.arange(width)[:, None] % 2, 255, 0).astype(np.uint8) + middle.pixels * 0)
    assert scheme(edges).pixels.dtype == np.uint8
    assert np.abs(change(scheme, edges)).max() <= int(epsilon or 9)


def test_a_noise_in_levels_keeps_them(tmp_path: Path) -> None:
    noise = (waves(24, 24, 8.0) * 255).round() / 255
    path = saved(tmp_path, noise, in_levels=True, limit_levels="8")
    torch.testing.assert_close(load_noise(Path(path))[0], noise)
    assert Path(path).stat().st_size < noise.numel() + 500
    middle = replace(photo(24, 24), pixels=np.full((24, 24, 3), 100, np.uint8))
    wanted = (noise[0] * 255).round().permute(1, 2, 0).numpy()
    assert np.array_equal(change(Universal(weights=path), middle), wanted)


def test_it_is_enlarged_smoothly(tmp_path: Path) -> None:
    """Against Pillow, whose bilinear enlargement is the same tent."""
    noise = waves(20, 30, 60.0)
    scheme = Universal(weights=saved(tmp_path, noise))
    middle = replace(photo(90, 100), pixels=np.full((90, 100, 3), 128, np.uint8))
    for channel in range(3):
        plane = Image.fromarray((noise[0, channel] * 255).numpy()).resize((100, 90), Image.Resampling.BILINEAR)
        assert np.abs(change(scheme, middle)[..., channel] - np.asarray(plane)).max() <= 0.51


def test_a_smaller_photo_gets_the_mean_of_what_it_cannot_show(tmp_path: Path) -> None:
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2 * 2.0 - 1
    scheme = Universal(weights=saved(tmp_path, (board * 20 / 255).expand(1, 3, 64, 64).contiguous()))
    middle = replace(photo(16, 16), pixels=np.full((16, 16, 3), 128, np.uint8))
    assert np.abs(change(scheme, middle)).max() <= 1


@pytest.mark.parametrize(("channels", "of_noise"), [(1, 3), (3, 1), (1, 1), (3, 3)])
def test_grey_and_coloured_go_together(channels: int, of_noise: int, tmp_path: Path) -> None:
    noise = waves(30, 30, 9.0, of_noise)
    scheme = Universal(weights=saved(tmp_path, noise))
    original = replace(photo(30, 30, channels, alpha=True), pixels=np.full((30, 30, channels), 90, np.uint8))
    changed = scheme(original, seed=4)
    assert changed.alpha is original.alpha
    wanted = noise[0] if channels == of_noise else noise[0].mean(0, keepdim=True).expand(channels, -1, -1)
    assert np.array_equal(changed.pixels - original.pixels.astype(int), (wanted * 255).round().permute(1, 2, 0).numpy())


def test_the_noise_that_comes_with_unseen_is_small_honest_and_quick() -> None:
    scheme = Universal()
    assert SHIPPED.stat().st_size < 300_000
    assert scheme.noise.shape[:2] == (1, 3)
    assert (scheme.noise.abs().max() * 255).round() == 8 == int(scheme.about["limit_levels"])
    assert json.loads(scheme.about["networks"]) == ["lite0", "lite1", "lite2"]
    assert scheme.about["photos"] == "1000"
    assert "imagenet-sample" in scheme.about["trained_on"]
    large = photo(600, 800)
    scheme(large)
    started = time.process_time()
    for _ in range(5):
        scheme(large)
    assert (time.process_time() - started) / 5 < 0.2


def test_the_noise_that_comes_with_unseen_changes_more_answers_than_its_values_shuffled(shared: Path) -> None:
    network, noise = load_classifier("lite0"), Universal().noise
    shuffled = noise.flatten()[torch.randperm(noise.numel(), generator=torch.Generator().manual_seed(0))]
    changed = {"learnt": 0, "shuffled": 0}
    for path in sorted((shared / "data/imagenet-compatible/images").iterdir())[:40]:
        pixels = read_photo(path).srgb
        before = answer(network, pixels).argmax()
        for name, values in (("learnt", noise), ("shuffled", shuffled.view_as(noise))):
            changed[name] += int(answer(network, laid_on_photo(values[0], pixels, 8)).argmax() != before)
    assert changed["learnt"] >= 15
    assert changed["learnt"] >= 3 * changed["shuffled"]


@pytest.mark.parametrize(
    ("noise", "about", "said"),
    [
        (torch.full((1, 3, 4, 4), float("nan")), {}, "values that are no numbers (NaN or infinite); train it anew"),
        (torch.full((1, 3, 4, 4), 8.0), {}, "reaches 8, beyond [-1, 1]; divide 8-bit levels by 255"),
        (torch.full((1, 3, 4, 4), 0.1), {"limit_levels": "8"}, "reaches 25.5 levels, beyond the 8 that it tells"),
        (torch.full((1, 3, 4, 4), 0.1), {"limit_levels": "low"}, "its limit is 'low' and no number"),
        (torch.zeros(1, 2, 4, 4), {}, "its noise has 2 channels; give one made for photos, with 3 or 1"),
        (torch.zeros(1, 3, 0, 4), {}, "its noise has shape (1, 3, 0, 4)"),
        (torch.zeros(1, 3, 4, 4, dtype=torch.int64), {}, "its noise holds torch.int64, not floats or 8-bit levels"),
    ],
)
def test_an_unsound_noise_is_one_clear_line(
    noise: torch.Tensor, about: dict[str, str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.safetensors"
    save_file({"noise": noise}, path, metadata=about)
    with pytest.raises(UnseenError) as caught:
        Universal(weights=str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_limit_that_makes_no_sense_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"there is no such file.*; give a file that unseen made"):
        Universal(weights=str(tmp_path / "none.safetensors"))
    with pytest.raises(UnseenError, match="holds no universal noise"):
        Universal(weights=str(tmp_path))
    with pytest.raises(ValueError, match=r"^epsilon is 0: give a limit above 0"):
        Universal(epsilon=0)


@pytest.mark.parametrize(("told", "networks"), [('["a", "b"]', ("a", "b")), ("[", ()), ("3", ()), (None, ())])
def test_the_networks_that_it_was_trained_against(tmp_path: Path, told: str | None, networks: tuple[str, ...]) -> None:
    path = tmp_path / "noise.safetensors"
    save_noise(path, torch.zeros(1, 3, 4, 4), {} if told is None else {"networks": told})
    assert Universal(weights=str(path)).networks == networks
