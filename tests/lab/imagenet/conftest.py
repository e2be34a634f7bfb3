"""A few photos of many sizes with labels, and a network so small that the whole lab takes seconds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.datasets.labelled import LabelledPhoto
from unseen.lab.imagenet import Extent
from unseen.lab.imagenet.bench import Bench
from unseen.lab.imagenet.pictures import Sample, sample
from unseen.lab.notebook import Notebook
from unseen.models import Network, load_classifier
from unseen.photo import read_photo
from unseen.progress import silent
from unseen.reading import answer

SIDE = 32
SIZES = [(64, 48), (48, 64), (90, 60), (80, 55), (32, 32)]


@pytest.fixture(scope="session")
def small(tiny: str) -> str:
    """The name of the network."""
    return f"{tiny}?gain=12"


@pytest.fixture(scope="session")
def network(small: str) -> Network:
    return load_classifier(small)


@pytest.fixture(scope="session")
def samples(network: Network, tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Five photos, four labelled with the network's own answer and the last, the smallest, with another class."""
    folder = tmp_path_factory.mktemp("photos")
    found = []
    for number, (width, height) in enumerate(SIZES):
        path = folder / f"{number}.png"
        shapes = np.random.default_rng(number).integers(120, 136, (4, 5, 3), dtype=np.uint8)
        large = Image.fromarray(shapes).resize((width, height), Image.Resampling.BICUBIC)
        large.convert("L" if number == 3 else "RGB").save(path)
        label = int(answer(network, read_photo(path).srgb).argmax())
        found.append(sample(LabelledPhoto(path=path, label=label if number < 4 else (label + 1) % 12)))
    return found


@pytest.fixture(scope="session")
def table(samples: list[Sample]) -> Path:
    """The same photos as a user gives them."""
    path = samples[0].path.with_name("labels.csv")
    lines = [f"{each.path.name},{each.label}" for each in samples]
    path.write_text("\n".join(["file,label", *lines]) + "\n")
    return path


@pytest.fixture
def bench(network: Network, tmp_path: Path) -> Callable[..., Bench]:
    """A bench in a new folder, with settings of the extent."""

    def made(name: str = "lab", **extent: object) -> Bench:
        return Bench(
            network=network,
            reader=network.whole(),
            notebook=Notebook(tmp_path / name, {}),
            extent=Extent(**{"classes": 3, "side": SIDE, "max_iterations": 30} | extent),
            seed=0,
            progress=silent,
        )

    return made


@pytest.fixture(scope="session")
def read(network: Network) -> Callable[[torch.Tensor], torch.Tensor]:
    """Logits (K,) of one picture (1, 3, h, w), in whole levels."""

    def logits(levels: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return network(levels.clamp(0, 255).to(torch.uint8))[0].double()

    return logits
