from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from skimage import data

from unseen.errors import ModelError
from unseen.models import load_classifier
from unseen.models.download import sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.timm_zoo import timm_config, timm_preprocessing

from .conftest import FileServer
from .photos import accuracy, labelled_photos

TINY = "test_efficientnet"
"""timm's own network for tests: 160 pixels, a third of a million parameters."""

FAMILIES = (
    "test_byobnet", "test_coatnet", "test_convnext", "test_efficientnet", "test_efficientnet_ln", "test_mambaout",
    "test_maxvit", "test_nfnet", "test_resnet", "test_vit", "test_vit_relpos",
)  # fmt: skip


@pytest.fixture(scope="module")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prepare_imports()
    import timm

    path = tmp_path_factory.mktemp("weights") / "tiny & small.safetensors"
    save_file(timm.create_model(TINY).state_dict(), path)
    return path


def named(path: Path) -> str:
    return str(path).replace("&", "%26")


def test_a_file_of_deit(shared: Path) -> None:
    path = shared / "weights/deit_tiny_patch16_224.safetensors"
    network = load_classifier(f"timm:deit_tiny_patch16_224?weights={path}")
    photos, labels = labelled_photos(shared, 60)
    assert accuracy(network, photos, labels) >= 0.8
    assert network.spec.sha256 == sha256_of(path)
    assert network.spec.source == str(path)
    assert network.spec.licence == "not stated"
    assert network.spec.parameters == 5_717_416


def test_options_override_what_a_file_needs(shared: Path) -> None:
    path = shared / "weights/mobilenetv1_100.safetensors"
    name = f"timm:mobilenetv1_100?weights={path}&mean=0.5&std=0.5&size=224&pad_type=same&crop_pct=1"
    photos, labels = labelled_photos(shared, 60)
    assert accuracy(load_classifier(name), photos, labels) >= 0.78
    assert accuracy(load_classifier(name.replace("&pad_type=same", "")), photos, labels) < 0.7


@pytest.mark.parametrize("architecture", FAMILIES)
def test_a_network_answers_as_timm_itself_does(architecture: str, tmp_path: Path) -> None:
    prepare_imports()
    import timm
    from timm.data import create_transform, resolve_data_config

    torch.manual_seed(0)
    body = timm.create_model(architecture, num_classes=5).eval()
    save_file(body.state_dict(), tmp_path / "five.safetensors")
    network = load_classifier(f"timm:{architecture}?weights={tmp_path}/five.safetensors&num_classes=5")
    transform = create_transform(**resolve_data_config(model=body))
    photo = data.chelsea()
    with torch.no_grad():
        expected, mirrored = (body(transform(Image.fromarray(pixels))[None]) for pixels in (photo, photo[:, ::-1]))
        found = network(torch.from_numpy(photo).permute(2, 0, 1)[None])
    assert (found - expected).abs().max() < 0.1 * (mirrored - expected).abs().max()


def test_the_preprocessing_is_the_models_own(tiny_file: Path) -> None:
    own = timm_preprocessing(timm_config("test_vit"))
    assert own.size == (160, 160)
    assert own.crop_fraction == 0.95
    network = load_classifier(
        f"timm:{TINY}?weights={named(tiny_file)}&size=96,128&mean=0.1,0.2,0.3&crop_mode=border&interpolation=bilinear"
    )
    changed = network.preprocessing
    assert (changed.size, changed.mean) == ((96, 128), (0.1, 0.2, 0.3))  # type: ignore[union-attr]
    assert (changed.crop_mode, changed.interpolation) == ("border", "bilinear")  # type: ignore[union-attr]


def test_size_is_told_to_an_architecture_that_depends_on_it(tmp_path: Path) -> None:
    prepare_imports()
    import timm

    save_file(timm.create_model("test_vit").state_dict(), tmp_path / "vit.safetensors")
    network = load_classifier(f"timm:test_vit?weights={tmp_path}/vit.safetensors&size=192")
    assert network(torch.rand(1, 3, 200, 200)).shape == (1, 1000)


