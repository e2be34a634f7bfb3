"""NIMA against a MobileNet written down a second time, as Keras describes and stores it."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from skimage import data
from torch import Tensor
from torch.nn import functional

from unseen.errors import ModelError
from unseen.models.nima import load_nima

CHANNELS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)

Arrays = dict[str, np.ndarray]


def keras_arrays() -> Arrays:
    """Random weights by Keras's names and in its shapes, of a size that keeps the answer's differences."""
    random = np.random.default_rng(0)
    arrays: Arrays = {}

    def kernel(name: str, *shape: int) -> None:
        fan = shape[0] * shape[1] * (1 if "depthwise" in name else shape[2])
        arrays[name] = random.normal(0, np.sqrt(2 / fan), shape).astype(np.float32)

    def norm(layer: str, channels: int) -> None:
        for parameter, low, high in (("gamma", 0.8, 1.2), ("beta", -0.1, 0.1), ("moving_mean", -0.1, 0.1)):
            arrays[f"{layer}/{parameter}"] = random.uniform(low, high, channels).astype(np.float32)
        arrays[f"{layer}/moving_variance"] = random.uniform(0.001, 1.5, channels).astype(np.float32)

    kernel("conv1/kernel", 3, 3, 3, 32)
    norm("conv1_bn", 32)
    before = 32
    for number, channels in enumerate(CHANNELS, 1):
        kernel(f"conv_dw_{number}/depthwise_kernel", 3, 3, before, 1)
        norm(f"conv_dw_{number}_bn", before)
        kernel(f"conv_pw_{number}/kernel", 1, 1, before, channels)
        norm(f"conv_pw_{number}_bn", channels)
        before = channels
    arrays["dense_1/kernel"] = random.normal(0, 0.1, (1024, 10)).astype(np.float32)
    arrays["dense_1/bias"] = random.normal(0, 0.5, 10).astype(np.float32)
    return arrays


def keras_answer(arrays: Arrays, levels: Tensor) -> Tensor:
    """What Keras computes: bytes (B, 3, 224, 224) / 127.5 - 1, "same" padding, ReLU6, batch norm with 0.001."""

    def norm(x: Tensor, layer: str) -> Tensor:
        gamma, beta, mean, variance = (
            torch.from_numpy(arrays[f"{layer}/{part}"])[:, None, None]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (gamma * (x - mean) / (variance + 0.001).sqrt() + beta).clamp(0, 6)

    def same(x: Tensor, kernel: np.ndarray, stride: int, groups: int = 1) -> Tensor:
        side = kernel.shape[0]
        total = max(side - stride, 0) if x.shape[-1] % stride == 0 else side - 1
        x = functional.pad(x, (total // 2, total - total // 2) * 2)
        axes = (2, 3, 0, 1) if groups > 1 else (3, 2, 0, 1)
        return functional.conv2d(x, torch.from_numpy(kernel.transpose(axes).copy()), stride=stride, groups=groups)

    x = norm(same(levels / 127.5 - 1, arrays["conv1/kernel"], 2), "conv1_bn")
    for number, stride in enumerate(STRIDES, 1):
        x = same(x, arrays[f"conv_dw_{number}/depthwise_kernel"], stride, groups=x.shape[1])
        x = norm(x, f"conv_dw_{number}_bn")
        x = norm(same(x, arrays[f"conv_pw_{number}/kernel"], 1), f"conv_pw_{number}_bn")
    dense = torch.from_numpy(arrays["dense_1/kernel"]), torch.from_numpy(arrays["dense_1/bias"])
    return (x.mean((2, 3)) @ dense[0] + dense[1]).softmax(1)


def timm_names(arrays: Arrays) -> dict[str, Tensor]:
    """The same weights in a file of our own, by what stands where in the network."""
    stages = [(stage, place) for stage, count in enumerate((1, 2, 2, 6, 2)) for place in range(count)]
    parts = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
    layers = {"conv1": "conv_stem", "conv1_bn": "bn1", "dense_1": "classifier"}
    for number, (stage, place) in enumerate(stages, 1):
        own = {"conv_dw_{}": "conv_dw", "conv_dw_{}_bn": "bn1", "conv_pw_{}": "conv_pw", "conv_pw_{}_bn": "bn2"}
        layers |= {keras.format(number): f"blocks.{stage}.{place}.{name}" for keras, name in own.items()}
    renamed = {}
    for name, array in arrays.items():
        layer, part = name.split("/")
        axes = {"depthwise_kernel": (2, 3, 0, 1), "kernel": (3, 2, 0, 1)[-array.ndim :] if array.ndim == 4 else (1, 0)}
        turned = array.transpose(axes[part]) if part in axes else array
        renamed[f"{layers[layer]}.{parts.get(part, part.replace('depthwise_', '').replace('kernel', 'weight'))}"] = (
            torch.from_numpy(turned.copy())
        )
    return renamed


def write_keras(path: Path, arrays: Arrays, *, prefix: str = "", suffix: str = ":0") -> Path:
    h5py = pytest.importorskip("h5py", reason="reading Keras weights needs h5py")
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            layer = name.split("/")[0]
            file[f"{prefix}{layer}/{name}{suffix}"] = array
    return path


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    return keras_arrays()


@pytest.fixture(scope="module")
def picture() -> Tensor:
    """(1, 3, 224, 224) uint8."""
    return torch.from_numpy(data.chelsea()[:224, :224].copy()).permute(2, 0, 1)[None]


def test_weights_in_safetensors_answer_as_keras_does(arrays: Arrays, picture: Tensor, tmp_path: Path) -> None:
    save_file(timm_names(arrays), tmp_path / "nima.safetensors")
    nima = load_nima(tmp_path / "nima.safetensors")
    found, expected = nima(picture), keras_answer(arrays, picture.float())
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    assert found.sum().item() == pytest.approx(1)
    assert found.std() > 0.01
    torch.testing.assert_close(nima(picture / 255), found, rtol=1e-3, atol=1e-4)
    assert (found - nima(picture.flip(3))).abs().max() > 1e-3
    assert nima(torch.rand(2, 1, 60, 90)).shape == (2, 10)


@pytest.mark.parametrize(("prefix", "suffix"), [("", ":0"), ("model_weights/", ":0"), ("", "")])
def test_published_files_are_read(arrays: Arrays, picture: Tensor, tmp_path: Path, prefix: str, suffix: str) -> None:
    path = write_keras(tmp_path / "weights_mobilenet_aesthetic.hdf5", arrays, prefix=prefix, suffix=suffix)
    torch.testing.assert_close(load_nima(path)(picture), keras_answer(arrays, picture.float()), rtol=1e-3, atol=1e-4)


def test_what_an_optimiser_left_in_the_file_is_passed_over(arrays: Arrays, picture: Tensor, tmp_path: Path) -> None:
    path = write_keras(tmp_path / "whole.h5", arrays, prefix="model_weights/")
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "a") as file:
        file["optimizer_weights/training/Adam/iterations:0"] = np.zeros(())
    assert load_nima(path)(picture).shape == (1, 10)


def test_weights_of_another_network_are_named(arrays: Arrays, tmp_path: Path) -> None:
    short = {name: array for name, array in arrays.items() if not name.startswith("dense")}
    with pytest.raises(ModelError, match=r"not weights of NIMA on a MobileNet: 2 missing \(classifier.bias, "):
        load_nima(write_keras(tmp_path / "short.hdf5", short))
    wide = arrays | {"dense_1/kernel": np.zeros((1024, 1000), np.float32)}
    with pytest.raises(ModelError, match=r"classifier\.weight is 1000x1024 instead of 10x1024"):
        load_nima(write_keras(tmp_path / "wide.hdf5", wide))
    for number, name in enumerate(("block1_conv1/kernel", "conv_dw_14/depthwise_kernel", "conv1/strange")):
        with pytest.raises(ModelError, match=f"{name} is no part of|not weights of"):
            load_nima(write_keras(tmp_path / f"{number}.hdf5", arrays | {name: np.zeros((3, 3, 3, 64))}))


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"\x89HDF\r\n\x1a\n" + bytes(50)])
def test_a_damaged_file(content: bytes, tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    path = tmp_path / "damaged.hdf5"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read as HDF5") as told:
        load_nima(path)
    assert "\n" not in str(told.value)


def test_without_h5py_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    path = tmp_path / "weights.hdf5"
    path.touch()
    with pytest.raises(ModelError, match=r"weights\.hdf5: .* h5py, which is not installed; run pip install h5py"):
        load_nima(path)
    with pytest.raises(ModelError, match="there is no such weights file"):
        load_nima(tmp_path / "nowhere.hdf5")
