import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.download import sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.network import Network
from unseen.models.places import PLACES, list_places, load_places, places_names

from .conftest import FileServer


class PythonTwo(pickle._Pickler):  # type: ignore[name-defined]
    """Writes texts as Python 2 did: bytes, in whatever encoding they were."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_str(self, text: str) -> None:
        content = text.encode("latin1")
        self.write(pickle.SHORT_BINSTRING + bytes([len(content)]) + content)
        self.memoize(text)

    dispatch[str] = save_str


def python_two() -> object:
    """A stand-in for the pickle module, for `torch.save`."""

    def dump(value: object, file: object, protocol: int | None = None) -> None:
        PythonTwo(file, protocol).dump(value)

    return SimpleNamespace(Pickler=PythonTwo, dump=dump, __name__="pickle")


def published(body: nn.Module, architecture: str) -> dict[str, object]:
    """A checkpoint as the makers' training program writes one: DataParallel's names, no counters."""
    weights = {f"module.{name}": tensor for name, tensor in body.state_dict().items() if "num_batches" not in name}
    return {"epoch": 90, "arch": architecture, "best_prec1": 54.7, "by": "Zhou, ©", "state_dict": weights}


def torchvision_resnet(architecture: str) -> nn.Module:
    """The architecture that was trained, with batch norms unlike each other."""
    prepare_imports()
    from torchvision import models

    torch.manual_seed(0)
    body = models.get_model(architecture, num_classes=365)
    for layer in body.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.running_mean, -0.1, 0.1)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return body.eval()


@pytest.fixture(scope="module", params=["resnet18", "resnet50"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, nn.Module, Path]:
    body = torchvision_resnet(request.param)
    path = tmp_path_factory.mktemp("places") / f"{request.param}_places365.pth.tar"
    torch.save(published(body, request.param), path, pickle_module=python_two(), _use_new_zipfile_serialization=False)
    return request.param, body, path


def network(name: str, base: str, options: dict[str, str]) -> Network:
    body, spec = load_places(name, base, options)
    return Network(spec=spec, body=body.eval(), preprocessing=spec.preprocessing)


def test_a_checkpoint_of_the_makers_answers_as_their_network_does(trained: tuple[str, nn.Module, Path]) -> None:
    base, body, path = trained
    loaded = network(f"places:{base}?weights={path}", base, {"weights": str(path)})
    images = torch.rand(2, 3, 300, 400, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(loaded(images), body(loaded.preprocessing(images)), rtol=1e-4, atol=1e-4)
    assert loaded.spec.sha256 == sha256_of(path)
    assert loaded.spec.parameters == sum(parameter.numel() for parameter in body.parameters())
    assert loaded.spec.licence == "not stated"
    assert loaded.class_names == places_names()
    window = loaded.preprocessing.window(512, 1024)
    assert (window.resized_height, window.resized_width, window.height, window.width) == (256, 512, 224, 224)


def test_the_names_are_the_makers_in_their_order(shared: Path) -> None:
    lines = (shared / "data/pixel-privacy/categories_places365.txt").read_text().splitlines()
    known = {int(index): category for category, index in (line.split() for line in lines if line.strip())}
    assert len(places_names()) == 365
    for index, name in enumerate(places_names()):
        assert known[index] == f"/{name[0]}/{name}"


def test_other_files_with_the_same_names(tmp_path: Path) -> None:
    body = torchvision_resnet("resnet18")
    save_file(body.state_dict(), tmp_path / "own.safetensors")
    torch.save(body.state_dict(), tmp_path / "own.pth")
    images = torch.rand(1, 3, 256, 256)
    for name in ("own.safetensors", "own.pth"):
        loaded = network("places:resnet18", "resnet18", {"weights": str(tmp_path / name), "crop_pct": "1"})
        with torch.no_grad():
            torch.testing.assert_close(loaded(images), body(loaded.preprocessing(images)), rtol=1e-4, atol=1e-4)
        assert loaded.preprocessing.crop_fraction == 1  # type: ignore[union-attr]


def test_published_weights_are_fetched_once(
    trained: tuple[str, nn.Module, Path], server: FileServer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, _, path = trained
    url = f"{server.url}/{path.name}"
    server.files[f"/{path.name}"] = path.read_bytes()
    monkeypatch.setitem(PLACES, base, type(PLACES[base])(url=url, parameters=PLACES[base].parameters))
    assert not list_places(f"places:{base}", base, {}).here
    for _ in range(2):
        loaded = network(f"places:{base}", base, {})
        assert (loaded.spec.source, loaded.spec.licence) == (url, "cc-by")
    assert len(server.asked) == 1
    listed = list_places(f"places:{base}", base, {})
    assert (listed.here, listed.input_size, listed.licence) == (True, (224, 224), "cc-by")
    assert listed.parameters == loaded.spec.parameters


def test_weights_of_another_architecture(trained: tuple[str, nn.Module, Path]) -> None:
    base, _, path = trained
    other = "resnet50" if base == "resnet18" else "resnet18"
    with pytest.raises(ModelError, match=rf"not weights of places:{other}: .*layer1\.0\.") as told:
        load_places("mine", other, {"weights": str(path)})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"no weights", pickle.dumps({"state_dict": {}}), pickle.dumps([1])])
def test_a_file_without_weights(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "damaged.pth.tar"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"damaged\.pth\.tar: (cannot be read as weights|holds no tensors)") as told:
        load_places("mine", "resnet18", {"weights": str(path)})
    assert "\n" not in str(told.value)


def test_no_tensors_by_name(tmp_path: Path) -> None:
    torch.save({"state_dict": {"module.fc": "text"}}, tmp_path / "texts.pth")
    with pytest.raises(ModelError, match="holds no tensors by name"):
        load_places("mine", "resnet18", {"weights": str(tmp_path / "texts.pth")})


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (ran,)

    torch.save({"state_dict": {"module.fc": Trap()}}, tmp_path / "trap.pth.tar", _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match="cannot be read as weights"):
        load_places("mine", "resnet18", {"weights": str(tmp_path / "trap.pth.tar")})
    assert not ran.exists()


@pytest.mark.parametrize(
    ("base", "options", "said"),
    [
        ("resnet52", {}, "there is no places:resnet52; did you mean 'resnet50'"),
        ("resnet18", {"wings": "2"}, "its layers are fixed; leave out wings"),
        ("resnet18", {"weights": "nowhere.pth"}, "no such weights file"),
        ("resnet18", {"size": "big"}, "option size=big"),
    ],
)
def test_wrong_names_and_options(base: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        load_places(f"places:{base}", base, options)


def test_the_unshaken_names_of_tensors(tmp_path: Path) -> None:
    """`module.` is cut off once, at the beginning only."""
    weights: dict[str, Tensor] = {"module.module.fc.weight": torch.zeros(1)}
    torch.save({"state_dict": weights}, tmp_path / "twice.pth")
    with pytest.raises(ModelError, match=r"1 unexpected \(module\.fc\.weight\)"):
        load_places("mine", "resnet18", {"weights": str(tmp_path / "twice.pth")})
