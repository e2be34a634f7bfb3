"""A folder of labelled photos, and settings so small that the whole lab takes seconds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from unseen.lab.pixel_privacy import PixelPrivacySettings, run_pixel_privacy_lab
from unseen.lab.report import LabReport
from unseen.models import Network, load_classifier
from unseen.photo import read_photo
from unseen.reading import answer

PHOTOS = 9
SIZES = [(96, 64), (64, 96), (80, 80)]


@pytest.fixture(scope="session")
def network(tiny: str) -> Network:
    return load_classifier(tiny)


@pytest.fixture
def album(draw, network: Network, tmp_path: Path) -> Path:
    """Nine photos of three sizes, labelled with the network's own answer and, every other, one more class."""
    lines = []
    for number in range(PHOTOS):
        path = draw(f"album/{number}.{'png' if number % 2 else 'jpg'}", seed=number, size=SIZES[number % 3])
        label = int(answer(network, read_photo(path).srgb).argmax())
        lines.append(f"{path.name},{label}{f';{(label + 1) % 12}' if number % 2 else ''}\n")
    (tmp_path / "album/labels.csv").write_text("file,label\n" + "".join(lines))
    return tmp_path / "album"


@pytest.fixture
def small() -> Callable[..., PixelPrivacySettings]:
    """Settings that cost next to nothing."""

    def made(**settings: object) -> PixelPrivacySettings:
        usual = {"training_photos": 2, "training_passes": 1, "training_views": 1, "training_side": 32}
        return PixelPrivacySettings(**{**usual, "max_iterations": 8} | settings)

    return made


@pytest.fixture
def lab(album: Path, small, tiny: str, tmp_path: Path) -> Callable[..., LabReport]:
    """Run the lab on the album in tmp_path/lab."""

    def run(settings: PixelPrivacySettings | None = None, **others: object) -> LabReport:
        usual = {"photos": album, "labels": [], "model": tiny, "folder": tmp_path / "lab", "device": "cpu"}
        return run_pixel_privacy_lab(**{**usual, **others}, settings=settings or small())

    return run


@pytest.fixture
def hayao(tmp_path: Path) -> str:
    """A style of random weights: it paints nothing nice, but it paints."""
    from safetensors.torch import save_file

    from unseen.styles.networks import CartoonGenerator

    torch.manual_seed(0)
    path = tmp_path / "hayao.safetensors"
    save_file(CartoonGenerator().state_dict(), path)
    return f"hayao?weights={path}"


def levels(path: Path) -> np.ndarray:
    """A picture's values as whole numbers that may be subtracted."""
    return read_photo(path).srgb.astype(int)
