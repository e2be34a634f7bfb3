from pathlib import Path

import pytest
import torch

from unseen.errors import ModelError
from unseen.models import list_models, load_classifier
from unseen.models.local_file import is_local
from unseen.types import Classifier

MODULE = '''
from dataclasses import dataclass
import torch

@dataclass
class Settings:
    gain: float

class Brightness(torch.nn.Module):
    """Dark or bright, by the mean of all pixels."""

    def __init__(self, settings):
        super().__init__()
        self.gain = settings.gain
        self.class_names = ["dark", "bright"]

    def forward(self, images):
        assert images.shape[1] == 3
        bright = self.gain * (images.mean((1, 2, 3)) - 0.5)
        return torch.stack([-bright, bright], 1)

def load(gain=1.0):
    return Brightness(Settings(gain))

def nameless():
    return torch.nn.Identity()

def broken():
    raise OSError("no such drive")

number = 3
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "brightness.py"
    path.write_text(MODULE)
    return path


def test_a_module_of_the_users_own(file: Path) -> None:
    network = load_classifier(f"{file}:load?gain=10")
    assert isinstance(network, Classifier)
    assert network.class_names == ("dark", "bright")
    assert network.spec.source == str(file)
    images = torch.full((1, 3, 20, 30), 0.7, requires_grad=True)
    torch.testing.assert_close(network(images), torch.tensor([[-2.0, 2.0]]))
    network(images)[0, 1].backward()
    assert images.grad is not None
    grey_bytes = torch.full((1, 1, 20, 30), 51, dtype=torch.uint8)
    torch.testing.assert_close(network(grey_bytes), torch.tensor([[3.0, -3.0]]))
    torch.testing.assert_close(network.whole()(images), network(images))


def test_the_scene_classifier(shared: Path) -> None:
    network = load_classifier(f"{shared}/weights/places365_squeezenet.py:load")
    assert len(network.class_names) == 365
    assert network.spec.parameters > 900_000
    assert network(torch.zeros(1, 3, 300, 400, dtype=torch.uint8)).shape == (1, 365)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("lode", "it defines no function 'lode'"),
        ("number", "it defines no function 'number'"),
        ("nameless", "must return a torch.nn.Module with class_names"),
        ("broken", "broken failed with OSError: no such drive"),
        ("load?wings=2", "unexpected keyword argument 'wings'"),
    ],
)
def test_what_is_wrong_with_it_is_said(file: Path, function: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as told:
        load_classifier(f"{file}:{function}")
    assert str(told.value).startswith(str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such file"):
        load_classifier(f"{tmp_path}/none.py:load")


def test_listed_without_being_run(file: Path) -> None:
    listed = list_models([f"{file}:broken"])[-1]
    assert listed.here
    assert listed.input_size is None
    assert listed.parameters is None


def test_a_drive_letter_is_no_function() -> None:
    assert is_local("C:\\models\\net.py:load")
    assert not is_local("C:\\models\\net.py")
    assert not is_local("timm:resnet18")
