"""The hub's own client against a server on this machine, in processes of its own: the address is read on import."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import save

from unseen.models.libraries import prepare_imports

from .conftest import FileServer

NAME = "test_efficientnet.r160_in1k"
FILE = "/timm/test_efficientnet.r160_in1k/resolve/main/model.safetensors"
SCRIPT = """
import json, sys
from unseen.errors import UnseenError
from unseen.models import list_models, load_classifier
for name in sys.argv[1:]:
    try:
        network = load_classifier(name)
        print(json.dumps([network.spec.source, network.spec.sha256, list_models([name])[-1].here]))
    except UnseenError as error:
        print(json.dumps(str(error)))
"""


@pytest.fixture(scope="module")
def weights() -> bytes:
    prepare_imports()
    import timm

    return save(timm.create_model(NAME).state_dict())


def load(names: list[str], endpoint: str, cache: Path) -> tuple[list[object], str]:
    environment = os.environ | {"HF_ENDPOINT": endpoint, "UNSEEN_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    environment.pop("HF_HUB_OFFLINE", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names], env=environment, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_weights_come_from_the_hub_once(server: FileServer, closed_url: str, weights: bytes, tmp_path: Path) -> None:
    server.files[FILE], server.cuts[FILE] = weights, 1
    missing = "timm:test_resnet.r160_in1k"
    (loaded, told), _ = load([f"timm:{NAME}", missing], server.url, tmp_path)
    source, sha256, here = loaded  # type: ignore[misc]
    assert source == f"hub timm/{NAME}"
    assert len(sha256) == 64
    assert here
    assert told == (
        "timm/test_resnet.r160_in1k: the hub has neither model.safetensors nor pytorch_model.bin for it; "
        "name a file you have with ?weights=FILE"
    )
    assert server.asked.count(FILE) == 2
    assert list(tmp_path.rglob("*.incomplete")) == []

    begun = time.monotonic()
    (again, told), shown = load([f"timm:{NAME}", missing], closed_url, tmp_path)
    assert again == loaded
    assert told == (
        "timm/test_resnet.r160_in1k: the hub cannot be reached and the weights are not on this machine; "
        "connect to the internet once, or name a file you have with ?weights=FILE"
    )
    assert shown == ""
    assert time.monotonic() - begun < 60


def test_a_damaged_download_is_not_kept(weights: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unseen.errors import ModelError
    from unseen.models import hub

    stored, link = tmp_path / ("0" * 64), tmp_path / "model.safetensors"
    stored.write_bytes(weights)
    link.symlink_to(stored)
    with pytest.raises(ModelError, match="damaged"):
        hub._verified(link, "timm/some")
    assert list(tmp_path.iterdir()) == []
