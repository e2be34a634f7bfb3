from dataclasses import replace
from pathlib import Path

import pytest
import torch

from unseen.batch import deciding
from unseen.models import Network, load_classifier
from unseen.protect import Protection

MODULE = """
from pathlib import Path
import torch

HERE = Path(__file__).parent

class Stored(torch.nn.Module):
    def __init__(self, gain):
        super().__init__()
        found = torch.load(HERE / "weights.pt")
        self.layer = torch.nn.Linear(3, 2).to(torch.bfloat16)
        self.layer.load_state_dict({name: found[name] for name in ("weight", "bias")})
        self.register_buffer("mean", found["mean"])
        self.register_buffer("scale", found["scale"], persistent=False)
        self.class_names = (HERE / "names.txt").read_text().split()
        self.gain = 1.0

    def forward(self, images):
        seen = (images.mean((2, 3)) - self.mean) * self.scale * self.gain
        return self.layer(seen.to(torch.bfloat16)).float()

def load(gain=1.0):
    return Stored(gain)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stored.py"
    path.write_text(MODULE)
    (tmp_path / "names.txt").write_text("dark bright")
    stored = {
        "weight": torch.ones(2, 3, dtype=torch.bfloat16),
        "bias": torch.zeros(2, dtype=torch.bfloat16),
        "mean": torch.tensor(0.5),
        "scale": torch.tensor([1.0, 2.0, 3.0]),
    }
    torch.save(stored, tmp_path / "weights.pt")
    return path


def told(network: Network, protection: Protection) -> str | None:
    (weights,) = deciding(replace(protection, surrogates=(network,), held_out=()), {})["weights"].values()
    return weights


def test_the_same_network_of_ones_own_is_told_as_the_same(file: Path, protection: Protection) -> None:
    first, again = (told(load_classifier(f"{file}:load"), protection) for _ in range(2))
    assert first == again
    assert len(first or "") == 64


def test_a_change_in_the_file_of_a_network_is_seen_at_once(file: Path, protection: Protection) -> None:
    first = load_classifier(f"{file}:load")
    file.write_text(MODULE.replace("self.gain = 1.0", "self.gain = 2.0"))  # no tensor, as long, in the same second
    second = load_classifier(f"{file}:load")
    assert first.body.gain != second.body.gain
    assert told(first, protection) != told(second, protection)


@pytest.mark.parametrize("changed", ["weight", "bias", "mean", "scale"])
def test_a_change_in_what_a_network_loads_is_seen(changed: str, file: Path, protection: Protection) -> None:
    before = told(load_classifier(f"{file}:load"), protection)
    weights = torch.load(file.with_name("weights.pt"))
    weights[changed] = weights[changed] + 1
    torch.save(weights, file.with_name("weights.pt"))
    assert told(load_classifier(f"{file}:load"), protection) != before


def test_a_change_of_the_names_of_classes_is_seen(file: Path, protection: Protection) -> None:
    before = told(load_classifier(f"{file}:load"), protection)
    file.with_name("names.txt").write_text("dark light")
    assert told(load_classifier(f"{file}:load"), protection) != before


def test_weights_that_are_no_plain_tensors_are_seen(file: Path, protection: Protection) -> None:
    sparse = "self.register_buffer('some', (torch.eye(3) * VALUE).to_sparse())\n        self.gain = 1.0"
    file.write_text(MODULE.replace("self.gain = 1.0", sparse.replace("VALUE", "(HERE / 'value.txt').stat().st_size")))
    found = []
    for text in ("1", "1", "12"):
        file.with_name("value.txt").write_text(text)
        found.append(told(load_classifier(f"{file}:load"), protection))
    assert found[0] == found[1] != found[2]


def test_a_network_with_a_file_of_weights_is_told_by_that(file: Path, protection: Protection) -> None:
    loaded = load_classifier(f"{file}:load")
    known = Network(spec=replace(loaded.spec, sha256="ab" * 32), body=loaded.body, preprocessing=loaded.preprocessing)
    assert told(known, protection) == "ab" * 32
