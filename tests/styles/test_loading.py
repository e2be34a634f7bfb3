from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from unseen.errors import ModelError
from unseen.styles.loading import load_generator

from .pictures import WIDTH, small_cartoon, small_cycle

PICTURE = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1


def early(weights: dict[str, Tensor]) -> OrderedDict[str, Tensor]:
    """The same as PyTorch before 0.4 saved it, when instance norms kept averages."""
    norms = [2, 5, 8, 20, 23]
    blocks = [f"{number}.conv_block.{layer}" for number in range(10, 19) for layer in (2, 6)]
    for norm in (*norms, *blocks):
        weights[f"model.{norm}.running_mean"] = torch.randn(WIDTH)
        weights[f"model.{norm}.running_var"] = torch.rand(WIDTH)
        weights[f"model.{norm}.num_batches_tracked"] = torch.tensor(1000)
    return OrderedDict(weights)


@pytest.mark.parametrize("architecture", ["cartoongan", "cyclegan"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pth", "-early.pth"])
def test_a_file_computes_what_was_saved(architecture: str, suffix: str, tmp_path: Path) -> None:
    saved = small_cartoon() if architecture == "cartoongan" else small_cycle()
    weights, path = dict(saved.state_dict()), tmp_path / f"net{suffix}"
    if suffix == ".safetensors":
        save_file(weights, path)
    elif suffix == ".pth":
        torch.save(weights, path)
    else:
        old = early(weights) if architecture == "cyclegan" else OrderedDict(weights)
        torch.save(old, path, _use_new_zipfile_serialization=False)
    loaded = load_generator(path, architecture)
    torch.testing.assert_close(loaded(PICTURE), saved(PICTURE), rtol=0, atol=0)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_width_depth_and_precision_are_the_files(tmp_path: Path) -> None:
    saved = small_cycle(blocks=6)
    save_file({name: tensor.half() for name, tensor in saved.state_dict().items()}, tmp_path / "half.safetensors")
    loaded = load_generator(tmp_path / "half.safetensors", "cyclegan")
    assert loaded.reach == saved.reach == 62
    assert (loaded(PICTURE) - saved(PICTURE)).abs().max() < 0.05
    assert next(loaded.parameters()).dtype == torch.float32


def test_another_architecture_is_told_by_its_keys(tmp_path: Path) -> None:
    cartoon, cycle = tmp_path / "cartoon.safetensors", tmp_path / "cycle.safetensors"
    save_file(dict(small_cartoon().state_dict()), cartoon)
    save_file(dict(small_cycle().state_dict()), cycle)
    with pytest.raises(ModelError) as told:
        load_generator(cycle, "cartoongan")
    message = str(told.value)
    assert message.startswith(f"{cycle}: not weights of a cartoongan generator: 94 missing (conv01_1.bias, conv01_1.w")
    assert "48 unexpected (model.1.bias, model.1.weight, model.10.conv_block.1.bias, …)" in message
    assert "\n" not in message
    with pytest.raises(ModelError, match=r"48 missing \(model\.1\.bias, .*94 unexpected \(conv01_1\.bias"):
        load_generator(cartoon, "cyclegan")


def test_a_layer_of_another_shape_is_named(tmp_path: Path) -> None:
    weights = dict(small_cycle().state_dict())
    weights["model.26.weight"] = weights["model.26.weight"][:1].clone()
    save_file(weights, tmp_path / "grey.safetensors")
    with pytest.raises(ModelError, match=r"1 of another shape \(model\.26\.weight is 1x4x7x7 instead of 3x4x7x7\)"):
        load_generator(tmp_path / "grey.safetensors", "cyclegan")


def test_what_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"no weights")
    for path in (tmp_path / "net.pth", tmp_path / "none.pth"):
        with pytest.raises(ModelError, match="cannot be read as weights"):
            load_generator(path, "cyclegan")