@pytest.mark.parametrize("suffix", [".pth", ".pt"])
def test_what_torch_saved_is_read_too(tiny_file: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tiny{suffix}"
    torch.save({"state_dict": load_file(tiny_file), "epoch": 3}, path)
    images = torch.rand(1, 3, 160, 160)
    expected = load_classifier(f"timm:{TINY}?weights={named(tiny_file)}")(images)
    torch.testing.assert_close(load_classifier(f"timm:{TINY}?weights={path}")(images), expected)


def test_another_number_of_classes(tmp_path: Path) -> None:
    prepare_imports()
    import timm

    seven = timm.create_model(TINY, num_classes=7).eval()
    save_file(seven.state_dict(), tmp_path / "seven.safetensors")
    network = load_classifier(f"timm:{TINY}?weights={tmp_path}/seven.safetensors&num_classes=7", fold=False)
    assert network.class_names == tuple(f"class {index}" for index in range(7))
    images = torch.rand(2, 3, 160, 160)
    torch.testing.assert_close(network(images), seven(network.preprocessing(images)))  # the last layer is the file's
    with pytest.raises(ModelError, match="its weights know 1000 classes"):
        load_classifier(f"timm:{TINY}?num_classes=7")


def test_weights_from_a_web_address(tiny_file: Path, server: FileServer, cache: Path) -> None:
    server.files["/tiny.safetensors"] = tiny_file.read_bytes()
    url = f"{server.url}/tiny.safetensors"
    network = load_classifier(f"timm:{TINY}?weights={url}&sha256={sha256_of(tiny_file)}")
    assert network.spec.source == url
    with pytest.raises(ModelError, match="was expected"):
        load_classifier(f"timm:{TINY}?weights={url}&sha256={'0' * 64}")


def test_a_file_with_another_sha256(tiny_file: Path) -> None:
    with pytest.raises(ModelError, match="its SHA-256 is"):
        load_classifier(f"timm:{TINY}?weights={named(tiny_file)}&sha256={'0' * 64}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("timm:resnt50", "did you mean 'resnet50'"),
        ("timm:resnet50.a1_in1", "did you mean 'resnet50.a1_in1k'"),
        ("timm:", "timm has no model ''"),
        ("timm:vit_small_patch14_dinov2", "features"),
        (f"timm:{TINY}?weights=nowhere.pth", "no such weights file"),
        (f"timm:{TINY}?num_classes=many", "num_classes"),
        (f"timm:{TINY}?size=big", "option size=big: write one number, or 2 with commas"),
        (f"timm:{TINY}?mean=1,2", "option mean=1,2: write one number, or 3 with commas"),
        (f"timm:{TINY}?sha256=00", "give both"),
        (f"timm:{TINY}?weights=", "names nothing"),
    ],
)
def test_wrong_names_and_options(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as told:
        load_classifier(name)
    assert "\n" not in str(told.value)


def test_an_argument_that_the_constructor_does_not_take(tiny_file: Path) -> None:
    with pytest.raises(ModelError, match="cannot be built with wings=2"):
        load_classifier(f"timm:{TINY}?weights={named(tiny_file)}&wings=2")


def test_weights_of_another_architecture(tiny_file: Path) -> None:
    with pytest.raises(
        ModelError, match=r"not weights of timm:test_vit: \d+ missing \(.*, …\), \d+ unexpected"
    ) as told:
        load_classifier(f"timm:test_vit?weights={named(tiny_file)}")
    assert str(told.value).startswith(str(tiny_file))
    assert "\n" not in str(told.value)
    with pytest.raises(ModelError, match=r"of another shape .* is 1000x256 instead of 9x256"):
        load_classifier(f"timm:{TINY}?weights={named(tiny_file)}&num_classes=9")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_a_truncated_file(tiny_file: Path, tmp_path: Path, suffix: str, part: float) -> None:
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save(load_file(tiny_file), whole)
    else:
        whole.write_bytes(tiny_file.read_bytes())
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * part)])
    with pytest.raises(ModelError, match="cannot be read as weights"):
        load_classifier(f"timm:{TINY}?weights={cut}")


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (ran,)

    torch.save({"weight": Trap()}, tmp_path / "trap.pth")
    with pytest.raises(ModelError, match="cannot be read as weights"):
        load_classifier(f"timm:{TINY}?weights={tmp_path}/trap.pth")
    assert not ran.exists()
